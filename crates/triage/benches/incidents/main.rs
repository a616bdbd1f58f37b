//! Mass incidents. `cargo xtask bench triage --stream S.tsv` writes the alarms of one stream; `--data DIR` compares the detector with the baseline
//! of `outages.py` on several streams; neither: a stream made here. With `--json` one object is printed.

mod compare;
mod cost;
mod rows;
mod score;
mod synthetic;

use std::path::Path;

use anyhow::{Context, bail};
use serde_json::json;

use rows::Row;

fn main() -> anyhow::Result<()> {
    // `--bench` is cargo's own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    let mut rest = arguments.iter().filter(|argument| *argument != "--json");
    match (rest.next().map(String::as_str), rest.next(), rest.next()) {
        (Some("--stream"), Some(path), None) => alarms(Path::new(path), json),
        (Some("--data"), Some(folder), None) => compare::run(Path::new(folder), json),
        (None, None, None) => synthetic(json),
        _ => bail!("usage: [--stream S.tsv | --data DIR] [--json]"),
    }
}

fn alarms(path: &Path, json: bool) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let stream = rows::parse(&text)?;
    let alarms = rows::detect(&stream);
    if json {
        let alarms: Vec<_> = alarms.iter().map(|a| json!({ "unix_s": a.at_s, "members": a.members })).collect();
        println!("{}", json!({ "rows": stream.len(), "alarms": alarms.len(), "list": alarms }));
        return Ok(());
    }
    print!("{}", rows::tsv(&alarms));
    Ok(())
}

/// Outages made here, in a background made here, and the cost per arrival.
fn synthetic(json: bool) -> anyhow::Result<()> {
    let seeds = [11, 12, 13];
    let scores: Vec<score::Score> = seeds
        .iter()
        .map(|seed| {
            let stream: Vec<Row> = synthetic::stream(*seed);
            score::score(&stream, &rows::detect(&stream))
        })
        .collect();
    let mean = score::mean(&scores);
    let cost = cost::measure();
    if json {
        println!("{}", json!({ "seeds": seeds, "synthetic": mean.to_json(), "cost": cost.to_json() }));
    } else {
        println!("outages made here, seeds {seeds:?}");
        println!("{}\n{}", score::HEAD, mean.line("detector"));
        println!("{}", cost.line());
    }
    Ok(())
}
