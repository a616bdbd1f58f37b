//! How good and how fast the verdicts are. `cargo xtask bench triage -- …`:
//!
//! - nothing: speed, size and memory, the held-out and the everyday sentences, and with `--data DIR` the public sets in it;
//! - `--train A.tsv --test B.tsv`: the same kind of model on anybody's rows (`label<TAB>text`);
//! - `--phrases C.tsv`: the shipped classifier on anybody's sentences (`category<TAB>text`);
//!
//! `--json` prints one object.

mod learning;
mod memory;
mod phrases;
mod printed;
mod reports;
mod rows;
mod timing;
mod verdicts;

use std::path::Path;

use anyhow::{Context, bail};
use serde_json::{Value, json};

/// Verdicts under the clock where none are asked for.
const VERDICTS: usize = 20_000;

fn main() -> anyhow::Result<()> {
    // `--bench` is cargo's own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let value = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1));
    let known = ["--json", "--train", "--test", "--phrases", "--data", "--verdicts"];
    if let Some(unknown) = arguments.iter().find(|a| a.starts_with("--") && !known.contains(&a.as_str())) {
        bail!("unknown option `{unknown}`; known are {}", known.join(", "));
    }
    let figures = match (value("--train"), value("--test"), value("--phrases")) {
        (Some(train), Some(test), None) => learning::run(train.as_ref(), test.as_ref())?,
        (None, None, Some(phrases)) => phrases::run(phrases.as_ref())?,
        (None, None, None) => {
            let verdicts = value("--verdicts").map_or(Ok(VERDICTS), |n| n.parse()).context("--verdicts")?;
            everything(verdicts, value("--data").map(Path::new))?
        }
        _ => bail!("--train goes with --test, and neither with --phrases"),
    };
    if arguments.iter().any(|argument| argument == "--json") {
        println!("{figures}");
    } else {
        print!("{}", printed::lines(&figures));
    }
    Ok(())
}

fn everything(verdicts: usize, data: Option<&Path>) -> anyhow::Result<Value> {
    let speed = verdicts::run(verdicts)?;
    let held_out = phrases::run_held_out()?;
    let unseen = phrases::run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("model/unseen.tsv"))?;
    let public = data.map(learning::run_public).transpose()?;
    let at_most =
        |value: &Value, most: f64| json!({ "is": value, "at_most": most, "met": value.as_f64() <= Some(most) });
    let at_least =
        |value: &Value, least: f64| json!({ "is": value, "at_least": least, "met": value.as_f64() >= Some(least) });
    let mut targets = json!({
        "facts and text, p99 µs": at_most(&speed["facts_and_text_p99_us"], verdicts::TARGET_P99_US),
        "model in the binary, bytes": at_most(&speed["model_bytes"], verdicts::TARGET_MODEL_BYTES as f64),
        "classifier in memory, bytes": at_most(&speed["classifier_bytes"], verdicts::TARGET_MEMORY_BYTES as f64),
        "calibration error, held-out sentences": at_most(&held_out["ece"], 0.05),
        "accuracy on what is answered, held-out sentences": at_least(&held_out["accuracy_on_answered"], 0.95),
        "calibration error, everyday sentences": at_most(&unseen["ece"], 0.05),
        "accuracy on what is answered, everyday sentences": at_least(&unseen["accuracy_on_answered"], 0.95),
    });
    for (name, set) in public.iter().flat_map(Value::as_object).flatten() {
        let baseline = set["baseline_macro_f1"].as_f64().unwrap_or_default();
        targets[format!("macro-F1, {name}, against the baseline")] = at_least(&set["ours"]["macro_f1"], baseline);
        targets[format!("calibration error, {name}")] = at_most(&set["ours"]["ece"], 0.05);
    }
    let public = public.unwrap_or_else(|| json!("not measured: no --data DIR"));
    Ok(json!({
        "bench": "triage", "part": "everything", "speed": speed, "held_out_sentences": held_out,
        "everyday_sentences": unseen, "public_sets": public, "targets": targets,
    }))
}
