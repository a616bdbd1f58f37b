use std::collections::BTreeMap;

use report::Category;
use serde::Serialize;

use super::bytes::ModelError;
use super::features::keys;
use super::measure::{Outcome, Score};
use super::model::TextModel;
use super::overlay::Overlay;
use super::phrases::held_out;
use super::shipped::shipped;
use super::solver::{Line, separate};
use super::vocabulary::{Vector, Vocabulary};

/// Most corrections learnt from: the last ones.
pub const MAX_CORRECTIONS: usize = 5_000;
/// Cost of an error in a correction.
const COST: f32 = 2.0;
/// In how many corrections a feature the shipped model does not know must occur.
const LEAST: u32 = 2;
/// How easily the weight of a feature the shipped model knows moves, beside that of a new one: thousands of sentences
/// stand behind the first, nothing behind the second.
const KNOWN_MOVES: f32 = 0.3;
/// Parts of what was learnt that are tried, the whole first, until one does no harm.
const PARTS: [f32; 3] = [1.0, 0.6, 0.3];
/// Where the whole lowers the accuracy by this, the corrections contradict what is known, and no part is tried.
const FAR_BELOW: f64 = 0.01;

/// A text and what staff say it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction<'a> {
    /// The user's sentences.
    pub text: &'a str,
    /// The right category; [`Category::Other`] teaches nothing.
    pub category: Category,
}

/// What corrections taught.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Learned {
    /// For [`TextModel::with_overlay`] and `Classifier::build`; empty when nothing was learnt or it was refused.
    #[serde(skip)]
    pub overlay: Vec<u8>,
    /// The shipped model on the held-out sentences.
    pub shipped: Score,
    /// The taught model there; what was refused shows why.
    pub learned: Score,
    /// Whether it is at least as good there, in accuracy and in macro-F1.
    pub accepted: bool,
}

/// Learns from corrections, oldest first; of one text the last counts, and the order matters no further. The shipped
/// model stays as it is: what is learnt is an overlay, refused if on the held-out sentences accuracy or macro-F1 falls
/// below the shipped model's.
pub fn learn(corrections: &[Correction<'_>]) -> Result<Learned, ModelError> {
    let base = shipped()?;
    let before = score(&base);
    let refused = |learned: Score| Learned { overlay: Vec::new(), shipped: before, learned, accepted: false };
    let Some(overlay) = taught(&base, corrections) else {
        return Ok(Learned { accepted: true, ..refused(before) });
    };
    let mut whole = None;
    for part in PARTS {
        let overlay = overlay.weakened(part);
        let learned = score(&overlay.applied_to(&base)?);
        if learned.accuracy >= before.accuracy && learned.macro_f1 >= before.macro_f1 {
            return Ok(Learned { overlay: overlay.to_bytes(), shipped: before, learned, accepted: true });
        }
        whole.get_or_insert(learned);
        if learned.accuracy < before.accuracy - FAR_BELOW {
            break;
        }
    }
    Ok(refused(whole.unwrap_or(before)))
}

/// The lines nearest to the shipped ones that keep to the corrections.
fn taught(base: &TextModel, corrections: &[Correction<'_>]) -> Option<Overlay> {
    let recent = &corrections[corrections.len().saturating_sub(MAX_CORRECTIONS)..];
    // By their features, so that the same words in another case or with another number count once, in one order.
    let mut lessons: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
    for correction in recent {
        let class = base.classes.iter().position(|class| class == correction.category.as_str());
        let read = keys(&base.read(correction.text));
        if let Some(class) = class.filter(|_| !read.is_empty()) {
            lessons.insert(read, class);
        }
    }
    if lessons.is_empty() {
        return None;
    }
    let own = Vocabulary::of(lessons.keys().map(Vec::as_slice), LEAST, base.vocabulary.blocks());
    // What is unknown to many phrases is as rare as can be, however often it is corrected; but familiar from now on.
    let rarest = base.vocabulary.rarest_familiar();
    let vocabulary = base.vocabulary.extended(own.keys(), &vec![rarest; own.len()]);
    let vectors: Vec<Vector> = lessons.keys().map(|read| vocabulary.vector(read)).collect();
    // What is shipped is lines and neighbours, and only the lines move.
    let neighbours = base.neighbours_in(&vocabulary);
    let added: Vec<Vec<f32>> = neighbours
        .iter()
        .flat_map(|them| vectors.iter().map(|vector| them.additions(&them.likeness(vector))))
        .collect();
    let mut moves = vec![1.0; vocabulary.len()];
    let known_rows = base.vocabulary.keys().iter().filter_map(|key| vocabulary.row(*key));
    known_rows.for_each(|row| moves[row as usize] = KNOWN_MOVES);
    // A feature of less value moves its weight less; the weight is as much larger meanwhile.
    let scaled = |vector: &Vector| vector.iter().map(|(row, value)| (*row, value * moves[*row as usize])).collect();
    let vectors: Vec<Vector> = vectors.iter().map(scaled).collect();
    let vectors: Vec<&Vector> = vectors.iter().collect();
    let lines: Vec<Line> = base
        .lines()
        .into_iter()
        .enumerate()
        .map(|(class, old)| {
            let mut start = Line { weights: vec![0.0; vocabulary.len()], bias: old.bias };
            for (key, weight) in base.vocabulary.keys().iter().zip(old.weights) {
                if let Some(row) = vocabulary.row(*key) {
                    start.weights[row as usize] = weight / moves[row as usize];
                }
            }
            let inside: Vec<bool> = lessons.values().map(|own| *own == class).collect();
            let added: Vec<f32> = added.iter().map(|of_text| of_text[class]).collect();
            // The bias stays: corrections are only of what went wrong, and a handful of one category would make every
            // other text a little more of it.
            let mut line = separate(&vectors, &inside, &added, [COST; 2], start, false);
            line.weights.iter_mut().zip(&moves).for_each(|(weight, moves)| *weight *= moves);
            line
        })
        .collect();
    Some(Overlay::between(base, &vocabulary, &lines))
}

/// On the held-out sentences of a known category.
pub(super) fn score(model: &TextModel) -> Score {
    let judged = held_out().into_iter().filter_map(|phrase| {
        let truth = model.classes.iter().position(|class| class == phrase.category.as_str())?;
        Some(Outcome { truth, probabilities: model.probabilities(phrase.text) })
    });
    Score::of(&judged.collect::<Vec<_>>())
}
