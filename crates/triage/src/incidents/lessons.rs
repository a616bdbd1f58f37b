use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::key::key_of;

/// Furthest a key's threshold is moved by lessons, either way.
const MOST: f64 = 60.0;
const LEAST: f64 = -4.0;

/// What staff taught: keys whose bursts are harder to believe (dismissed, split), or easier (confirmed, merged).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Lessons {
    /// Key and what is added to its threshold, the oldest first.
    keys: VecDeque<(u64, f64)>,
}

impl Lessons {
    /// Adds to the threshold of a key; the oldest lesson is forgotten at the cap.
    pub(super) fn teach(&mut self, key: u64, by: f64, cap: usize) {
        let old = self.keys.iter().position(|(known, _)| *known == key).and_then(|at| self.keys.remove(at));
        let value = (old.map_or(0.0, |(_, value)| value) + by).clamp(LEAST, MOST);
        self.keys.push_back((key, value));
        while self.keys.len() > cap {
            self.keys.pop_front();
        }
    }

    /// What is added to the threshold of a key: the strictest lesson on it or on a part of it, else the mildest.
    pub(super) fn of(&self, hashes: &[u64], mask: u16) -> f64 {
        if self.keys.is_empty() {
            return 0.0;
        }
        let mut parts = Vec::new();
        let mut part = mask;
        while part != 0 {
            parts.push(key_of(hashes, part));
            part = (part - 1) & mask;
        }
        let taught = self.keys.iter().filter(|(key, _)| parts.contains(key)).map(|(_, by)| *by);
        let (low, high) = taught.fold((0.0_f64, 0.0_f64), |(low, high), by| (low.min(by), high.max(by)));
        if high > 0.0 { high } else { low }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.keys.iter().all(|(_, by)| by.is_finite())
    }
}
