use std::collections::BTreeMap;

use super::calibration::temperature;
use super::cleaned::Cleaned;
use super::features::{BLOCKS, keys};
use super::logistic;
use super::measure::macro_f1;
use super::model::{MAX_CHARS, TextModel};
use super::neighbours::Neighbours;
use super::solver::{Line, balanced, separate};
use super::vocabulary::{Vector, Vocabulary};

/// Put before a text when its fold is chosen, so that these folds are nobody else's split.
pub const FOLD_SEED: &str = "folds-2026-03:";
/// Folds of cross-validation; one of [`LARGE_FOLDS`] only from [`LARGE`] rows on.
const FOLDS: u64 = 8;
/// Of few rows each fold takes little away, or what is left out looks harder than it is.
const SMALL_FOLDS: u64 = 24;
const LARGE: usize = 20_000;
const LARGE_FOLDS: u64 = 5;
const SMALL: usize = 2_000;
/// Most features, over all texts, of texts that are kept as neighbours.
const MAX_KEPT: usize = 3_000_000;

/// What is tried, by the number of rows. Few rows: letters carry most, errors cost much, and like texts are asked. Many:
/// words can be trusted, the first ones most, and a loss that grows slowly keeps wrong labels from deciding.
fn candidates(rows: usize) -> Vec<Recipe> {
    let recipe = |words: f32, cost: f32| Recipe { blocks: [words, words, 1.0, 0.0], cost, ..Recipe::default() };
    let large =
        |cost: f32| Recipe { blocks: [1.0, 1.0, 1.0, 0.5], cost, loss: Loss::Logistic, least: 2, neighbours: 0.0 };
    match rows {
        LARGE.. => vec![large(1.5), large(3.0)],
        SMALL.. => vec![recipe(0.5, 1.0), recipe(0.5, 0.5), recipe(1.0, 0.25)],
        _ => vec![recipe(0.3, 1.0), recipe(0.3, 0.5), recipe(0.0, 1.0), recipe(0.5, 0.5)],
    }
}

/// One text and its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// Any label.
    pub label: &'a str,
    /// Any text.
    pub text: &'a str,
}

/// What a text on the wrong side of a line, or near to it, costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The square of how far it is from where it should be: best where labels can be trusted.
    Squared,
    /// The logarithm of its probability: a wrong label pulls no harder than its cost.
    Logistic,
}

/// How a model is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    /// Weight of words, of beginnings of words, of n-grams of letters, and of the first words once more.
    pub blocks: [f32; BLOCKS],
    /// Cost of an error, before it is balanced between the classes.
    pub cost: f32,
    /// What an error costs.
    pub loss: Loss,
    /// In how many texts a feature must occur.
    pub least: u32,
    /// How much the votes of like texts add to the lines; 0 keeps no texts, as does a number of them that is too large.
    pub neighbours: f32,
}

impl Default for Recipe {
    fn default() -> Self {
        Self { blocks: [0.5, 0.5, 1.0, 0.0], cost: 1.0, loss: Loss::Squared, least: 1, neighbours: 0.16 }
    }
}

/// Why nothing can be learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// One label, or none.
    #[error("texts of at least two labels are needed")]
    OneLabel,
    /// More labels than a model's file can hold.
    #[error("there are more than 250 labels")]
    ManyLabels,
}

/// A recipe and how it did on texts it did not learn from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chosen {
    /// The recipe.
    pub recipe: Recipe,
    /// Temperature that fits its decisions there.
    pub temperature: f32,
    /// Macro-F1 there.
    pub macro_f1: f64,
}

/// What a recipe makes of texts, in full precision.
struct Solved {
    vocabulary: Vocabulary,
    lines: Vec<Line>,
    neighbours: Option<Neighbours>,
}

impl Solved {
    fn decisions(&self, text: &[u32]) -> Vec<f32> {
        let vector = self.vocabulary.vector(text);
        let lines = self.lines.iter().map(|line| line.at(&vector));
        match &self.neighbours {
            Some(neighbours) => lines
                .zip(neighbours.additions(&neighbours.likeness(&vector)))
                .map(|(line, added)| line + added)
                .collect(),
            None => lines.collect(),
        }
    }
}

/// Texts read once, whatever is then tried on them.
struct Read {
    classes: Vec<String>,
    labels: Vec<usize>,
    texts: Vec<Vec<u32>>,
    folds: Vec<u64>,
}

impl Read {
    fn of(rows: &[Row<'_>]) -> Result<Self, TrainError> {
        let mut classes: BTreeMap<&str, usize> = rows.iter().map(|row| (row.label, 0)).collect();
        if classes.len() < 2 {
            return Err(TrainError::OneLabel);
        }
        if classes.len() > 250 {
            return Err(TrainError::ManyLabels);
        }
        classes.values_mut().enumerate().for_each(|(at, index)| *index = at);
        Ok(Self {
            labels: rows.iter().map(|row| classes[row.label]).collect(),
            texts: rows.iter().map(|row| keys(&Cleaned::of(row.text, MAX_CHARS))).collect(),
            folds: rows.iter().map(|row| fnv(FOLD_SEED, row.text)).collect(),
            classes: classes.into_keys().map(str::to_owned).collect(),
        })
    }

    /// Vocabulary, lines and neighbours learnt from the texts that `learns` says.
    fn solve(&self, recipe: &Recipe, learns: impl Fn(usize) -> bool) -> Solved {
        let used: Vec<usize> = (0..self.texts.len()).filter(|at| learns(*at)).collect();
        let vocabulary = Vocabulary::of(used.iter().map(|at| self.texts[*at].as_slice()), recipe.least, recipe.blocks);
        let vectors: Vec<Vector> = used.iter().map(|at| vocabulary.vector(&self.texts[*at])).collect();
        let vectors: Vec<&Vector> = vectors.iter().collect();
        let line = |class: usize| {
            let inside: Vec<bool> = used.iter().map(|at| self.labels[*at] == class).collect();
            let costs = balanced(&inside, recipe.cost);
            match recipe.loss {
                Loss::Squared => separate(&vectors, &inside, &[], costs, Line::flat(vocabulary.len()), true),
                Loss::Logistic => logistic::separate(&vectors, &inside, costs, vocabulary.len()),
            }
        };
        // Each class is solved alone, so how many run at once changes nothing but the time.
        let at_once = std::thread::available_parallelism().map_or(1, usize::from);
        let mut lines = Vec::new();
        let classes: Vec<usize> = (0..self.classes.len()).collect();
        for some in classes.chunks(at_once) {
            lines.extend(std::thread::scope(|scope| {
                let started: Vec<_> = some.iter().map(|class| scope.spawn(|| line(*class))).collect();
                let ended = started
                    .into_iter()
                    .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
                ended.collect::<Vec<Line>>()
            }));
        }
        let neighbours = (recipe.neighbours > 0.0).then(|| self.kept(recipe, &used, &vocabulary)).flatten();
        Solved { vocabulary, lines, neighbours }
    }

    /// The texts themselves, if they are few enough.
    fn kept(&self, recipe: &Recipe, used: &[usize], vocabulary: &Vocabulary) -> Option<Neighbours> {
        let rows: Vec<Vec<u32>> = used.iter().map(|at| vocabulary.rows(&self.texts[*at])).collect();
        if rows.iter().map(Vec::len).sum::<usize>() > MAX_KEPT {
            return None;
        }
        let labelled = used.iter().map(|at| self.labels[*at]).zip(rows.iter().map(Vec::as_slice));
        Some(Neighbours::of(labelled, vocabulary, self.classes.len(), recipe.neighbours))
    }

    /// What a recipe says of texts it did not learn from.
    fn out_of_fold(&self, recipe: &Recipe) -> Vec<(Vec<f32>, usize)> {
        let (folds, rounds) = match self.texts.len() {
            LARGE.. => (LARGE_FOLDS, 1),
            SMALL.. => (FOLDS, FOLDS),
            _ => (SMALL_FOLDS, SMALL_FOLDS),
        };
        let mut decided = Vec::new();
        for fold in 0..rounds {
            let is_out = |at: usize| self.folds[at] % folds == fold;
            let solved = self.solve(recipe, |at| !is_out(at));
            let left_out = (0..self.texts.len()).filter(|at| is_out(*at));
            decided.extend(left_out.map(|at| (solved.decisions(&self.texts[at]), self.labels[at])));
        }
        decided
    }

    fn choose(&self, told: &mut dyn FnMut(&Chosen)) -> Chosen {
        let mut attempt = |recipe: Recipe| {
            let decided = self.out_of_fold(&recipe);
            let pairs: Vec<(usize, Option<usize>)> =
                decided.iter().map(|(decisions, truth)| (*truth, Some(super::measure::best(decisions).0))).collect();
            let chosen = Chosen { recipe, temperature: temperature(&decided), macro_f1: macro_f1(&pairs) };
            told(&chosen);
            chosen
        };
        let first = attempt(candidates(self.texts.len())[0]);
        let rest = candidates(self.texts.len()).into_iter().skip(1);
        rest.fold(first, |best, recipe| {
            let next = attempt(recipe);
            if next.macro_f1 > best.macro_f1 { next } else { best }
        })
    }
}

/// The cost and the blend that do best on texts left out of training, fold by fold ([`FOLD_SEED`]); `told` hears of
/// every attempt.
pub fn choose(rows: &[Row<'_>], told: &mut dyn FnMut(&Chosen)) -> Result<Chosen, TrainError> {
    Ok(Read::of(rows)?.choose(told))
}

/// Trains by a recipe. `origin` names what the rows are. The same rows in the same order give the same bytes.
pub fn fit(rows: &[Row<'_>], recipe: &Recipe, temperature: f32, origin: [u8; 32]) -> Result<TextModel, TrainError> {
    let read = Read::of(rows)?;
    let Solved { vocabulary, lines, neighbours } = read.solve(recipe, |_| true);
    Ok(TextModel::quantised(read.classes, vocabulary, &lines, neighbours, temperature, origin))
}

/// FNV-1a, 64 bits, of a seed and a text: which fold, or which half, a text belongs to.
pub fn fnv(seed: &str, text: &str) -> u64 {
    seed.bytes()
        .chain(text.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_label_teaches_nothing() {
        let rows = [Row { label: "a", text: "x" }, Row { label: "a", text: "y" }];
        assert_eq!(fit(&rows, &Recipe::default(), 1.0, [0; 32]).unwrap_err(), TrainError::OneLabel);
        assert_eq!(choose(&[], &mut |_| {}).unwrap_err(), TrainError::OneLabel);
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv("", ""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv("", "a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv("foo", "bar"), 0x8594_4171_f739_67e8);
    }
}
