use std::collections::BTreeMap;

use report::Category;

/// Findings repeat each other: the second of one category counts half, the third a quarter.
const REPEATED: f32 = 0.5;
/// No amount of findings makes certain.
const MOST_SUPPORT: f32 = 5.0;

/// How facts, rules about words and the text model add up to one confidence.
///
/// The shipped values are those under which the half of the held-out sentences that calibrates, and the reports with
/// facts of the tests, are most probable; `cargo xtask train` searches them and prints what it finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blend {
    /// Times the weight of rules that read only words: the text model has read the same words.
    pub words: f32,
    /// Times the text model's log-odds beyond chance on the user's sentences.
    pub sentence: f32,
    /// The same on lines of a screen, which are not about the trouble only.
    pub screen: f32,
    /// Log-odds that it is something nobody knows; what supports a category must outweigh it.
    pub unknown: f32,
    /// Divides all log-odds before shares are made of them.
    pub temperature: f32,
}

impl Blend {
    /// The values in use.
    pub const SHIPPED: Self = Self { words: 0.25, sentence: 0.7, screen: 0.3, unknown: 0.5, temperature: 1.0 };
}

/// Support for and against categories, in log-odds.
#[derive(Debug)]
pub(crate) struct Belief {
    blend: Blend,
    supports: BTreeMap<Category, Vec<f32>>,
    against: BTreeMap<Category, Vec<f32>>,
}

impl Belief {
    pub(crate) fn new(blend: Blend) -> Self {
        Self { blend, supports: BTreeMap::new(), against: BTreeMap::new() }
    }

    pub(crate) fn support(&mut self, category: Category, weight: f32) {
        self.supports.entry(category).or_default().push(weight);
    }

    pub(crate) fn oppose(&mut self, category: Category, weight: f32) {
        self.against.entry(category).or_default().push(weight);
    }

    /// Share of belief of each supported category, highest first; what is missing to 1 is "something else".
    pub(crate) fn shares(&mut self) -> Vec<(Category, f32)> {
        let mut scores: Vec<(Category, f32)> = Vec::new();
        for (category, weights) in &mut self.supports {
            let against = self.against.get_mut(category).map_or(0.0, |weights| discounted(weights));
            let score = (discounted(weights) - against).min(MOST_SUPPORT);
            scores.push((*category, score / self.blend.temperature));
        }
        let unknown = (self.blend.unknown / self.blend.temperature).exp();
        let total: f32 = unknown + scores.iter().map(|(_, score)| score.exp()).sum::<f32>();
        let mut shares: Vec<_> = scores.into_iter().map(|(category, score)| (category, score.exp() / total)).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        shares
    }
}

fn discounted(weights: &mut [f32]) -> f32 {
    weights.sort_by(|a, b| b.total_cmp(a));
    weights
        .iter()
        .scan(1.0, |factor, weight| {
            let counted = weight * *factor;
            *factor *= REPEATED;
            Some(counted)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_does_not_matter_and_shares_leave_room_for_the_unknown() {
        let mut one = Belief::new(Blend::SHIPPED);
        let mut other = Belief::new(Blend::SHIPPED);
        for weight in [1.0, 3.0, 2.0] {
            one.support(Category::Email, weight);
        }
        for weight in [3.0, 2.0, 1.0] {
            other.support(Category::Email, weight);
        }
        one.oppose(Category::Email, 1.0);
        other.oppose(Category::Email, 1.0);
        let shares = one.shares();
        assert_eq!(shares, other.shares());
        assert!(shares[0].1 < 1.0 && shares[0].1 > 0.5);
    }
}
