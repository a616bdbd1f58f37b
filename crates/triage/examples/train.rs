//! Makes `model/text.bin` from `model/phrases` and tells how good it is on the held-out sentences.
//!
//! `cargo xtask train [--choose]`; `--choose` compares recipes by cross-validation, and ways to add up the sources, and
//! changes nothing.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use report::{AgentInfo, Category, Language, OsFamily, Report, SCHEMA_VERSION};
use triage::text_model::{
    Half, Outcome, Phrase, Row, Score, TextModel, calibration_error, choose, coverage_at, held_out, read_phrases, train,
};
use triage::{Blend, Classifier, Input};

/// Share of the answers that must be right on the calibrating half: more than the 95 % that is promised, since thresholds
/// chosen on some hundred rows flatter.
const PRECISION: f64 = 0.96;
/// The calibrating half has a few dozen rows of each category, and one mistake among the surest ten says little: answers of
/// all categories speak for each with the weight of this many rows.
const SHARED_ROWS: f64 = 30.0;
/// Largest file that ships.
const MAX_BYTES: usize = 8 << 20;

fn main() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("model");
    let files = read_files(&folder.join("phrases"))?;
    let phrases: Vec<Phrase<'_>> = files.iter().flat_map(|(name, text)| read_phrases(name, text)).collect();
    let unseen = std::fs::read_to_string(folder.join("unseen.tsv")).context("reading unseen.tsv")?;
    refuse_repeats(&phrases, unseen.lines().skip(1).filter_map(|line| line.split_once('\t')).map(|(_, text)| text))?;
    if std::env::args().any(|argument| argument == "--choose") {
        compare(&phrases)?;
        return search_blend(train(&phrases)?);
    }
    let model = train(&phrases)?;
    let bytes = model.to_bytes();
    ensure!(bytes.len() <= MAX_BYTES, "the model takes {} bytes, more than {MAX_BYTES}", bytes.len());
    std::fs::write(folder.join("text.bin"), &bytes).context("writing model/text.bin")?;
    println!("model/text.bin: {} bytes, {} features, from {} sentences", bytes.len(), model.features(), phrases.len());
    tell_model(&model);
    tell_thresholds(&Classifier::shipped()?.with_model(model)?);
    Ok(())
}

/// Name without ending, and text, of each category's file.
fn read_files(folder: &Path) -> anyhow::Result<Vec<(&'static str, String)>> {
    let read = |category: &Category| {
        let path = folder.join(category.as_str()).with_extension("tsv");
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        Ok((category.as_str(), text))
    };
    Category::KNOWN.iter().map(read).collect()
}

/// A sentence twice teaches twice, and one that is also measured would flatter the figures.
fn refuse_repeats<'a>(phrases: &[Phrase<'_>], unseen: impl Iterator<Item = &'a str>) -> anyhow::Result<()> {
    let held_out = held_out();
    let mut seen: BTreeMap<Vec<String>, &str> = BTreeMap::new();
    let mut repeats = Vec::new();
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
    };
    for phrase in &held_out {
        seen.insert(words(phrase.text), "is held out");
    }
    for text in unseen {
        seen.insert(words(text), "is to stay unseen");
    }
    for phrase in phrases {
        if let Some(why) = seen.insert(words(phrase.text), "stands twice") {
            repeats.push(format!("{}: \"{}\" {why}", phrase.category.as_str(), phrase.text));
        }
    }
    if !repeats.is_empty() {
        bail!("sentences to take out:\n{}", repeats.join("\n"));
    }
    Ok(())
}

fn compare(phrases: &[Phrase<'_>]) -> anyhow::Result<()> {
    let rows: Vec<Row<'_>> = phrases.iter().map(|p| Row { label: p.category.as_str(), text: p.text }).collect();
    let best = choose(&rows, &mut |attempt| println!("{:?}: macro-F1 {:.4}", attempt.recipe, attempt.macro_f1))?;
    println!("best: {:?}", best.recipe);
    Ok(())
}

fn tell_model(model: &TextModel) {
    for half in [Half::Calibrates, Half::Measures] {
        let judged = held_out().into_iter().filter(|phrase| phrase.half() == half).filter_map(|phrase| {
            let truth = model.classes().iter().position(|class| class == phrase.category.as_str())?;
            Some(Outcome { truth, probabilities: model.probabilities(phrase.text) })
        });
        let outcomes: Vec<Outcome> = judged.collect();
        let score = Score::of(&outcomes);
        let pairs = outcomes.iter().map(|o| (f64::from(o.best().1), o.best().0 == o.truth));
        println!(
            "model alone, {half:?}: {} rows, accuracy {:.3}, macro-F1 {:.3}, top three {:.3}, ECE {:.3} ({:.3} by chance), {:.3} routed at 95 % precision",
            score.rows,
            score.accuracy,
            score.macro_f1,
            score.top3,
            score.ece,
            score.ece_by_chance,
            coverage_at(0.95, pairs)
        );
    }
}

/// Goes over ways to add up the sources and tells under which the calibrating half is most probable: a row counts by
/// the share its category got, a row to abstain from by the share left to the unknown.
fn search_blend(model: TextModel) -> anyhow::Result<()> {
    let calibrating = calibrating();
    let mut classifier = Classifier::shipped()?.with_model(model)?;
    let mut best: Option<(f64, Blend)> = None;
    for sentence in [0.7, 0.9, 1.1, 1.4] {
        for words in [0.0, 0.125, 0.25, 0.5] {
            for unknown in [0.0, 0.5, 1.0, 1.5, 2.0] {
                for temperature in [0.5, 0.7, 0.85, 1.0] {
                    let blend = Blend { sentence, words, unknown, temperature, ..Blend::SHIPPED };
                    classifier = classifier.with_blend(blend);
                    let loss: f64 =
                        calibrating.iter().map(|(category, report)| loss(&classifier, *category, report)).sum();
                    let mean = loss / calibrating.len() as f64;
                    if best.is_none_or(|(least, _)| mean < least) {
                        best = Some((mean, blend));
                        println!("mean loss {mean:.4} under {blend:?}");
                    }
                }
            }
        }
    }
    Ok(())
}

fn calibrating() -> Vec<(Category, Report)> {
    let calibrates = held_out().into_iter().filter(|phrase| phrase.half() == Half::Calibrates);
    calibrates.map(|phrase| (phrase.category, report(phrase.text))).collect()
}

fn loss(classifier: &Classifier, category: Category, report: &Report) -> f64 {
    let shares = classifier.shares(&Input::new(report));
    let share = match category {
        Category::Other => 1.0 - shares.iter().map(|(_, share)| share).sum::<f32>(),
        known => shares.iter().find(|(category, _)| *category == known).map_or(0.0, |(_, share)| *share),
    };
    -f64::from(share.max(1e-4)).ln()
}

/// A report with only a sentence.
fn report(text: &str) -> Report {
    Report {
        schema: SCHEMA_VERSION,
        id: uuid::Uuid::nil(),
        pressed_at: chrono::DateTime::UNIX_EPOCH,
        agent: AgentInfo { version: "0.1.0".to_owned(), os: OsFamily::Windows },
        hostname: "desk".to_owned(),
        user: None,
        language: Language::En,
        text: Some(text.to_owned()),
        facts: Vec::new(),
        attachments: Vec::new(),
        omissions: Vec::new(),
    }
}

/// The least share from which [`PRECISION`] of what is said of each category on the calibrating half is right.
fn tell_thresholds(classifier: &Classifier) {
    let calibrating = calibrating();
    let mut said: Vec<(Category, f32, bool)> = Vec::new();
    for (category, report) in &calibrating {
        if let Some((best, share)) = classifier.shares(&Input::new(report)).first() {
            said.push((*best, *share, best == category));
        }
    }
    let all = said.iter().map(|(_, share, right)| (f64::from(*share), *right));
    println!("combined: ECE {:.3}", calibration_error(all.clone()));
    println!("combined: {:.3} answered at 95 % precision", coverage_at(0.95, all));
    said.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut found: BTreeMap<Category, Threshold> = BTreeMap::new();
    let (mut right_of_all, mut rows_of_all) = (0.0, 0.0);
    for (category, share, is_right) in said {
        right_of_all += f64::from(u8::from(is_right));
        rows_of_all += 1.0;
        let own = found.entry(category).or_default();
        own.rows += 1.0;
        own.right += f64::from(u8::from(is_right));
        let shared = right_of_all / rows_of_all;
        if own.right + SHARED_ROWS * shared >= PRECISION * (own.rows + SHARED_ROWS) {
            (own.share, own.answered) = (Some(share), own.rows);
        }
    }
    for (category, Threshold { share, answered, rows, .. }) in found {
        let from = share.map_or("never".to_owned(), |share| format!("from {share:.2}"));
        println!("{}: {from}, {answered} of {rows} answered", category.as_str());
    }
}

/// Rows said to be of a category, the surest first, and how far down it may be said.
#[derive(Default)]
struct Threshold {
    rows: f64,
    right: f64,
    share: Option<f32>,
    answered: f64,
}
