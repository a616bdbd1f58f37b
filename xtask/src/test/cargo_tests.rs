//! `cargo test` over the workspace, in pieces that are built with the same features, so that nothing is compiled twice.

use std::process::Command;

use crate::repository::{self, Package};
use crate::{command, test::Outcome, test::tally::Tally};

/// Programs the tests start, and the variables that name them (`tests/src/programs.rs`).
const PROGRAMS: &[(&str, &str)] = &[
    ("REDBUTTON_BIN", "redbutton"),
    ("REDBUTTON_AGENT_BIN", "redbutton-agent"),
    ("REDBUTTON_COLLECTOR_BIN", "redbutton-collector"),
];

/// The workspace with the tray app carrying its own pages. Every piece selects the same packages and features: another
/// selection would make cargo build the dependencies again with other features.
fn cargo(verb: &str) -> Command {
    let mut cargo = repository::cargo();
    cargo.args([verb, "--workspace", "--features", repository::APP_FEATURE]);
    cargo
}

/// Lints of everything, tests and benches too; warnings are errors.
pub fn clippy() -> anyhow::Result<Outcome> {
    command::run(cargo("clippy").args(["--all-targets", "--", "--deny", "warnings"]))?;
    Ok(Outcome::Ran(Tally::default()))
}

/// Programs and tests, with the same dependencies (development ones included) as the test runs that follow.
pub fn build() -> anyhow::Result<Outcome> {
    command::run(cargo("build").args(["--bins", "--lib", "--tests"]))?;
    Ok(Outcome::Ran(Tally::default()))
}

/// Tests inside the crates and in their own `tests/` folders.
pub fn crates(packages: &[Package]) -> anyhow::Result<Outcome> {
    let mut test = cargo("test");
    test.args(["--no-fail-fast", "--lib", "--bins"]);
    for target in packages.iter().filter(|package| package.name != "tests").flat_map(test_targets) {
        test.args(["--test", &target]);
    }
    watched(&mut test)
}

/// Examples in the documentation.
pub fn doc() -> anyhow::Result<Outcome> {
    watched(cargo("test").args(["--no-fail-fast", "--doc"]))
}

/// One target of the member crate `tests`. In long mode also what is marked `#[ignore = "long…"]`.
pub fn target(name: &str, long: bool) -> anyhow::Result<Outcome> {
    let mut test = cargo("test");
    test.args(["--no-fail-fast", "--test", name]);
    // What the step `build` made; the tests would build them with a selection of their own.
    for (variable, program) in PROGRAMS {
        test.env(variable, repository::binary("debug", program)?);
    }
    if long {
        test.env("REDBUTTON_LONG", "1").args(["--", "--include-ignored"]);
    }
    watched(&mut test)
}

/// Names of a package's integration tests.
pub fn test_targets(package: &Package) -> Vec<String> {
    package
        .targets
        .iter()
        .filter(|target| target.kind.iter().any(|kind| kind == "test"))
        .map(|target| target.name.clone())
        .collect()
}

/// Runs a test runner, shows what it says and counts it.
pub fn watched(runner: &mut Command) -> anyhow::Result<Outcome> {
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    let succeeded = command::run_watched(runner, |line| {
        tally.read(line);
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            failures.push(name.to_owned());
        }
    })?;
    Ok(match (succeeded, failures.is_empty()) {
        (true, _) => Outcome::Ran(tally),
        (false, true) => Outcome::Failed(tally, format!("`{}` failed, see above", command::shown(runner))),
        (false, false) => Outcome::Failed(tally, failures.join(", ")),
    })
}
