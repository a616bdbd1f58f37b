use std::collections::BTreeMap;

use report::Category;

/// Log-odds that it is something no rule knows; what supports a category must outweigh it.
const UNKNOWN: f32 = 1.0;
/// Findings repeat each other: the second of one category counts half, the third a quarter.
const REPEATED: f32 = 0.5;
/// No amount of findings makes certain.
const MOST_SUPPORT: f32 = 5.0;

/// Support for and against categories, in log-odds.
#[derive(Debug, Default)]
pub(crate) struct Belief {
    supports: BTreeMap<Category, Vec<f32>>,
    against: BTreeMap<Category, Vec<f32>>,
}

impl Belief {
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
            scores.push((*category, (discounted(weights) - against).min(MOST_SUPPORT)));
        }
        let total: f32 = UNKNOWN.exp() + scores.iter().map(|(_, score)| score.exp()).sum::<f32>();
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
        let mut one = Belief::default();
        let mut other = Belief::default();
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
