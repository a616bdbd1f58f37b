//! `cargo xtask bench ingest`: how fast the collector takes reports in, beside the floor: the least a server can do that
//! keeps the same bytes just as safe. Both run as processes of their own and get the same bodies from here.
//!
//! A report is 40 kB of JSON and a PNG of 400 kB that does not compress; every byte of noise differs between reports.

mod floor;
mod load;
mod payload;
mod process;

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, bail};
use serde::Serialize;

use load::{Load, Measured};
use payload::Payloads;
use process::Served;

/// What the target is measured against: issue's words, throughput at least this share of the floor's.
const THROUGHPUT_AIM: f64 = 0.6;
/// CPU at most this multiple of the floor's.
const CPU_AIM: f64 = 1.5;

#[derive(Debug)]
struct Options {
    json: bool,
    reports: usize,
    concurrency: usize,
    burst: usize,
    rounds: usize,
}

#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    reports_per_s: f64,
    receipt_p50_ms: f64,
    receipt_p99_ms: f64,
    whole_p50_ms: f64,
    whole_p99_ms: f64,
    cpu_ms_per_report: f64,
    rss_mb: f64,
    burst_peak_mb: f64,
    disk_bytes_per_report: f64,
}

#[derive(Debug, Serialize)]
struct Summary {
    reports: usize,
    concurrency: usize,
    burst: usize,
    report_bytes: usize,
    picture_bytes: usize,
    rows: Vec<Row>,
    throughput_of_floor: f64,
    cpu_of_floor: f64,
    meets_aims: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let [first, folder] = arguments.as_slice()
        && first == "--as-floor"
    {
        return runtime.block_on(floor::serve(&PathBuf::from(folder)));
    }
    let options = Options::read(&arguments)?;
    let summary = runtime.block_on(measure(&options))?;
    if options.json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        println!("{}", table(&summary));
    }
    Ok(())
}

impl Options {
    fn read(arguments: &[String]) -> anyhow::Result<Self> {
        let mut options = Self { json: false, reports: 600, concurrency: 8, burst: 64, rounds: 3 };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut number = || -> anyhow::Result<usize> {
                let text = words.next().with_context(|| format!("{word} needs a number"))?;
                text.parse().with_context(|| format!("{word} {text}"))
            };
            match word.as_str() {
                "--json" => options.json = true,
                // Cargo adds it to every benchmark.
                "--bench" => {}
                "--reports" => options.reports = number()?,
                "--concurrency" => options.concurrency = number()?,
                "--burst" => options.burst = number()?,
                "--rounds" => options.rounds = number()?,
                other => bail!("unknown flag {other}; there are --json --reports --concurrency --burst --rounds"),
            }
        }
        Ok(options)
    }
}

async fn measure(options: &Options) -> anyhow::Result<Summary> {
    let warm_up = options.concurrency * 4;
    let payloads = Payloads::new();
    let (floor_dir, collector_dir) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let floor = Served::floor(floor_dir.path())?;
    let collector = Served::collector(collector_dir.path())?;
    let floor_load = Load::on_floor(&floor.url);
    let collector_load =
        Load::on_collector(&collector.url, &collector.enrolment_token()?, options.concurrency * 4).await?;
    let sides = [("floor", &floor, &floor_load), ("collector", &collector, &collector_load)];
    let mut measured: [Vec<Measured>; 2] = [Vec::new(), Vec::new()];
    for (_, _, load) in sides {
        load.run(&payloads, warm_up, options.concurrency).await?;
    }
    // By turns, so that what else the machine does falls on both.
    for _ in 0..options.rounds {
        for (side, (_, served, load)) in sides.iter().enumerate() {
            let (cpu, disk) = (served.cpu()?, served.disk()?);
            let mut run = load.run(&payloads, options.reports / options.rounds, options.concurrency).await?;
            run.cpu = served.cpu()? - cpu;
            run.disk = served.disk()?.saturating_sub(disk);
            measured[side].push(run);
        }
    }
    let mut rows = Vec::new();
    for (side, (name, served, load)) in sides.iter().enumerate() {
        let rss = served.resident()?;
        served.forget_peak()?;
        load.run(&payloads, options.burst, options.burst).await?;
        rows.push(row(name, &measured[side], rss, served.peak()?));
    }
    let throughput_of_floor = rows[1].reports_per_s / rows[0].reports_per_s;
    let cpu_of_floor = rows[1].cpu_ms_per_report / rows[0].cpu_ms_per_report;
    Ok(Summary {
        reports: options.reports,
        concurrency: options.concurrency,
        burst: options.burst,
        report_bytes: payload::REPORT_BYTES,
        picture_bytes: payload::PICTURE_BYTES,
        rows,
        throughput_of_floor,
        cpu_of_floor,
        meets_aims: throughput_of_floor >= THROUGHPUT_AIM && cpu_of_floor <= CPU_AIM,
    })
}

fn row(name: &'static str, runs: &[Measured], rss: u64, peak: u64) -> Row {
    let reports: usize = runs.iter().map(|run| run.receipts.len()).sum();
    let took: Duration = runs.iter().map(|run| run.took).sum();
    let cpu: Duration = runs.iter().map(|run| run.cpu).sum();
    let disk: u64 = runs.iter().map(|run| run.disk).sum();
    let sorted = |pick: fn(&Measured) -> &Vec<Duration>| {
        let mut all: Vec<Duration> = runs.iter().flat_map(|run| pick(run).iter().copied()).collect();
        all.sort_unstable();
        all
    };
    let (receipts, wholes) = (sorted(|run| &run.receipts), sorted(|run| &run.wholes));
    let count = reports.max(1) as f64;
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    Row {
        name,
        reports_per_s: count / took.as_secs_f64(),
        receipt_p50_ms: quantile_ms(&receipts, 0.50),
        receipt_p99_ms: quantile_ms(&receipts, 0.99),
        whole_p50_ms: quantile_ms(&wholes, 0.50),
        whole_p99_ms: quantile_ms(&wholes, 0.99),
        cpu_ms_per_report: cpu.as_secs_f64() * 1e3 / count,
        rss_mb: megabytes(rss),
        burst_peak_mb: megabytes(peak),
        disk_bytes_per_report: disk as f64 / count,
    }
}

/// The value that a share `q` of all does not exceed (nearest rank).
fn quantile_ms(sorted: &[Duration], q: f64) -> f64 {
    let rank = (sorted.len() as f64 * q).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

fn table(summary: &Summary) -> String {
    let mut lines = vec![
        format!(
            "{} reports of {} B and a picture of {} B, {} at a time",
            summary.reports, summary.report_bytes, summary.picture_bytes, summary.concurrency
        ),
        format!(
            "{:10} {:>9} {:>19} {:>19} {:>11} {:>8} {:>14} {:>12}",
            "",
            "reports/s",
            "receipt p50/p99 ms",
            "whole p50/p99 ms",
            "CPU ms/rep",
            "RSS MB",
            "burst peak MB",
            "disk B/rep"
        ),
    ];
    for row in &summary.rows {
        lines.push(format!(
            "{:10} {:>9.0} {:>19} {:>19} {:>11.2} {:>8.0} {:>14.0} {:>12.0}",
            row.name,
            row.reports_per_s,
            format!("{:.1} / {:.1}", row.receipt_p50_ms, row.receipt_p99_ms),
            format!("{:.1} / {:.1}", row.whole_p50_ms, row.whole_p99_ms),
            row.cpu_ms_per_report,
            row.rss_mb,
            row.burst_peak_mb,
            row.disk_bytes_per_report
        ));
    }
    let met = if summary.meets_aims { "met" } else { "NOT met" };
    lines.push(format!(
        "throughput {:.2} of the floor (aim ≥ {THROUGHPUT_AIM}), CPU {:.2} × the floor (aim ≤ {CPU_AIM}): {met}",
        summary.throughput_of_floor, summary.cpu_of_floor
    ));
    lines.join("\n")
}
