//! `--phrases C.tsv`: the shipped classifier on sentences with their category; and the table of its confidence.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use report::Category;
use serde_json::{Value, json};
use triage::text_model::{self, Half, Outcome, Score, calibration_error, held_out, macro_f1};
use triage::{Classifier, Input};

use crate::reports::report;
use crate::rows;
use crate::timing::Timing;

/// Share of Cyrillic letters from which a sentence counts as Russian.
const CYRILLIC: f64 = 0.5;

/// A sentence with its category; `other` where nothing should be said of it.
struct Sentence {
    category: Category,
    text: String,
}

/// What the classifier made of one.
struct Judged {
    truth: Category,
    is_russian: bool,
    /// The category said, if one was.
    said: Option<Category>,
    /// Every category with its share, highest first.
    shares: Vec<(Category, f32)>,
    /// What the model alone thinks.
    model: Outcome,
}

/// The shipped classifier on a file of `category<TAB>text`, with a header or without.
pub fn run(path: &Path) -> anyhow::Result<Value> {
    let category = |name: &str| serde_json::from_value::<Category>(Value::from(name)).ok();
    let rows = rows::read(path, |label| category(label).is_some())?;
    let sentence = |(label, text): (String, String)| {
        let category = category(&label).with_context(|| format!("{}: no category `{label}`", path.display()))?;
        Ok(Sentence { category, text })
    };
    let sentences = rows.into_iter().map(sentence).collect::<anyhow::Result<Vec<_>>>()?;
    let mut figures = measure(&sentences)?;
    figures["bench"] = json!("triage");
    figures["part"] = json!("phrases");
    Ok(figures)
}

/// The half of the held-out sentences that is only measured.
pub fn run_held_out() -> anyhow::Result<Value> {
    let measured = held_out().into_iter().filter(|phrase| phrase.half() == Half::Measures);
    let sentences: Vec<Sentence> =
        measured.map(|phrase| Sentence { category: phrase.category, text: phrase.text.to_owned() }).collect();
    measure(&sentences)
}

fn measure(sentences: &[Sentence]) -> anyhow::Result<Value> {
    let (classifier, model) = (Classifier::shipped()?, text_model::shipped()?);
    let mut taken = Vec::with_capacity(sentences.len());
    let mut judged = Vec::with_capacity(sentences.len());
    for Sentence { category, text } in sentences {
        let report = report(Some(text), false);
        let input = Input::new(&report);
        let began = Instant::now();
        let verdict = classifier.verdict(&input);
        taken.push(began.elapsed());
        let truth = model.classes().iter().position(|class| class == category.as_str());
        judged.push(Judged {
            truth: *category,
            is_russian: is_russian(text),
            said: verdict.abstention.is_none().then_some(verdict.category.value),
            shares: classifier.shares(&input),
            model: Outcome { truth: truth.unwrap_or(model.classes().len()), probabilities: model.probabilities(text) },
        });
    }
    let all: Vec<&Judged> = judged.iter().collect();
    let of = |russian: bool| judged.iter().filter(|row| row.is_russian == russian).collect::<Vec<_>>();
    let timing = Timing::of("sentence", taken);
    let mut figures = summary(&all);
    figures["triage_version"] = json!(classifier.version());
    figures["languages"] = json!({ "ru": summary(&of(true)), "en": summary(&of(false)) });
    figures["calibration"] = calibration_table(&all);
    figures["us_per_verdict"] = json!({ "p50": timing.p50_us, "p99": timing.p99_us, "mean": timing.mean_us });
    Ok(figures)
}

/// Rows of `other` count where it is asked whether an answer is right: any answer to them is wrong. Accuracy, F1 and
/// top three are over the rows that have a category, forced to the best guess.
fn summary(rows: &[&Judged]) -> Value {
    let known: Vec<&&Judged> = rows.iter().filter(|row| row.truth != Category::Other).collect();
    let index = |category: Category| category as usize;
    let best = |row: &Judged| row.shares.first().map(|(category, _)| *category);
    let pairs: Vec<(usize, Option<usize>)> = known.iter().map(|row| (index(row.truth), best(row).map(index))).collect();
    let share = |count: usize, of: usize| if of == 0 { Value::Null } else { json!(count as f64 / of as f64) };
    let in_top3 = |row: &&&&Judged| row.shares.iter().take(3).any(|(category, _)| *category == row.truth);
    let answered: Vec<&&Judged> = rows.iter().filter(|row| row.said.is_some()).collect();
    let answered_known = answered.iter().filter(|row| row.truth != Category::Other).count();
    let others = rows.len() - known.len();
    let confidence = |row: &&Judged| row.shares.first().map_or(0.0, |(_, share)| f64::from(*share));
    let models: Vec<Outcome> = known.iter().map(|row| row.model.clone()).collect();
    json!({
        "rows": rows.len(), "rows_to_abstain_from": others,
        "accuracy": share(pairs.iter().filter(|(truth, said)| *said == Some(*truth)).count(), known.len()),
        "macro_f1": macro_f1(&pairs),
        "top3": share(known.iter().filter(in_top3).count(), known.len()),
        "ece": calibration_error(rows.iter().map(|row| (confidence(row), best(row) == Some(row.truth)))),
        "answered": answered.len(),
        "abstained_share": share(known.len() - answered_known, known.len()),
        "abstained_share_of_rows_to_abstain_from": share(others - (answered.len() - answered_known), others),
        "accuracy_on_answered": share(answered.iter().filter(|row| row.said == Some(row.truth)).count(), answered.len()),
        "model_alone": Score::of(&models),
    })
}

/// Of every tenth of confidence: how many, what was said on average, what was right.
fn calibration_table(rows: &[&Judged]) -> Value {
    let mut bins: BTreeMap<u32, (f64, u32, u32)> = BTreeMap::new();
    for row in rows {
        let Some((best, share)) = row.shares.first() else { continue };
        let bin = bins.entry(((share * 10.0) as u32).min(9)).or_default();
        bin.0 += f64::from(*share);
        bin.1 += 1;
        bin.2 += u32::from(*best == row.truth);
    }
    let line = |(_, (sum, count, right)): (u32, (f64, u32, u32))| json!({ "rows": count, "said": sum / f64::from(count), "right": f64::from(right) / f64::from(count) });
    bins.into_iter().map(line).collect()
}

fn is_russian(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let cyrillic = text.chars().filter(|c| matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё')).count();
    cyrillic as f64 >= CYRILLIC * letters as f64 && cyrillic > 0
}
