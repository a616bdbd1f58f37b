/// Divides decisions before their softmax, so that a probability of 0.8 is right in 8 of 10 cases.
pub(crate) const TEMPERATURES: std::ops::RangeInclusive<f32> = 0.02..=20.0;

/// Softmax of decisions over a temperature.
pub(crate) fn probabilities(decisions: &[f32], temperature: f32) -> Vec<f32> {
    let highest = decisions.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut shares: Vec<f32> = decisions.iter().map(|d| ((d - highest) / temperature).exp()).collect();
    let total: f32 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= total);
    shares
}

/// The temperature under which the truths of texts a model did not learn from are most probable. Pairs of decisions and
/// the index of the true class.
pub(crate) fn temperature(decided: &[(Vec<f32>, usize)]) -> f32 {
    let loss = |log: f32| -> f64 {
        let share = |(decisions, truth): &(Vec<f32>, usize)| probabilities(decisions, log.exp())[*truth].max(1e-9);
        decided.iter().map(|pair| -f64::from(share(pair).ln())).sum()
    };
    // The loss has one valley in the logarithm of the temperature: golden section.
    let ratio = (5.0_f32.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (TEMPERATURES.start().ln(), TEMPERATURES.end().ln());
    let (mut a, mut b) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut loss_a, mut loss_b) = (loss(a), loss(b));
    for _ in 0..30 {
        if loss_a < loss_b {
            (high, b, loss_b) = (b, a, loss_a);
            a = high - ratio * (high - low);
            loss_a = loss(a);
        } else {
            (low, a, loss_a) = (a, b, loss_b);
            b = low + ratio * (high - low);
            loss_b = loss(b);
        }
    }
    ((low + high) / 2.0).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_add_up_and_keep_the_order() {
        let shares = probabilities(&[1.0, -1.0, 500.0, 0.0], 1.0);
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-6 && shares[2] > 0.99);
    }

    #[test]
    fn the_temperature_makes_confidence_what_it_says() {
        // Decisions 1 against 0 that are right in 8 of 10: a probability of 0.8 needs a difference of ln 4.
        let decided: Vec<_> = (0..10).map(|n| (vec![1.0, 0.0], usize::from(n >= 8))).collect();
        assert!((temperature(&decided) - 1.0 / 4.0_f32.ln()).abs() < 0.01);
    }
}
