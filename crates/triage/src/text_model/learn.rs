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
/// Cost of an error in a correction. The start is what the shipped model knows, so a low cost moves little.
const COST: f32 = 0.3;
/// In how many corrections a feature the shipped model does not know must occur.
const LEAST: u32 = 2;
/// What may move and how much of it, tried one after the other until one does no harm. Last the words alone that the
/// shipped model does not know: they leave every sentence without them as it was.
const TRIED: [(Moves, f32); 4] =
    [(Moves::Everything, 1.0), (Moves::Everything, 0.6), (Moves::Everything, 0.3), (Moves::NewFeatures, 1.0)];
/// Where the whole lowers the accuracy by this, the corrections contradict what is known, and nothing less is tried.
const FAR_BELOW: f64 = 0.05;

/// Which weights corrections may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moves {
    Everything,
    /// Those of features the shipped model does not have.
    NewFeatures,
}

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
    let Some(lessons) = Lessons::of(&base, corrections) else {
        return Ok(Learned { accepted: true, ..refused(before) });
    };
    let (everything, new_features) =
        (lessons.taught(&base, Moves::Everything), lessons.taught(&base, Moves::NewFeatures));
    let mut whole = None;
    for (moves, part) in TRIED {
        let overlay = match moves {
            Moves::Everything => everything.weakened(part),
            Moves::NewFeatures => new_features.weakened(part),
        };
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

/// Corrections as the model reads them, each text once.
struct Lessons {
    /// The base's features, and those that occur in [`LEAST`] corrections.
    vocabulary: Vocabulary,
    vectors: Vec<Vector>,
    /// Class of each.
    classes: Vec<usize>,
    /// What the neighbours add to each class's line at each; nothing where there are none.
    added: Vec<Vec<f32>>,
}

impl Lessons {
    fn of(base: &TextModel, corrections: &[Correction<'_>]) -> Option<Self> {
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
        let neighbours = base.neighbours_in(&vocabulary);
        let added = neighbours
            .iter()
            .flat_map(|them| vectors.iter().map(|vector| them.additions(&them.likeness(vector))))
            .collect();
        Some(Self { vocabulary, vectors, classes: lessons.into_values().collect(), added })
    }

    /// The lines nearest to the shipped ones that keep to the corrections, where only some weights move.
    fn taught(&self, base: &TextModel, moves: Moves) -> Overlay {
        let may_move = |row: u32| {
            moves == Moves::Everything || base.vocabulary.row(self.vocabulary.keys()[row as usize]).is_none()
        };
        let moving = |vector: &Vector| -> Vector { vector.iter().filter(|(row, _)| may_move(*row)).copied().collect() };
        let moving: Vec<Vector> = self.vectors.iter().map(moving).collect();
        let moving: Vec<&Vector> = moving.iter().collect();
        let lines: Vec<Line> = base
            .lines()
            .into_iter()
            .enumerate()
            .map(|(class, old)| {
                let mut line = Line { weights: vec![0.0; self.vocabulary.len()], bias: old.bias };
                for (key, weight) in base.vocabulary.keys().iter().zip(old.weights) {
                    if let Some(row) = self.vocabulary.row(*key) {
                        line.weights[row as usize] = weight;
                    }
                }
                // What is shipped stays beside what is learnt: the old line and the neighbours.
                let beside = |(at, vector): (usize, &Vector)| {
                    line.at(vector) + self.added.get(at).map_or(0.0, |of_text| of_text[class])
                };
                let beside: Vec<f32> = self.vectors.iter().enumerate().map(beside).collect();
                let inside: Vec<bool> = self.classes.iter().map(|own| *own == class).collect();
                // The bias stays: corrections are only of what went wrong, and a handful of one category would make
                // every other text a little more of it.
                let learnt = separate(&moving, &inside, &beside, [COST; 2], Line::flat(self.vocabulary.len()), false);
                line.weights.iter_mut().zip(learnt.weights).for_each(|(weight, step)| *weight += step);
                line
            })
            .collect();
        Overlay::between(base, &self.vocabulary, &lines)
    }
}

/// On the held-out sentences of a known category.
pub(super) fn score(model: &TextModel) -> Score {
    let judged = held_out().into_iter().filter_map(|phrase| {
        let truth = model.classes.iter().position(|class| class == phrase.category.as_str())?;
        Some(Outcome { truth, probabilities: model.probabilities(phrase.text) })
    });
    Score::of(&judged.collect::<Vec<_>>())
}
