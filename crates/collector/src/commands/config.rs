use clap::Subcommand;

use super::columns;
use crate::{cli::Output, config::Loaded};

/// What to do with settings.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print every setting with its value and where it came from. Secrets are masked.
    Print,
}

pub(crate) fn run(output: Output, loaded: &Loaded, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Print => output.print(&loaded.settings, || {
            let cells = loaded.settings.iter().map(|s| vec![s.key.clone(), s.value.clone(), s.origin.to_string()]);
            columns(&["SETTING", "VALUE", "FROM"], &cells.collect::<Vec<_>>())
        }),
    }
}
