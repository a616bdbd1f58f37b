//! The verbs a contributor and CI use: `cargo xtask run | test | bench | report | train | package | types`.
//!
//! One verb, one file. To add a step to the tests, add it to the list in `test/steps.rs`; to add a system package, add a
//! line to `packages.toml`.

mod architecture;
mod bench;
mod command;
mod package;
mod packages;
mod report;
mod repository;
mod run;
mod step;
mod test;
mod train;
mod types;
mod ui;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, run, test, measure and package Redbutton", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build everything, start the collector and the tray app on this machine, and say where the console is.
    Run(run::Arguments),
    /// Run every test. Continues after a failing step; ends with `N passed, N failed`.
    Test(test::Arguments),
    /// Measure: triage, screens, ingest, press.
    Bench(bench::Arguments),
    /// Show how right triage is, from a collector's database.
    Report(report::Arguments),
    /// Make the Debian packages of the app and of the collector.
    Package(package::Arguments),
    /// Train the text model of triage from its sentences, and tell how good it is.
    Train(train::Arguments),
    /// Generate the OpenAPI document and the TypeScript types from the collector.
    Types(types::Arguments),
    /// Install the system packages that are missing, or print the one command that does.
    Packages(packages::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().verb {
        Verb::Run(arguments) => run::run(&arguments),
        Verb::Test(arguments) => test::run(&arguments),
        Verb::Bench(arguments) => bench::run(&arguments),
        Verb::Report(arguments) => report::run(&arguments),
        Verb::Package(arguments) => package::run(&arguments).map(|_| ExitCode::SUCCESS),
        Verb::Train(arguments) => train::run(&arguments),
        Verb::Types(arguments) => types::run(&arguments).map(|()| ExitCode::SUCCESS),
        Verb::Packages(arguments) => packages::run(&arguments).map(|()| ExitCode::SUCCESS),
    };
    result.unwrap_or_else(|error| {
        eprintln!("\nerror: {error:#}");
        ExitCode::FAILURE
    })
}
