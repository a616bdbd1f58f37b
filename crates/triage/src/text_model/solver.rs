//! L2-regularised L2-loss linear SVM by dual coordinate descent (Hsieh et al., "A Dual Coordinate Descent Method for
//! Large-scale Linear SVM", ICML 2008), one class against the rest.

use super::vocabulary::Vector;

/// Seed of the order in which texts are visited.
pub(crate) const SEED: u64 = 20_260_301;
/// Most passes over the texts.
const MAX_PASSES: usize = 120;
/// Passes end when the projected gradients span less than this.
const TOLERANCE: f32 = 0.05;

/// One line through the space of features: `Σ weights·x + bias`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub weights: Vec<f32>,
    pub bias: f32,
}

impl Line {
    /// All zeros.
    pub(crate) fn flat(rows: usize) -> Self {
        Self { weights: vec![0.0; rows], bias: 0.0 }
    }

    /// Moves it by a text times `step`, its bias by `constant` times `step`.
    pub(crate) fn shift(&mut self, vector: &Vector, step: f32, constant: f32) {
        for (row, value) in vector {
            self.weights[*row as usize] += step * value;
        }
        self.bias += step * constant;
    }

    /// Its value at a text.
    pub(crate) fn at(&self, vector: &Vector) -> f32 {
        self.bias + vector.iter().map(|(row, value)| self.weights[*row as usize] * value).sum::<f32>()
    }
}

/// Costs of a text outside and of one inside: `cost·n/(2·nᵧ)` of its side, so that a rare class counts as much as the
/// rest.
pub(crate) fn balanced(inside: &[bool], cost: f32) -> [f32; 2] {
    let total = inside.len() as f32;
    let positive = inside.iter().filter(|is_in| **is_in).count() as f32;
    [total - positive, positive].map(|count| if count > 0.0 { cost * total / (2.0 * count) } else { cost })
}

/// Minimises `½‖w − from‖² + Σ cᵢ·max(0, 1 − yᵢ·(w·xᵢ + aᵢ))²` with the costs of texts outside and inside; `aᵢ` is what
/// something else adds to the line at a text, nothing where `added` ends. Starting from a
/// line other than zero keeps what it knows where the texts say nothing else. The optimum is unique; the same texts in
/// the same order give the same bits.
///
/// A line that `shifts` may move its bias too. Few texts of few classes must not: what is common to all of them says
/// nothing of the texts that are not there.
pub(crate) fn separate(
    texts: &[&Vector],
    inside: &[bool],
    added: &[f32],
    costs: [f32; 2],
    from: Line,
    shifts: bool,
) -> Line {
    let constant = if shifts { 1.0 } else { 0.0 };
    let squares: Vec<f32> =
        texts.iter().map(|text| constant + text.iter().map(|(_, value)| value * value).sum::<f32>()).collect();
    let mut line = from;
    let mut alphas = vec![0.0_f32; texts.len()];
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let mut random = Random(SEED);
    for _ in 0..MAX_PASSES {
        random.shuffle(&mut order);
        let (mut highest, mut lowest) = (f32::NEG_INFINITY, f32::INFINITY);
        for &at in &order {
            let sign = if inside[at] { 1.0 } else { -1.0 };
            // L2 loss adds 1/(2c) to the diagonal of the dual.
            let diagonal = 0.5 / costs[usize::from(inside[at])];
            let beside = added.get(at).copied().unwrap_or_default();
            let gradient = sign * (line.at(texts[at]) + beside) - 1.0 + alphas[at] * diagonal;
            let projected = if alphas[at] == 0.0 { gradient.min(0.0) } else { gradient };
            highest = highest.max(projected);
            lowest = lowest.min(projected);
            if projected.abs() > 1e-7 {
                let alpha = (alphas[at] - gradient / (squares[at] + diagonal)).max(0.0);
                let step = (alpha - alphas[at]) * sign;
                alphas[at] = alpha;
                line.shift(texts[at], step, constant);
            }
        }
        if highest - lowest < TOLERANCE {
            break;
        }
    }
    line
}

/// SplitMix64: enough to visit texts in no particular order, the same every time.
#[derive(Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Fisher–Yates.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.next() % (last as u64 + 1);
            items.swap(last, usize::try_from(other).unwrap_or(last));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> (Vec<Vector>, Vec<bool>) {
        let texts = vec![
            vec![(0, 1.0)],
            vec![(0, 0.8), (2, 0.6)],
            vec![(1, 1.0)],
            vec![(1, 0.8), (2, 0.6)],
            vec![(1, 0.6), (2, 0.8)],
        ];
        (texts, vec![true, true, false, false, false])
    }

    #[test]
    fn separates_what_can_be_separated_and_does_it_again() {
        let (texts, inside) = texts();
        let refs: Vec<&Vector> = texts.iter().collect();
        let line = separate(&refs, &inside, &[], balanced(&inside, 10.0), Line::flat(3), true);
        for (text, is_in) in texts.iter().zip(&inside) {
            assert_eq!(line.at(text) > 0.0, *is_in);
        }
        assert_eq!(line, separate(&refs, &inside, &[], balanced(&inside, 10.0), Line::flat(3), true));
    }

    #[test]
    fn the_optimum_has_no_slope() {
        // ∂/∂w = w − Σ 2c·max(0, 1 − y·f)·y·x must vanish, bias included.
        let (texts, inside) = texts();
        let refs: Vec<&Vector> = texts.iter().collect();
        let line = separate(&refs, &inside, &[], balanced(&inside, 1.0), Line::flat(3), true);
        let mut slope = [line.weights[0], line.weights[1], line.weights[2], line.bias];
        for (text, is_in) in texts.iter().zip(&inside) {
            let (sign, cost) = if *is_in { (1.0, 5.0 / 4.0) } else { (-1.0, 5.0 / 6.0) };
            let pull = 2.0 * cost * (1.0 - sign * line.at(text)).max(0.0) * sign;
            for (row, value) in text {
                slope[*row as usize] -= pull * value;
            }
            slope[3] -= pull;
        }
        // At zero it is 4.5; the solver stops within its tolerance times the costs.
        assert!(slope.iter().all(|part| part.abs() < 0.25), "{slope:?}");
    }

    #[test]
    fn without_texts_the_start_stays() {
        let start = Line { weights: vec![0.5, -1.0], bias: 0.25 };
        assert_eq!(separate(&[], &[], &[], [1.0; 2], start.clone(), true), start);
    }
}
