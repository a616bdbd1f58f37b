//! Verb `report`: figures out of a collector's database, by the collector's own command. With `--json` stdout holds one
//! JSON object and nothing else.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::Context;

use crate::{command, repository, ui};

/// Verb `report`.
#[derive(clap::Args)]
pub struct Arguments {
    /// About what.
    #[arg(value_enum)]
    about: About,
    /// Print one JSON object instead of tables.
    #[arg(long)]
    json: bool,
    /// Tickets opened in the last so many days [default: 30].
    #[arg(long, value_name = "N")]
    days: Option<u32>,
    /// The database [default: the one the collector's own settings name].
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The collector's data folder, for its SQLite file.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Whose figures [default: the only organisation].
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum About {
    /// Accuracy, calibration, confusion and drift of verdicts.
    Triage,
}

/// Builds the collector and has it report.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    // The program carries the console's pages inside.
    ui::ensure_packages()?;
    ui::ensure_built()?;
    command::run_quiet_stdout(repository::cargo().args(["build", "--package", "collector"]))?;
    let mut collector = Command::new(repository::binary("debug", "redbutton-collector")?);
    collector.args(words(arguments)).stdin(Stdio::null());
    if let Some(database) = &arguments.database {
        // Not as an argument: it may hold a password, and arguments are seen by everybody on the machine.
        collector.env("REDBUTTON_COLLECTOR__DATABASE__URL", database);
    }
    let status = collector.status().with_context(|| format!("cannot start `{}`", command::shown(&collector)))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The collector's arguments.
fn words(arguments: &Arguments) -> Vec<OsString> {
    let About::Triage = arguments.about;
    let mut words: Vec<OsString> = ["triage", "report"].map(Into::into).into();
    if arguments.json {
        words.push("--json".into());
    }
    if let Some(days) = arguments.days {
        words.extend(["--days".into(), days.to_string().into()]);
    }
    if let Some(dir) = &arguments.data_dir {
        words.extend(["--data-dir".into(), dir.into()]);
    }
    if let Some(name) = &arguments.organisation {
        words.extend(["--organisation".into(), name.into()]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_database_is_no_argument() {
        let arguments = Arguments {
            about: About::Triage,
            json: true,
            days: Some(7),
            database: Some("postgres://u:secret@h/d".into()),
            data_dir: Some("/srv/data".into()),
            organisation: Some("North".into()),
        };
        let expected =
            ["triage", "report", "--json", "--days", "7", "--data-dir", "/srv/data", "--organisation", "North"];
        assert_eq!(words(&arguments), expected);
    }
}
