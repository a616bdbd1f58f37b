use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Settings;
use super::key::key_of;

const HOUR_S: i64 = 3600;
/// Hours of a week.
const SLOTS: usize = 168;
/// Hours from the Monday before the epoch, which was a Thursday, to the epoch.
const EPOCH_HOUR: i64 = 72;
/// Hours with no report at all that are made up for at most; a longer silence was no silence of the users.
const MAX_GAP_H: i64 = 4 * 168;
/// Weight from which weights are made small again.
const RESCALE: f64 = 1e9;
/// How much an hour is like the same hour of the other days of its kind, in hours of evidence.
const LIKE_OTHER_DAYS: f64 = 3.0;
/// Reports an hour that are added on both sides before the busyness of this hour is judged.
const QUIET: f64 = 5.0;
/// The least busyness counts.
const LEAST_BUSY: f64 = 0.3;
/// Reports' worth of belief in what a key's parts tell about it.
const PARTS_WEIGHT: f64 = 2.0;
/// The share of a part a key is thought to have at least, before it was seen.
const LEAST_OF_PART: f64 = 0.02;

/// What usually comes: how many reports at this hour of the week, and which share of them holds a key.
///
/// Forgetting is exponential and costs nothing: later reports weigh more, and only ratios of weights are read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Background {
    /// Weight of each key.
    #[serde(with = "super::pairs")]
    keys: HashMap<u64, f64>,
    /// Weight of all reports.
    total: f64,
    /// Weight of a report at `origin_s`, doubling each half-life.
    origin_s: i64,
    slot_reports: Vec<f64>,
    slot_hours: Vec<f64>,
    last_hour: i64,
    /// Reports lately, decaying.
    lately: f64,
    lately_s: i64,
    /// Since when it has been learning.
    pub first_s: i64,
}

impl Background {
    pub(super) fn new(at_s: i64) -> Self {
        Self {
            keys: HashMap::new(),
            total: 0.0,
            origin_s: at_s,
            slot_reports: vec![0.0; SLOTS],
            slot_hours: vec![0.0; SLOTS],
            last_hour: at_s.div_euclid(HOUR_S) - 1,
            lately: 0.0,
            lately_s: at_s,
            first_s: at_s,
        }
    }

    /// Whether a restored one has the shape this version writes.
    pub(super) fn is_whole(&self) -> bool {
        let finite = |v: &[f64]| v.len() == SLOTS && v.iter().all(|x| x.is_finite() && *x >= 0.0);
        finite(&self.slot_reports)
            && finite(&self.slot_hours)
            && self.total.is_finite()
            && self.lately.is_finite()
            && self.keys.values().all(|x| x.is_finite())
    }

    /// Brings the clock to `at_s`. Hours nobody reported in count as well.
    pub(super) fn advance(&mut self, at_s: i64, settings: &Settings) {
        let weight = self.weight(at_s, settings);
        if weight > RESCALE {
            self.keys.values_mut().for_each(|w| *w /= weight);
            self.keys.retain(|_, w| *w > 1e-6);
            self.slot_reports.iter_mut().chain(&mut self.slot_hours).for_each(|w| *w /= weight);
            self.total /= weight;
            self.origin_s = at_s;
        }
        let hour = at_s.div_euclid(HOUR_S);
        let weight = self.weight(at_s, settings);
        for passed in (self.last_hour + 1).max(hour - MAX_GAP_H)..=hour {
            self.slot_hours[slot(passed)] += weight;
        }
        self.last_hour = self.last_hour.max(hour);
        let half_lives = (at_s - self.lately_s).max(0) as f64 / settings.busyness_half_life_s as f64;
        self.lately *= (-half_lives).exp2();
        self.lately_s = self.lately_s.max(at_s);
    }

    /// Takes back that the clock was ahead: what is after `at_s` has not passed yet.
    pub(super) fn set_back(&mut self, at_s: i64, settings: &Settings) {
        let hour = at_s.div_euclid(HOUR_S);
        let weight = self.weight(self.last_hour * HOUR_S, settings);
        for ahead in (hour + 1).max(self.last_hour - MAX_GAP_H)..=self.last_hour {
            let hours = &mut self.slot_hours[slot(ahead)];
            *hours = (*hours - weight).max(0.0);
        }
        self.last_hour = self.last_hour.min(hour);
        self.lately_s = self.lately_s.min(at_s);
        self.origin_s = self.origin_s.min(at_s);
        self.first_s = self.first_s.min(at_s);
    }

    /// Reports a second to expect at this hour of the week, as busy as the last hour was.
    pub(super) fn rate(&self, at_s: i64, settings: &Settings) -> f64 {
        let weight = self.weight(at_s, settings);
        let now = slot(at_s.div_euclid(HOUR_S));
        let (day, hour) = (now / 24, now % 24);
        let alike = (0..7).filter(|d| (*d < 5) == (day < 5)).map(|d| d * 24 + hour);
        let (reports, hours) = alike.fold((0.0, 0.0), |(r, h), s| (r + self.slot_reports[s], h + self.slot_hours[s]));
        let usual = (reports + weight) / (hours + weight);
        let own = self.slot_reports[now] + LIKE_OTHER_DAYS * weight * usual;
        let rate = own / (self.slot_hours[now] + LIKE_OTHER_DAYS * weight);
        let lately = self.lately * std::f64::consts::LN_2 * HOUR_S as f64 / settings.busyness_half_life_s as f64;
        let busy = ((lately + QUIET) / (rate + QUIET)).max(LEAST_BUSY);
        rate * busy.powf(settings.busyness) / HOUR_S as f64
    }

    /// The share of reports that hold each key: `shares[mask]` for every mask of `masks`. What is not known of a key
    /// is taken from its parts.
    pub(super) fn shares(&self, hashes: &[u64], masks: &[u16], at_s: i64, settings: &Settings, shares: &mut Vec<f64>) {
        shares.clear();
        shares.resize(1 << hashes.len(), 1.0);
        let belief = PARTS_WEIGHT * self.weight(at_s, settings);
        for mask in masks {
            let parts = (0..hashes.len()).map(|i| 1_u16 << i).filter(|bit| mask & bit != 0);
            let by_parts = if mask.count_ones() == 1 {
                settings.rarest
            } else {
                parts
                    .map(|bit| {
                        let (rest, part) = (shares[usize::from(mask & !bit)], shares[usize::from(bit)]);
                        (rest * part).max(rest * LEAST_OF_PART)
                    })
                    .fold(1.0, f64::min)
            };
            let seen = self.keys.get(&key_of(hashes, *mask)).copied().unwrap_or(0.0);
            shares[usize::from(*mask)] = ((seen + belief * by_parts) / (self.total + belief)).max(settings.rarest);
        }
    }

    /// Learns from a report.
    pub(super) fn learn(&mut self, hashes: &[u64], masks: &[u16], at_s: i64, settings: &Settings) {
        let weight = self.weight(at_s, settings);
        for mask in masks {
            *self.keys.entry(key_of(hashes, *mask)).or_default() += weight;
        }
        self.total += weight;
        self.slot_reports[slot(at_s.div_euclid(HOUR_S))] += weight;
        self.lately += 1.0;
        if self.keys.len() > settings.max_keys {
            self.forget_rarest(settings.max_keys / 2);
        }
    }

    /// Keeps the `keep` keys that weigh most, so that the next time is far away and each report's part in it is small.
    fn forget_rarest(&mut self, keep: usize) {
        let mut weights: Vec<f64> = self.keys.values().copied().collect();
        let at = weights.len() - keep;
        let (_, limit, _) = weights.select_nth_unstable_by(at, f64::total_cmp);
        let limit = *limit;
        self.keys.retain(|_, weight| *weight > limit);
    }

    fn weight(&self, at_s: i64, settings: &Settings) -> f64 {
        ((at_s - self.origin_s).max(0) as f64 / settings.memory_half_life_s as f64).exp2()
    }
}

/// Hour of the week, Monday 00:00 UTC is 0.
fn slot(hour: i64) -> usize {
    usize::try_from((hour + EPOCH_HOUR).rem_euclid(SLOTS as i64)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monday_nine_is_known_by_its_own_past() {
        let settings = Settings { busyness: 0.0, ..Settings::default() };
        let monday = 4 * 86_400; // 5 January 1970
        let mut background = Background::new(monday);
        for week in 0..6 {
            for hour in 0..168 {
                let count = if hour == 9 { 40 } else { 2 };
                for n in 0..count {
                    let at_s = monday + (week * 168 + hour) * HOUR_S + n * 60;
                    background.advance(at_s, &settings);
                    background.learn(&[1], &[1], at_s, &settings);
                }
            }
        }
        let per_hour = |at_s| background.rate(at_s, &settings) * HOUR_S as f64;
        let next = monday + 6 * 168 * HOUR_S;
        assert!(per_hour(next + 9 * HOUR_S) > 25.0, "{}", per_hour(next + 9 * HOUR_S));
        assert!(per_hour(next + 8 * HOUR_S) < 4.0, "{}", per_hour(next + 8 * HOUR_S));
    }

    #[test]
    fn what_was_long_ago_is_forgotten() {
        let settings = Settings::default();
        let mut background = Background::new(0);
        for at_s in (0..100).map(|n| n * 600) {
            background.advance(at_s, &settings);
            background.learn(&[1], &[1], at_s, &settings);
        }
        let years = 20 * 365 * 86_400;
        for at_s in (0..100).map(|n| years + n * 600) {
            background.advance(at_s, &settings);
            background.learn(&[2], &[1], at_s, &settings);
        }
        let mut shares = Vec::new();
        background.shares(&[1], &[1], years + 60_000, &settings, &mut shares);
        assert!(shares[1] < 0.01, "{}", shares[1]);
        background.shares(&[2], &[1], years + 60_000, &settings, &mut shares);
        assert!(shares[1] > 0.9, "{}", shares[1]);
    }

    #[test]
    fn what_a_clock_that_was_ahead_skipped_is_no_time_without_reports() {
        let settings = Settings { busyness: 0.0, ..Settings::default() };
        let mut background = Background::new(0);
        let four_weeks = 4 * 168 * HOUR_S;
        for at_s in (0..four_weeks).step_by(600) {
            background.advance(at_s, &settings);
            background.learn(&[1], &[1], at_s, &settings);
        }
        let before = background.rate(four_weeks, &settings);
        background.advance(four_weeks + 300 * 86_400, &settings);
        assert!(background.rate(four_weeks, &settings) < before / 2.0, "a year without reports");
        background.set_back(four_weeks, &settings);
        let after = background.rate(four_weeks, &settings);
        assert!((after / before - 1.0).abs() < 0.1, "{after} {before}");
    }

    #[test]
    fn keys_stay_within_their_cap() {
        let settings = Settings { max_keys: 1024, ..Settings::default() };
        let mut background = Background::new(0);
        for n in 0..20_000 {
            background.learn(&[n, 7], &[1, 2, 3], 0, &settings);
        }
        assert!(background.keys.len() <= 1024);
        let mut shares = Vec::new();
        background.shares(&[7], &[1], 0, &settings, &mut shares);
        assert!(shares[1] > 0.99, "what is frequent is kept");
    }
}
