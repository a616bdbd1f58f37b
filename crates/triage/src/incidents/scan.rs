use std::collections::{HashSet, VecDeque};

use super::Settings;
use super::arrival::Seen;
use super::key::{is_place, shared, tells_each_once, troubles};
use super::lessons::Lessons;

/// Rounds of the fixed point by which the rate of a burst is found; it changes little after the third.
const ROUNDS: usize = 4;

/// A burst of reports around a key, found by the test for a change of its rate.
#[derive(Debug, Clone)]
pub(super) struct Burst {
    /// Logarithm of how unlikely it is.
    pub score: f64,
    /// Which factors of the newest report are its key.
    pub mask: u16,
    /// Places in the window of the reports that probably belong to it, newest first.
    pub members: Vec<usize>,
    /// Reports a second it adds.
    pub rate: f64,
}

/// A hypothesis: around the key `mask` more comes than should, for `window_s` up to now.
struct Hypothesis {
    score: f64,
    mask: u16,
    /// Reports a second the burst adds.
    rate: f64,
    window_s: i64,
}

/// Looks back from the newest report of `recent` for the burst it most probably belongs to.
pub(super) struct Scan<'a> {
    pub recent: &'a VecDeque<Seen>,
    /// Keys of the newest report, `key::masks` of its factors.
    pub masks: &'a [u16],
    /// Share of the background of each mask.
    pub shares: &'a [f64],
    /// Reports a second in all.
    pub rate: f64,
    pub settings: &'a Settings,
    pub lessons: &'a Lessons,
    /// How much more than `propose_score` it takes.
    pub factor: f64,
}

impl Scan<'_> {
    /// The best burst over the threshold, if there is one.
    pub(super) fn best(&self) -> Option<Burst> {
        let newest = self.recent.back()?;
        let near = self.near(newest);
        let wrong = troubles(&newest.factors);
        let spans = &self.settings.windows_s;
        // Masks that occur, with how many reports of each window have them.
        let mut seen: Vec<(u16, Vec<u32>)> = Vec::new();
        for (place, mask) in &near {
            let age = newest.at_s - self.recent[*place].at_s;
            let at = seen.iter().position(|(m, _)| m == mask).unwrap_or_else(|| {
                seen.push((*mask, vec![0; spans.len()]));
                seen.len() - 1
            });
            for (count, _) in seen[at].1.iter_mut().zip(spans).filter(|(_, span)| age <= **span) {
                *count += 1;
            }
        }
        let threshold = self.settings.propose_score * self.factor;
        let slow = threshold * self.settings.slow_factor;
        let mut found: Vec<Hypothesis> = Vec::new();
        // One factor alone, a category or a site, is never a cause that could be named.
        let is_key = |mask: &u16| mask.count_ones() > 1 && tells_each_once(&newest.factors, *mask);
        for mask in self.masks.iter().copied().filter(is_key) {
            let lesson = self.lessons.of(&newest.hashes, mask);
            for (at, window_s) in spans.iter().enumerate() {
                let parts = seen.iter().filter_map(|(m, counts)| {
                    let strength = self.strength(mask, m & mask, wrong)?;
                    (counts[at] > 0).then_some((strength, f64::from(counts[at])))
                });
                if let Some((score, rate)) = self.test(parts, *window_s as f64)
                    && score - lesson > if *window_s > self.settings.sudden_s { slow } else { threshold }
                {
                    found.push(Hypothesis { score: score - lesson, mask, rate, window_s: *window_s });
                }
            }
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.mask.cmp(&b.mask)).then(a.window_s.cmp(&b.window_s)));
        found.iter().find_map(|h| {
            let members = self.members(h, &near, wrong, newest.at_s);
            self.is_many(h.mask, newest, &members).then_some(Burst {
                score: h.score,
                mask: h.mask,
                members,
                rate: h.rate,
            })
        })
    }

    /// The latest report of each person that shares anything with the newest, and what it shares.
    fn near(&self, newest: &Seen) -> Vec<(usize, u16)> {
        let mut people = HashSet::new();
        let mut near = Vec::new();
        for (place, other) in self.recent.iter().enumerate().rev() {
            let mask = shared(&newest.hashes, &other.hashes);
            if mask != 0 && people.insert(other.person) {
                near.push((place, mask));
            }
        }
        near
    }

    /// How much likelier a report that holds the factors `has` of the key `mask` is in a burst of one report a second
    /// than in the background; `None` if it holds too few to be counted at all, or none of the factors `wrong`, which say
    /// what is wrong: people with any trouble share a place and what is in front of them.
    fn strength(&self, mask: u16, has: u16, wrong: u16) -> Option<f64> {
        if has & wrong == 0 {
            return None;
        }
        strength(mask.count_ones(), has.count_ones(), self.rate * self.shares[usize::from(has)], self.settings)
    }

    /// Tests whether the background alone explains reports of these strengths in a window: the generalised likelihood
    /// ratio of a burst laid over it, damped by the burstiness of the background. Returns score and rate.
    fn test(&self, parts: impl Iterator<Item = (f64, f64)> + Clone, window_s: f64) -> Option<(f64, f64)> {
        let count: f64 = parts.clone().map(|(_, n)| n).sum();
        let least = self.settings.min_people as f64;
        if count < least {
            return None;
        }
        let mut rate = count / window_s;
        for _ in 0..ROUNDS {
            rate = parts.clone().map(|(a, n)| n * rate * a / (1.0 + rate * a)).sum::<f64>() / window_s;
        }
        let extra = rate * window_s;
        // A report counts as its probability of belonging: three need not be three whole ones.
        if extra < least - 0.7 {
            return None;
        }
        let poisson = parts.map(|(a, n)| n * (rate * a).ln_1p()).sum::<f64>() - extra;
        // What a key without mistakes would have to be expected for the same score, and that with a gamma-Poisson.
        let expected = extra / (poisson / extra + 1.0).exp();
        let shape = self.settings.shape;
        let score = extra * (extra / expected).ln() - (extra + shape) * ((extra + shape) / (expected + shape)).ln();
        Some((score, rate))
    }

    fn members(&self, h: &Hypothesis, near: &[(usize, u16)], wrong: u16, now_s: i64) -> Vec<usize> {
        let belongs = |has: u16| {
            self.strength(h.mask, has & h.mask, wrong).is_some_and(|a| {
                let odds = h.rate * a;
                odds / (1.0 + odds) >= self.settings.join_probability
            })
        };
        let in_window =
            near.iter().filter(|(place, has)| now_s - self.recent[*place].at_s <= h.window_s && belongs(*has));
        in_window.map(|(place, _)| *place).collect()
    }

    /// Whether they are people enough, from places enough.
    fn is_many(&self, mask: u16, newest: &Seen, members: &[usize]) -> bool {
        if members.len() < self.settings.min_people {
            return false;
        }
        let names_place = newest.factors.iter().enumerate().any(|(i, f)| mask >> i & 1 == 1 && is_place(f.dimension));
        let subnets: Vec<Option<u64>> = members.iter().map(|place| self.recent[*place].subnet).collect();
        let known: HashSet<u64> = subnets.iter().flatten().copied().collect();
        names_place || subnets.contains(&None) || known.len() >= self.settings.min_subnets
    }
}

/// How much likelier a report that holds `held` factors of a key of `size` is in a burst of one report a second than in
/// a background that brings `usual` such reports a second; `None` if it holds too few to be counted at all.
pub(super) fn strength(size: u32, held: u32, usual: f64, settings: &Settings) -> Option<f64> {
    // Of two both must agree, of three one may be a mistake.
    if held < size.min(2) {
        return None;
    }
    let mistake = settings.mistake;
    let told = (1.0 - mistake).powi(held as i32) * mistake.powi(size.saturating_sub(held) as i32);
    Some(told / usual.max(f64::MIN_POSITIVE))
}
