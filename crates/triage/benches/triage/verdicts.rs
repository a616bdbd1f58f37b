//! Time per verdict: facts only, text only, both; beside it, as a floor, parsing the same report's JSON. And what the
//! classifier holds in memory.

use std::hint::black_box;
use std::time::Instant;

use report::Report;
use serde_json::{Value, json};
use triage::text_model::{held_out, shipped_bytes};
use triage::{Classifier, Input};

use crate::memory;
use crate::reports::report;
use crate::timing::measure;

/// Target: p99 of a verdict with facts and text, in microseconds.
pub const TARGET_P99_US: f64 = 1_000.0;
/// Targets: the model in the binary, and the classifier in memory.
pub const TARGET_MODEL_BYTES: usize = 8 << 20;
pub const TARGET_MEMORY_BYTES: usize = 64 << 20;

/// Figures of `verdicts` verdicts each.
pub fn run(verdicts: usize) -> anyhow::Result<Value> {
    let before = memory::held();
    let began = Instant::now();
    let classifier = Classifier::shipped()?;
    let compile_ms = began.elapsed().as_secs_f64() * 1e3;
    let held = memory::held().saturating_sub(before);

    let texts: Vec<&str> = held_out().into_iter().map(|phrase| phrase.text).collect();
    let silent = report(None, true);
    let bytes = serde_json::to_vec(&silent)?;
    let with_text: Vec<Report> = texts.iter().map(|text| report(Some(text), false)).collect();
    let with_both: Vec<Report> = texts.iter().map(|text| report(Some(text), true)).collect();
    let timings = [
        measure("floor: parse the report's JSON", verdicts, |_| {
            black_box(serde_json::from_slice::<Report>(black_box(&bytes)).is_ok());
        }),
        measure("facts only", verdicts, |_| {
            black_box(classifier.verdict(&Input::new(black_box(&silent))));
        }),
        measure("text only", verdicts, |n| {
            black_box(classifier.verdict(&Input::new(black_box(&with_text[n % with_text.len()]))));
        }),
        measure("facts and text", verdicts, |n| {
            black_box(classifier.verdict(&Input::new(black_box(&with_both[n % with_both.len()]))));
        }),
    ];
    let floor = timings[0].p50_us;
    let rows: Vec<Value> = timings
        .iter()
        .map(|t| json!({ "name": t.name, "p50_us": t.p50_us, "p99_us": t.p99_us, "mean_us": t.mean_us, "times_floor": t.p50_us / floor }))
        .collect();
    Ok(json!({
        "rules": classifier.rules().len(), "triage_version": classifier.version(), "verdicts": verdicts,
        "report_bytes": bytes.len(), "compile_ms": compile_ms, "timings": rows,
        "model_bytes": shipped_bytes().len(), "classifier_bytes": held,
        "facts_and_text_p99_us": timings[3].p99_us,
    }))
}
