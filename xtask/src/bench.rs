//! Verb `bench`: measures with release builds. With `--json` stdout holds one JSON object and nothing else.

use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::{command, repository, ui};

/// Verb `bench`.
#[derive(clap::Args)]
pub struct Arguments {
    /// What to measure.
    #[arg(value_enum)]
    name: Name,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Handed to the measurement as they are: `cargo xtask bench triage --phrases C.tsv --json`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Name {
    /// The verdicts: accuracy, calibration, speed; on one's own files with --train A --test B, --phrases C, --stream S.
    /// Without options of its own, or with --data alone, `incidents` too; without any `stored` and `screens` as well.
    Triage,
    /// Mass incidents: found in a stream, beside the baseline where there is one.
    Incidents,
    /// What a report costs with a thousand and with a million reports stored.
    Stored,
    /// Text read from drawn error dialogs: share of codes and titles, time a picture.
    Screens,
    /// Reports with pictures into the collector, beside a bare floor.
    Ingest,
    /// From the press to the receipt, and what the tray app costs when idle.
    Press,
}

impl Name {
    fn as_str(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Incidents => "incidents",
            Self::Stored => "stored",
            Self::Screens => "screens",
            Self::Ingest => "ingest",
            Self::Press => "press",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::Triage | Self::Incidents => "triage",
            Self::Stored | Self::Screens | Self::Ingest | Self::Press => "tests",
        }
    }

    /// Packages whose programs it starts.
    fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Triage | Self::Incidents => &[],
            Self::Stored | Self::Screens | Self::Ingest => &["collector"],
            // The agent's engine runs inside the measurement itself.
            Self::Press => &["collector", "redbutton"],
        }
    }
}

/// Builds what is measured and measures it. A measurement that is made of several prints one object, the others' under
/// their names.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let arguments = &sorted(arguments);
    let mut whole = serde_json::Map::new();
    let parts = parts(arguments);
    for &name in &parts {
        build(name)?;
        let mut bench = repository::cargo();
        bench.args(["bench", "--package", name.package(), "--bench", name.as_str(), "--"]);
        if name.programs().contains(&"collector") {
            // The one built above, whatever else lies about.
            bench.env("REDBUTTON_COLLECTOR_BIN", repository::binary("release", "redbutton-collector")?);
        }
        if arguments.json {
            bench.arg("--json");
        }
        bench.args(&arguments.rest);
        if !arguments.json {
            let status = bench.status().with_context(|| format!("cannot start `{}`", command::shown(&bench)))?;
            if !status.success() {
                return Ok(ExitCode::FAILURE);
            }
            continue;
        }
        let printed = String::from_utf8(command::output(bench.stderr(std::process::Stdio::inherit()))?)?;
        let object = only_object(&printed)?;
        if name == arguments.name || parts.len() == 1 {
            whole.extend(object);
        } else {
            whole.insert(name.as_str().to_owned(), object.into());
        }
    }
    if arguments.json {
        println!("{}", serde_json::Value::Object(whole));
    }
    Ok(ExitCode::SUCCESS)
}

/// What is measured: files given to `triage` concern the program alone that reads such files.
fn parts(arguments: &Arguments) -> Vec<Name> {
    let first = arguments.rest.first().map(String::as_str);
    match (arguments.name, first) {
        (Name::Triage, None) => vec![Name::Triage, Name::Incidents, Name::Stored, Name::Screens],
        (Name::Triage, Some("--data")) => vec![Name::Triage, Name::Incidents],
        (Name::Triage, Some("--stream")) => vec![Name::Incidents],
        (name, _) => vec![name],
    }
}

fn build(name: Name) -> anyhow::Result<()> {
    if name.programs().is_empty() {
        return Ok(());
    }
    // The programs carry the pages inside.
    ui::ensure_packages()?;
    ui::ensure_built()?;
    let mut build = repository::cargo();
    build.args(["build", "--release"]);
    for package in name.programs() {
        build.args(["--package", package]);
    }
    if name.programs().contains(&"redbutton") {
        build.args(["--features", repository::APP_FEATURE]);
    }
    command::run_quiet_stdout(&mut build)
}

/// `--json` may stand after the name too; a file is named from where the command was given, while a measurement runs in
/// its package's folder.
fn sorted(arguments: &Arguments) -> Arguments {
    let is_json = |word: &String| word == "--json";
    let from_here = |word: &String| match std::path::absolute(word) {
        Ok(path) if path.exists() => path.to_string_lossy().into_owned(),
        _ => word.clone(),
    };
    Arguments {
        name: arguments.name,
        json: arguments.json || arguments.rest.iter().any(is_json),
        rest: arguments.rest.iter().filter(|word| !is_json(word) && *word != "--").map(from_here).collect(),
    }
}

/// The one JSON object in what a measurement printed.
fn only_object(printed: &str) -> anyhow::Result<serde_json::Map<String, serde_json::Value>> {
    match serde_json::from_str::<serde_json::Value>(printed.trim()) {
        Ok(serde_json::Value::Object(object)) => Ok(object),
        Ok(_) => bail!("the measurement printed JSON, but not an object"),
        Err(error) => Err(error).context("the measurement printed more than one JSON object"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triage_with_options_of_its_own_is_measured_alone() {
        let of = |name, rest: &[&str]| {
            let rest = rest.iter().map(|&word| word.to_owned()).collect();
            parts(&Arguments { name, json: true, rest })
        };
        assert_eq!(of(Name::Triage, &[]), [Name::Triage, Name::Incidents, Name::Stored, Name::Screens]);
        assert_eq!(of(Name::Triage, &["--data", "folder"]), [Name::Triage, Name::Incidents]);
        assert_eq!(of(Name::Triage, &["--stream", "s.tsv"]), [Name::Incidents]);
        assert_eq!(of(Name::Triage, &["--phrases", "c.tsv"]), [Name::Triage]);
        assert_eq!(of(Name::Screens, &[]), [Name::Screens]);
    }

    #[test]
    fn options_may_stand_in_any_order_and_files_are_found_from_here() {
        let rest = ["--", "--phrases", "Cargo.toml", "--json"].map(str::to_owned).to_vec();
        let sorted = sorted(&Arguments { name: Name::Triage, json: false, rest });
        assert!(sorted.json);
        let file = std::path::absolute("Cargo.toml").unwrap();
        assert_eq!(sorted.rest, ["--phrases", file.to_str().unwrap()]);
    }

    #[test]
    fn one_object_passes_and_chatter_does_not() {
        assert_eq!(only_object("{\"a\": 1}\n").unwrap()["a"], 1);
        assert!(only_object("running\n{\"a\": 1}").is_err());
        assert!(only_object("[1]").is_err());
    }
}
