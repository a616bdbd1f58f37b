//! Verb `test`: every step, one after the other, then what each cost.

mod cargo_tests;
mod disk;
mod steps;
mod tally;
mod windows;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::step::duration;
use tally::Tally;

/// Verb `test`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Also what takes long: make the packages, install them in a clean Debian 12 and start them there.
    #[arg(long)]
    long: bool,
    /// Only this step; may be given several times. `--list` names them.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Name the steps and what each is for, and do nothing.
    #[arg(long)]
    list: bool,
}

/// How a step ended.
pub enum Outcome {
    /// It did its work; what the runners counted, where there were runners.
    Ran(Tally),
    /// It ran and something is wrong.
    Failed(Tally, String),
    /// It did not run, and why.
    Skipped(String),
}

/// One thing the tests do.
pub struct Step {
    name: String,
    purpose: &'static str,
    work: Box<dyn Fn() -> anyhow::Result<Outcome>>,
}

struct Done {
    name: String,
    took: Duration,
    outcome: Outcome,
}

/// Runs the steps; continues after a failing one.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let all = steps::all(arguments.long)?;
    if arguments.list {
        all.iter().for_each(|step| println!("{:14} {}", step.name, step.purpose));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(unknown) = arguments.only.iter().find(|name| all.iter().all(|step| step.name != **name)) {
        let names: Vec<&str> = all.iter().map(|step| step.name.as_str()).collect();
        bail!("no step is called `{unknown}`; there are: {}", names.join(", "));
    }
    let chosen: Vec<Step> =
        all.into_iter().filter(|step| arguments.only.is_empty() || arguments.only.contains(&step.name)).collect();
    let begun = Instant::now();
    let total = chosen.len();
    let mut done = Vec::new();
    for (index, step) in chosen.into_iter().enumerate() {
        println!("\n━━ [{}/{total}] {}: {}", index + 1, step.name, step.purpose);
        let started = Instant::now();
        let outcome = (step.work)().unwrap_or_else(|error| Outcome::Failed(Tally::default(), format!("{error:#}")));
        let took = started.elapsed();
        println!("   {} in {} ({} since the start)", result(&outcome), duration(took), duration(begun.elapsed()));
        done.push(Done { name: step.name, took, outcome });
    }
    let (summary, tally) = summary(&mut done);
    println!("{summary}\ntotal {}\n{tally}", duration(begun.elapsed()));
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn result(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Ran(tally) if *tally == Tally::default() => "ok".to_owned(),
        Outcome::Ran(tally) => format!("ok: {tally}"),
        Outcome::Failed(tally, why) if tally.failed > 0 => format!("FAILED: {tally}; {why}"),
        Outcome::Failed(_, why) => format!("FAILED: {why}"),
        Outcome::Skipped(why) => format!("skipped: {why}"),
    }
}

/// The table, most expensive first, and the sum. A step that failed outside any test counts as one failure; one that was
/// skipped counts as one skipped.
fn summary(done: &mut [Done]) -> (String, Tally) {
    done.sort_by_key(|step| std::cmp::Reverse(step.took));
    let mut table = String::from("\n━━ Summary, most expensive first\n");
    let mut sum = Tally::default();
    for step in &*done {
        table += &format!("{:>14}  {:14} {}\n", duration(step.took), step.name, result(&step.outcome));
        sum += match &step.outcome {
            Outcome::Ran(tally) => *tally,
            Outcome::Failed(tally, _) => Tally { failed: tally.failed.max(1), ..*tally },
            Outcome::Skipped(_) => Tally { skipped: 1, ..Tally::default() },
        };
    }
    (table, sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(name: &str, seconds: u64, outcome: Outcome) -> Done {
        Done { name: name.to_owned(), took: Duration::from_secs(seconds), outcome }
    }

    #[test]
    fn the_most_expensive_step_stands_first() {
        let mut steps = [
            done("format", 1, Outcome::Ran(Tally::default())),
            done("crates", 90, Outcome::Ran(Tally { passed: 7, failed: 0, skipped: 1 })),
        ];
        let (table, tally) = summary(&mut steps);
        assert!(table.find("crates") < table.find("format"), "{table}");
        assert_eq!(tally, Tally { passed: 7, failed: 0, skipped: 1 });
    }

    #[test]
    fn a_step_that_fails_before_any_test_counts_as_one_failure() {
        let mut steps = [
            done("clippy", 1, Outcome::Failed(Tally::default(), "warnings".to_owned())),
            done("crates", 2, Outcome::Failed(Tally { passed: 1, failed: 2, skipped: 0 }, "exit 101".to_owned())),
            done("windows", 0, Outcome::Skipped("no toolchain".to_owned())),
        ];
        assert_eq!(summary(&mut steps).1, Tally { passed: 1, failed: 3, skipped: 1 });
    }
}
