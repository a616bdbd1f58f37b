//! `--train A.tsv --test B.tsv`: trains the same kind of model as the shipped one on anybody's rows and measures it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};
use triage::text_model::{Loss, Outcome, Recipe, Row, Score, TextModel, choose, coverage_at, fit, fnv};

use crate::rows;
use crate::timing::Timing;

/// Precision at which the share that could be routed without a person is told.
const ROUTING_PRECISION: f64 = 0.95;
/// Share of distinct words in common from which a test row counts as a near-duplicate of a training row.
const NEAR: f64 = 0.8;

/// The public sets, and the recipe of the best known baseline on each: words with letters, and letters alone.
const PUBLIC_SETS: [(&str, Recipe); 2] = [
    (
        "it-tickets-en",
        Recipe { blocks: [1.0, 0.0, 1.0, 0.0], cost: 0.2, loss: Loss::Squared, least: 2, neighbours: 0.0 },
    ),
    (
        "user-questions-ru",
        Recipe { blocks: [0.0, 0.0, 1.0, 0.0], cost: 1.0, loss: Loss::Squared, least: 1, neighbours: 0.0 },
    ),
];
/// Put before a text of a public set to tell which of [`TEST_PARTS`] it is in.
const TEST_SEED: &str = "test-2026-03:";
const TEST_PARTS: u64 = 7;
/// A set under this many rows is tested part by part, since one part of it tells nothing.
const SMALL: usize = 2_000;

/// Trains on one file, measures on the other.
pub fn run(train: &Path, test: &Path) -> anyhow::Result<Value> {
    measure(&rows::read(train, |_| false)?, &rows::read(test, |_| false)?)
}

/// Each public set in a folder, beside its baseline on the same rows: one part of a large one kept aside, every part of
/// a small one in its turn.
pub fn run_public(folder: &Path) -> anyhow::Result<Value> {
    let mut sets = json!({});
    for (name, baseline) in PUBLIC_SETS {
        let rows = rows::read(&folder.join(format!("{name}.tsv.gz")), |_| false)?;
        let parts = if rows.len() < SMALL { TEST_PARTS } else { 1 };
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for part in 0..parts {
            let is_test = |text: &str| fnv(TEST_SEED, text) % TEST_PARTS == part;
            let training: Vec<Row<'_>> =
                rows.iter().filter(|(_, text)| !is_test(text)).map(|(label, text)| Row { label, text }).collect();
            let chosen = choose(&training, &mut |_| {})?;
            let model = fit(&training, &chosen.recipe, chosen.temperature, [0; 32])?;
            let other = fit(&training, &baseline, 1.0, [0; 32])?;
            for (label, text) in rows.iter().filter(|(_, text)| is_test(text)) {
                ours.push(judged(&model, label, text));
                theirs.push(judged(&other, label, text));
            }
        }
        sets[name] = json!({
            "rows": rows.len(), "test_rows": ours.len(), "ours": Score::of(&ours), "routed_at_95_percent_precision": routed(&ours),
            "baseline_macro_f1": Score::of(&theirs).macro_f1, "baseline_accuracy": Score::of(&theirs).accuracy,
        });
    }
    Ok(sets)
}

/// A label the training rows do not have can never be said; it counts against the model.
fn judged(model: &TextModel, label: &str, text: &str) -> Outcome {
    let truth = model.classes().iter().position(|class| class == label).unwrap_or(model.classes().len());
    Outcome { truth, probabilities: model.probabilities(text) }
}

fn routed(outcomes: &[Outcome]) -> f64 {
    coverage_at(ROUTING_PRECISION, outcomes.iter().map(|o| (f64::from(o.best().1), o.best().0 == o.truth)))
}

fn measure(train: &[(String, String)], test: &[(String, String)]) -> anyhow::Result<Value> {
    let training: Vec<Row<'_>> = train.iter().map(|(label, text)| Row { label, text }).collect();
    let began = Instant::now();
    let mut attempts = Vec::new();
    let chosen = choose(&training, &mut |attempt| {
        attempts.push(json!({
            "cost": attempt.recipe.cost, "blocks": attempt.recipe.blocks, "neighbours": attempt.recipe.neighbours, "macro_f1": attempt.macro_f1,
        }));
    })?;
    let choosing_s = began.elapsed().as_secs_f64();
    let model = fit(&training, &chosen.recipe, chosen.temperature, [0; 32])?;
    let training_s = began.elapsed().as_secs_f64();

    let mut taken = Vec::with_capacity(test.len());
    let mut outcomes = Vec::with_capacity(test.len());
    for (label, text) in test {
        let began = Instant::now();
        let outcome = judged(&model, label, text);
        taken.push(began.elapsed());
        outcomes.push(outcome);
    }
    let all = Score::of(&outcomes);
    let near = near_duplicates(train, test);
    let apart: Vec<Outcome> =
        outcomes.iter().zip(&near).filter(|(_, is_near)| !**is_near).map(|(outcome, _)| outcome.clone()).collect();
    let timing = Timing::of("text", taken);
    Ok(json!({
        "bench": "triage", "part": "train and test",
        "rows": { "train": train.len(), "test": test.len() }, "labels": model.classes().len(),
        "accuracy": all.accuracy, "macro_f1": all.macro_f1, "top3": all.top3, "ece": all.ece,
        "ece_by_chance": all.ece_by_chance,
        "routed_at_95_percent_precision": routed(&outcomes),
        "without_near_duplicates": Score::of(&apart),
        "us_per_text": { "p50": timing.p50_us, "p99": timing.p99_us, "mean": timing.mean_us },
        "model_bytes": model.to_bytes().len(), "features": model.features(),
        "training_s": training_s, "of_that_choosing_s": choosing_s,
        "recipe": { "cost": chosen.recipe.cost, "blocks": chosen.recipe.blocks, "neighbours": chosen.recipe.neighbours, "temperature": chosen.temperature },
        "tried": attempts,
    }))
}

/// Which test rows share [`NEAR`] of their distinct words (intersection over union) with some training row.
fn near_duplicates(train: &[(String, String)], test: &[(String, String)]) -> Vec<bool> {
    let mut ids: BTreeMap<String, u32> = BTreeMap::new();
    let mut words = |text: &str| -> BTreeSet<u32> {
        let split = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let mut set = BTreeSet::new();
        for word in split {
            let next = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            set.insert(*ids.entry(word.to_lowercase()).or_insert(next));
        }
        set
    };
    let train: Vec<BTreeSet<u32>> = train.iter().map(|(_, text)| words(text)).collect();
    let test: Vec<BTreeSet<u32>> = test.iter().map(|(_, text)| words(text)).collect();
    let mut holders: Vec<Vec<u32>> = vec![Vec::new(); ids.len()];
    for (at, set) in (0_u32..).zip(&train) {
        set.iter().for_each(|word| holders[*word as usize].push(at));
    }
    let mut near = Vec::with_capacity(test.len());
    for set in &test {
        // Two sets this alike share one of the rarest words: all but `NEAR` of them, and one more.
        let mut rarest: Vec<u32> = set.iter().copied().collect();
        rarest.sort_by_key(|word| holders[*word as usize].len());
        let enough = set.len() - (set.len() as f64 * NEAR).ceil() as usize + 1;
        let mut candidates: Vec<u32> =
            rarest.iter().take(enough).flat_map(|word| &holders[*word as usize]).copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        let is_near = |candidate: &u32| {
            let other = &train[*candidate as usize];
            let both = set.intersection(other).count();
            both as f64 >= NEAR * (set.len() + other.len() - both) as f64
        };
        near.push(candidates.iter().any(is_near));
    }
    near
}
