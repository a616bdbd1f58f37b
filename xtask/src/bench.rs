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
    /// Handed to the measurement as they are.
    #[arg(last = true)]
    rest: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Name {
    /// Rules over recorded reports: microseconds a report.
    Triage,
    /// Reports with pictures into the collector, beside a bare floor.
    Ingest,
    /// From the press to the receipt, and what the tray app costs when idle.
    Press,
}

impl Name {
    fn as_str(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Ingest => "ingest",
            Self::Press => "press",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Ingest | Self::Press => "tests",
        }
    }

    /// Packages whose programs it starts.
    fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Triage => &[],
            Self::Ingest => &["collector"],
            // The agent's engine runs inside the measurement itself.
            Self::Press => &["collector", "redbutton"],
        }
    }
}

/// Builds what is measured and measures it.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let name = arguments.name;
    if !name.programs().is_empty() {
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
        command::run_quiet_stdout(&mut build)?;
    }
    let mut bench = repository::cargo();
    bench.args(["bench", "--package", name.package(), "--bench", name.as_str(), "--"]);
    if arguments.json {
        bench.arg("--json");
    }
    bench.args(&arguments.rest);
    if !arguments.json {
        let status = bench.status().with_context(|| format!("cannot start `{}`", command::shown(&bench)))?;
        return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let printed = String::from_utf8(command::output(bench.stderr(std::process::Stdio::inherit()))?)?;
    println!("{}", only_object(&printed)?);
    Ok(ExitCode::SUCCESS)
}

/// The one JSON object in what a measurement printed.
fn only_object(printed: &str) -> anyhow::Result<&str> {
    let trimmed = printed.trim();
    match serde_json::from_str::<serde_json::Value>(trimmed) {
        Ok(serde_json::Value::Object(_)) => Ok(trimmed),
        Ok(_) => bail!("the measurement printed JSON, but not an object"),
        Err(error) => Err(error).context("the measurement printed more than one JSON object"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object_passes_and_chatter_does_not() {
        assert_eq!(only_object("{\"a\": 1}\n").unwrap(), "{\"a\": 1}");
        assert!(only_object("running\n{\"a\": 1}").is_err());
        assert!(only_object("[1]").is_err());
    }
}
