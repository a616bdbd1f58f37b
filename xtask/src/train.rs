//! Verb `train`: makes the text model that ships, from the sentences beside it.

use std::process::ExitCode;

use crate::{command, repository};

/// Verb `train`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Compare ways of training by cross-validation instead, and change nothing.
    #[arg(long)]
    choose: bool,
}

/// Trains `crates/triage/model/text.bin` and tells how good it is.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut train = repository::cargo();
    train.args(["run", "--release", "--package", "triage", "--example", "train", "--"]);
    if arguments.choose {
        train.arg("--choose");
    }
    command::run(&mut train)?;
    Ok(ExitCode::SUCCESS)
}
