//! `cargo xtask bench stored`: what a report costs a collector that has few reports and one that has a million. Both are
//! whole collectors on their own SQLite, and get the same reports by turns, so that noise falls on both. The cost is all
//! the collector does for a report: verdict, fit with notices, join, storing, grouping.

mod fill;
mod side;

use anyhow::{Context as _, bail};
use serde::Serialize;

use side::{Figures, Side};

/// The cost with many stored reports, as a multiple of that with few, is at most this.
const RATIO_AIM: f64 = 1.2;
/// Reports sent before anything is measured: caches fill, rules are compiled.
const WARM_UP: usize = 100;

#[derive(Debug)]
struct Options {
    json: bool,
    few: u64,
    many: u64,
    reports: usize,
    rounds: usize,
}

#[derive(Debug, Serialize)]
struct Summary {
    few: u64,
    many: u64,
    /// Reports measured on each side.
    reports: usize,
    rows: [Figures; 2],
    cpu_ratio: f64,
    receipt_p50_ratio: f64,
    similar_p50_ratio: f64,
    at_most: f64,
    met: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::read(std::env::args().skip(1))?;
    let mut few = Side::with(options.few).await?;
    let mut many = Side::with(options.many).await?;
    few.send(WARM_UP).await?;
    many.send(WARM_UP).await?;
    few.forget();
    many.forget();
    for _ in 0..options.rounds {
        few.send(options.reports / options.rounds).await?;
        many.send(options.reports / options.rounds).await?;
    }
    let rows = [few.figures()?, many.figures()?];
    let ratio = |of: fn(&Figures) -> f64| of(&rows[1]) / of(&rows[0]);
    let (cpu_ratio, receipt_p50_ratio) = (ratio(|row| row.cpu_ms_per_report), ratio(|row| row.receipt_p50_ms));
    let summary = Summary {
        few: options.few,
        many: options.many,
        reports: options.reports,
        cpu_ratio,
        receipt_p50_ratio,
        similar_p50_ratio: ratio(|row| row.similar_p50_ms),
        at_most: RATIO_AIM,
        met: cpu_ratio <= RATIO_AIM,
        rows,
    };
    if options.json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        print(&summary);
    }
    Ok(())
}

impl Options {
    fn read(words: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut options = Self { json: false, few: 1_000, many: 1_000_000, reports: 1_000, rounds: 5 };
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            let mut number = || -> anyhow::Result<u64> {
                let text = words.next().with_context(|| format!("{word} needs a number"))?;
                text.parse().with_context(|| format!("{word} {text}"))
            };
            match word.as_str() {
                "--json" => options.json = true,
                // Cargo adds it to every benchmark.
                "--bench" => {}
                "--few" => options.few = number()?,
                "--many" => options.many = number()?,
                "--reports" => options.reports = usize::try_from(number()?)?,
                "--rounds" => options.rounds = usize::try_from(number()?)?.max(1),
                other => bail!("unknown flag {other}; there are --json --few --many --reports --rounds"),
            }
        }
        Ok(options)
    }
}

fn print(summary: &Summary) {
    println!("{} reports to each, by turns", summary.reports);
    println!(
        "{:>12} {:>14} {:>15} {:>15} {:>15} {:>10}",
        "stored", "CPU ms/report", "receipt p50 ms", "receipt p99 ms", "similar p50 ms", "database"
    );
    for row in &summary.rows {
        println!(
            "{:>12} {:>14.2} {:>15.2} {:>15.2} {:>15.2} {:>7.0} MB",
            row.stored,
            row.cpu_ms_per_report,
            row.receipt_p50_ms,
            row.receipt_p99_ms,
            row.similar_p50_ms,
            row.database_bytes as f64 / 1e6
        );
    }
    println!(
        "target: CPU a report with many at most {} times that with few: {:.2}, {} (receipt p50 {:.2} times, similar tickets {:.2} times)",
        summary.at_most,
        summary.cpu_ratio,
        if summary.met { "met" } else { "MISSED" },
        summary.receipt_p50_ratio,
        summary.similar_p50_ratio
    );
}
