use serde::Serialize;

/// Bins of confidence for the calibration error, all equally wide.
pub const CALIBRATION_BINS: usize = 10;

/// How good a model is on rows it did not learn from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    /// Rows judged.
    pub rows: usize,
    /// Share whose most probable label is theirs.
    pub accuracy: f64,
    /// F1 of every label that occurs or was said, averaged without weights.
    pub macro_f1: f64,
    /// Mean probability of the most probable label; above the accuracy it is too sure of itself, below it too modest.
    pub confidence: f64,
    /// Share whose label is among the three most probable.
    pub top3: f64,
    /// Expected calibration error: |confidence − accuracy| over [`CALIBRATION_BINS`] equal bins, weighted by rows.
    pub ece: f64,
    /// What `ece` is expected to be for a perfectly calibrated model with these confidences, from the small number of
    /// rows alone.
    pub ece_by_chance: f64,
}

/// One judged row: the index of its label (`classes` or more where the model does not know it), and the probability
/// of each class.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Index of the true label.
    pub truth: usize,
    /// Probabilities by class.
    pub probabilities: Vec<f32>,
}

impl Outcome {
    /// The most probable class and its probability.
    pub fn best(&self) -> (usize, f32) {
        best(&self.probabilities)
    }
}

/// Index and value of the highest; the first of equals; 0 and 0.0 where there is none.
pub(crate) fn best(values: &[f32]) -> (usize, f32) {
    let highest = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
    highest.map_or((0, 0.0), |(at, value)| (at, *value))
}

impl Score {
    /// Over all outcomes; zeros without any.
    pub fn of(outcomes: &[Outcome]) -> Self {
        let rows = outcomes.len();
        if rows == 0 {
            return Self {
                rows,
                accuracy: 0.0,
                macro_f1: 0.0,
                confidence: 0.0,
                top3: 0.0,
                ece: 0.0,
                ece_by_chance: 0.0,
            };
        }
        let said: Vec<(usize, Option<usize>)> = outcomes.iter().map(|o| (o.truth, Some(o.best().0))).collect();
        let in_top3 = |o: &&Outcome| {
            let own = o.probabilities.get(o.truth);
            own.is_some_and(|own| o.probabilities.iter().filter(|p| *p > own).count() < 3)
        };
        let share = |count: usize| count as f64 / rows as f64;
        Self {
            rows,
            accuracy: share(said.iter().filter(|(truth, said)| *said == Some(*truth)).count()),
            macro_f1: macro_f1(&said),
            confidence: outcomes.iter().map(|o| f64::from(o.best().1)).sum::<f64>() / rows as f64,
            top3: share(outcomes.iter().filter(in_top3).count()),
            ece: calibration_error(outcomes.iter().map(|o| (f64::from(o.best().1), o.best().0 == o.truth))),
            ece_by_chance: error_by_chance(outcomes.iter().map(|o| f64::from(o.best().1))),
        }
    }
}

/// F1 of every label that occurs on either side, averaged. `None` is said where nothing was: a miss, but no label.
pub fn macro_f1(pairs: &[(usize, Option<usize>)]) -> f64 {
    let labels = pairs.iter().map(|(truth, said)| said.unwrap_or_default().max(*truth) + 1).max().unwrap_or(0);
    let (mut hits, mut occurs) = (vec![0_u32; labels], vec![0_u32; labels]);
    for (truth, said) in pairs {
        occurs[*truth] += 1;
        if let Some(said) = said {
            occurs[*said] += 1;
        }
        if *said == Some(*truth) {
            hits[*truth] += 1;
        }
    }
    let f1s: Vec<f64> = hits
        .iter()
        .zip(&occurs)
        .filter(|(_, occurs)| **occurs > 0)
        .map(|(hits, occurs)| 2.0 * f64::from(*hits) / f64::from(*occurs))
        .collect();
    f1s.iter().sum::<f64>() / f1s.len().max(1) as f64
}

/// Expected calibration error of pairs of a confidence and whether it was right.
pub fn calibration_error(pairs: impl Iterator<Item = (f64, bool)>) -> f64 {
    let mut bins = [(0.0, 0.0, 0_u32); CALIBRATION_BINS];
    let mut rows = 0_u32;
    for (confidence, right) in pairs {
        let bin = ((confidence * CALIBRATION_BINS as f64) as usize).min(CALIBRATION_BINS - 1);
        bins[bin].0 += confidence;
        bins[bin].1 += if right { 1.0 } else { 0.0 };
        bins[bin].2 += 1;
        rows += 1;
    }
    let gaps: f64 = bins.iter().map(|(confidence, right, _)| f64::abs(confidence - right)).sum();
    gaps / f64::from(rows.max(1))
}

/// Expected [`calibration_error`] of confidences that are exactly right: in each bin the mean distance of a sum of
/// independent draws from its expectation, by the normal approximation.
fn error_by_chance(confidences: impl Iterator<Item = f64>) -> f64 {
    let mut variances = [0.0; CALIBRATION_BINS];
    let mut rows = 0_u32;
    for confidence in confidences {
        let bin = ((confidence * CALIBRATION_BINS as f64) as usize).min(CALIBRATION_BINS - 1);
        variances[bin] += confidence * (1.0 - confidence);
        rows += 1;
    }
    let gaps: f64 = variances.iter().map(|variance| (variance * std::f64::consts::FRAC_2_PI).sqrt()).sum();
    gaps / f64::from(rows.max(1))
}

/// The largest share of rows, most confident first, among which at least `precision` are right.
pub fn coverage_at(precision: f64, pairs: impl Iterator<Item = (f64, bool)>) -> f64 {
    let mut pairs: Vec<(f64, bool)> = pairs.collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut right, mut covered) = (0_usize, 0_usize);
    for (at, (_, is_right)) in pairs.iter().enumerate() {
        right += usize::from(*is_right);
        // Rows of equal confidence are taken together or not at all.
        let is_last_of_equals = pairs.get(at + 1).is_none_or(|next| next.0 < pairs[at].0);
        if is_last_of_equals && right as f64 >= precision * (at + 1) as f64 {
            covered = at + 1;
        }
    }
    covered as f64 / pairs.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_small_case_by_hand() {
        let outcome = |truth, probabilities: [f32; 4]| Outcome { truth, probabilities: probabilities.to_vec() };
        let score = Score::of(&[
            outcome(0, [0.75, 0.1, 0.1, 0.05]),
            outcome(1, [0.625, 0.3, 0.075, 0.0]),
            outcome(3, [0.4375, 0.3, 0.2, 0.0625]),
            outcome(1, [0.0625, 0.9375, 0.0, 0.0]),
        ]);
        assert_eq!((score.accuracy, score.top3), (0.5, 0.75));
        // F1: label 0 2/4, label 1 2/3, label 3 0; label 2 never occurs.
        assert!((score.macro_f1 - (0.5 + 2.0 / 3.0) / 3.0).abs() < 1e-9);
        // Each in a bin of its own: one right, two wrong, one right.
        assert!((score.ece - (0.25 + 0.625 + 0.4375 + 0.0625) / 4.0).abs() < 1e-9);
    }

    #[test]
    fn coverage_goes_as_far_as_the_precision_allows() {
        let pairs = [(0.9, true), (0.8, true), (0.7, false), (0.6, true), (0.5, false)];
        assert_eq!(coverage_at(0.75, pairs.into_iter()), 0.8);
        assert_eq!(coverage_at(1.0, pairs.into_iter()), 0.4);
        assert_eq!(coverage_at(0.5, std::iter::empty()), 0.0);
    }
}
