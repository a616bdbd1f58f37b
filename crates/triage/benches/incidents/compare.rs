use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::json;

use super::rows::{self, Alarm};
use super::score::{self, HEAD, Score};

/// Streams compared on: seeds and chances of a mistake in a field, as `outages.py generate` takes them.
const SEEDS: [u32; 6] = [1, 2, 3, 4, 5, 6];
const NOISES: [&str; 4] = ["0", "0.1", "0.2", "0.3"];
/// Largest share of joined reports that belong to another outage.
const WRONG_MERGES: f64 = 0.01;

/// Makes streams with `outages.py` in `folder`, and compares its baseline and the detector on each.
pub fn run(folder: &Path, json: bool) -> anyhow::Result<()> {
    let script = folder.join("outages.py");
    let scratch = tempfile::tempdir()?;
    let stream_file = scratch.path().join("stream.tsv");
    let (mut baseline, mut ours) = (Vec::new(), Vec::new());
    let (mut by_noise, mut theirs_says) = (Vec::new(), Vec::new());
    for noise in NOISES {
        let from = ours.len();
        for seed in SEEDS {
            let text = python(&script, &["generate", &seed.to_string(), noise])?;
            std::fs::write(&stream_file, &text)?;
            let stream = rows::parse(&text)?;
            let shown = stream_file.to_string_lossy();
            let alarms = read_alarms(&python(&script, &["baseline", &shown])?)?;
            baseline.push(score::score(&stream, &alarms));
            let alarms = rows::detect(&stream);
            let ours_file = scratch.path().join("alarms.tsv");
            std::fs::write(&ours_file, rows::tsv(&alarms))?;
            // Their scorer has the last word: ours must say the same of precision.
            let says = python(&script, &["score", &shown, &ours_file.to_string_lossy()])?;
            let own = score::score(&stream, &alarms);
            ensure!(says.contains(&format!("precision at least {:.2}", own.precision)), "the scorers differ: {says}");
            theirs_says.push((seed, noise, says));
            ours.push(own);
        }
        by_noise.push((noise, score::mean(&baseline[from..]), score::mean(&ours[from..])));
    }
    let (all_baseline, all_ours) = (score::mean(&baseline), score::mean(&ours));
    let mut targets = all_ours.against(&all_baseline);
    targets.push(("wrong merges at most 1 %", all_ours.wrong <= WRONG_MERGES));
    if json {
        let pair = |a: Score, b: Score| json!({ "baseline": a.to_json(), "detector": b.to_json() });
        let noises: serde_json::Map<_, _> = by_noise.iter().map(|(n, a, b)| ((*n).to_owned(), pair(*a, *b))).collect();
        let targets: serde_json::Map<_, _> =
            targets.iter().map(|(name, met)| ((*name).to_owned(), json!(met))).collect();
        println!(
            "{}",
            json!({ "seeds": SEEDS, "all": pair(all_baseline, all_ours), "by_noise": noises, "met": targets })
        );
        return Ok(());
    }
    println!("outages.py, seeds {SEEDS:?}, means\n{HEAD}");
    for (noise, a, b) in &by_noise {
        println!("{}\n{}", a.line(&format!("noise {noise} baseline")), b.line(&format!("noise {noise} detector")));
    }
    println!("{}\n{}", all_baseline.line("all, baseline"), all_ours.line("all, detector"));
    for (name, met) in targets {
        println!("{name}: {}", if met { "met" } else { "MISSED" });
    }
    for (seed, noise, says) in theirs_says.iter().filter(|(seed, noise, _)| *seed == 1 && *noise == "0.2") {
        println!("outages.py score on seed {seed}, noise {noise}:\n{says}");
    }
    Ok(())
}

fn python(script: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("python3").arg(script).args(arguments).output().context("cannot start python3")?;
    ensure!(output.status.success(), "outages.py {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

fn read_alarms(text: &str) -> anyhow::Result<Vec<Alarm>> {
    let mut alarms: std::collections::BTreeMap<u32, Alarm> = std::collections::BTreeMap::new();
    for line in text.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        ensure!(columns.len() == 3, "an alarm's line has {} columns", columns.len());
        let at_s = columns[1].parse()?;
        let alarm = alarms.entry(columns[0].parse()?).or_insert(Alarm { at_s, members: vec![] });
        alarm.members.push(columns[2].parse()?);
    }
    Ok(alarms.into_values().collect())
}
