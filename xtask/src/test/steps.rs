//! The list of steps. To add one, add it here.

use anyhow::Context;

use crate::packages::{self, Group};
use crate::test::cargo_tests::watched;
use crate::test::tally::Tally;
use crate::test::{Outcome, Step, cargo_tests, disk, windows};
use crate::{architecture, command, package, repository, types, ui};

/// What each target of the member crate `tests` is for.
const TARGETS: &[(&str, &str)] = &[
    ("api", "the collector's API, in a tree that mirrors its URLs"),
    ("journeys", "agent and collector together, from the press to the answer"),
    ("faults", "killed processes, full disks, bad networks: nothing lost, nothing doubled"),
    ("e2e", "the real tray app under a real tray host, its ticket seen in a real browser"),
];

/// Every step, in the order in which they run.
pub fn all(long: bool) -> anyhow::Result<Vec<Step>> {
    let members = &repository::metadata()?.packages;
    let mut steps = vec![
        step("disk", "room for what is built", disk::enough),
        step("packages", "system packages that building and testing need", move || system_packages(long)),
        step("architecture", "the rules of the layout, on every file", architecture),
        step("format", "rustfmt", || ran(command::run(repository::cargo().args(["fmt", "--all", "--check"])))),
        step("npm", "npm packages of the pages", || ran(ui::ensure_packages())),
        step("ui-check", "types of the pages", || ran(command::run(&mut ui::npm(&["run", "check"])))),
        step("ui-tests", "units of the pages", || watched(ui::npm(&["run", "test"]).env("NO_COLOR", "1"))),
        step("ui-build", "the pages, as the programs carry them", || ran(ui::ensure_built())),
        step("clippy", "lints; warnings are errors", cargo_tests::clippy),
        step("build", "programs and tests", cargo_tests::build),
        step("types", "generated files are what the collector says", || {
            ran(types::check(&repository::binary("debug", "redbutton-collector")?))
        }),
        step("crates", "tests of every crate", move || cargo_tests::crates(members)),
        step("doc", "examples in the documentation", cargo_tests::doc),
    ];
    let tests = members.iter().find(|package| package.name == "tests").context("the member crate `tests`")?;
    let mut targets = cargo_tests::test_targets(tests);
    targets.retain(|name| name != "install"); // stands at the end: it needs the packages
    let order = |name: &String| TARGETS.iter().position(|(known, _)| known == name).unwrap_or(0);
    targets.sort_by_key(order);
    for name in targets {
        let purpose = TARGETS.iter().find(|(known, _)| *known == name).map_or("tests/tests", |(_, purpose)| purpose);
        let target = name.clone();
        steps.push(step(&name, purpose, move || cargo_tests::target(&target, long)));
    }
    steps.push(step("pages", "the console's pages in a browser, against recorded answers", || {
        watched(ui::npm(&["run", "e2e:mock"]).env("NO_COLOR", "1"))
    }));
    steps.push(step("windows", "the workspace compiles for x86_64-pc-windows-gnu", windows::check));
    steps.push(step("install", "packages, installed and started in a clean Debian 12", move || install(long)));
    Ok(steps)
}

fn step(name: &str, purpose: &'static str, work: impl Fn() -> anyhow::Result<Outcome> + 'static) -> Step {
    Step { name: name.to_owned(), purpose, work: Box::new(work) }
}

fn ran(result: anyhow::Result<()>) -> anyhow::Result<Outcome> {
    result.map(|()| Outcome::Ran(Tally::default()))
}

fn system_packages(long: bool) -> anyhow::Result<Outcome> {
    let groups = [Group::Build, Group::Desktop, Group::Test, Group::Package];
    ran(packages::ensure(if long { &groups } else { &groups[..3] }))
}

/// Each rule counts as one test.
fn architecture() -> anyhow::Result<Outcome> {
    let mut tally = Tally::default();
    let mut broken = Vec::new();
    for checked in architecture::check()? {
        println!("   {} {}", if checked.breaches.is_empty() { "ok  " } else { "FAIL" }, checked.rule);
        checked.breaches.iter().for_each(|breach| println!("          {breach}"));
        if checked.breaches.is_empty() {
            tally.passed += 1;
        } else {
            tally.failed += 1;
            broken.push(checked.rule);
        }
    }
    Ok(if broken.is_empty() { Outcome::Ran(tally) } else { Outcome::Failed(tally, broken.join("; ")) })
}

fn install(long: bool) -> anyhow::Result<Outcome> {
    if !long {
        return Ok(Outcome::Skipped("only with --long".to_owned()));
    }
    if !command::exists("mmdebstrap") || !packages::is_root()? {
        return Ok(Outcome::Skipped("needs root and mmdebstrap (cargo xtask packages package)".to_owned()));
    }
    package::run(&package::Arguments::default())?;
    cargo_tests::target("install", true)
}
