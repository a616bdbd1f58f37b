//! L2-regularised logistic regression by dual coordinate descent (Yu, Huang and Lin, "Dual Coordinate Descent Methods for
//! Logistic Regression and Maximum Entropy Models", Machine Learning 85, 2011), one class against the rest.

use super::solver::{Line, Random, SEED};
use super::vocabulary::Vector;

/// Most passes over the texts.
const MAX_PASSES: usize = 60;
/// Passes end when no line moved more than this at the text it moved for.
const TOLERANCE: f64 = 0.05;
/// Most steps towards the best value of one text's weight, and how near is near enough.
const MAX_STEPS: usize = 40;
const NEAR: f64 = 1e-4;
/// Weight of a text to begin with, as a share of its cost; it must not be 0.
const FIRST: f64 = 1e-6;

/// Minimises `½‖w‖² + Σ cᵢ·ln(1 + exp(−yᵢ·w·xᵢ))`, bias included, with the costs of texts outside and inside. A text that
/// is far on the wrong side pulls no harder than its cost, so wrong labels among many do little harm. The same texts in
/// the same order give the same line.
pub(crate) fn separate(texts: &[&Vector], inside: &[bool], costs: [f32; 2], rows: usize) -> Line {
    let squares: Vec<f64> =
        texts.iter().map(|text| 1.0 + text.iter().map(|(_, value)| f64::from(value * value)).sum::<f64>()).collect();
    let cost = |at: usize| f64::from(costs[usize::from(inside[at])]);
    let sign = |at: usize| if inside[at] { 1.0 } else { -1.0 };
    let mut line = Line::flat(rows);
    let mut weights: Vec<f64> = (0..texts.len()).map(|at| FIRST * cost(at)).collect();
    for (at, text) in texts.iter().enumerate() {
        line.shift(text, (weights[at] * sign(at)) as f32, 1.0);
    }
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let mut random = Random(SEED);
    for _ in 0..MAX_PASSES {
        random.shuffle(&mut order);
        let mut farthest = 0.0_f64;
        for &at in &order {
            let value = sign(at) * f64::from(line.at(texts[at]));
            let weight = best_weight(weights[at], cost(at), squares[at], value);
            let step = weight - weights[at];
            weights[at] = weight;
            line.shift(texts[at], (step * sign(at)) as f32, 1.0);
            farthest = farthest.max((step * squares[at]).abs());
        }
        if farthest < TOLERANCE {
            break;
        }
    }
    line
}

/// Where the slope `square·(a − old) + value + ln(a / (cost − a))` of the dual vanishes: Newton's steps, halved where one
/// would leave what is known to hold it.
fn best_weight(old: f64, cost: f64, square: f64, value: f64) -> f64 {
    let (mut low, mut high, mut weight) = (0.0, cost, old);
    for _ in 0..MAX_STEPS {
        let slope = square * (weight - old) + value + (weight / (cost - weight)).ln();
        if slope.abs() < NEAR {
            break;
        }
        if slope > 0.0 {
            high = weight;
        } else {
            low = weight;
        }
        let next = weight - slope / (square + cost / (weight * (cost - weight)));
        weight = if next > low && next < high { next } else { (low + high) / 2.0 };
    }
    weight
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
    fn the_optimum_has_no_slope() {
        // ∂/∂w = w − Σ c·y·x / (1 + exp(y·f)) must vanish, bias included.
        let (texts, inside) = texts();
        let refs: Vec<&Vector> = texts.iter().collect();
        let costs = [2.0, 3.0];
        let line = separate(&refs, &inside, costs, 3);
        let mut slope = [line.weights[0], line.weights[1], line.weights[2], line.bias];
        for (text, is_in) in texts.iter().zip(&inside) {
            let sign = if *is_in { 1.0 } else { -1.0 };
            let pull = costs[usize::from(*is_in)] * sign / (1.0 + (sign * line.at(text)).exp());
            for (row, value) in text {
                slope[*row as usize] -= pull * value;
            }
            slope[3] -= pull;
        }
        assert!(slope.iter().all(|part| part.abs() < 0.1), "{slope:?}");
        assert_eq!(line, separate(&refs, &inside, costs, 3));
    }

    #[test]
    fn the_best_weight_is_found_near_both_ends() {
        for value in [-20.0, -1.0, 0.0, 3.0, 8.0] {
            let (cost, square) = (2.0_f64, 1.5);
            let weight = best_weight(1e-6, cost, square, value);
            assert!(weight > 0.0 && weight < cost, "{value}: {weight}");
            let again = best_weight(weight, cost, square, value + square * (weight - 1e-6));
            assert!((again - weight).abs() < 1e-2, "{value}: {weight} {again}");
        }
    }
}
