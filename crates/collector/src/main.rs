//! The collector and its admin command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    collector::cli::run()
}
