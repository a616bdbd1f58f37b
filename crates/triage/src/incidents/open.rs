use std::collections::{BTreeMap, HashSet};

use report::Factor;
use serde::{Deserialize, Serialize};

use super::IncidentId;
use super::arrival::Seen;
use super::key::hash;

/// An incident that is going on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Open {
    pub id: IncidentId,
    /// The factors it was found by.
    pub key: Vec<Factor>,
    /// Keys whose bursts belong to it: its own and those of incidents merged into it.
    pub keys: Vec<u64>,
    pub raised_at_s: i64,
    /// When its latest member came.
    pub last_at_s: i64,
    pub score: f64,
    /// Reports a second it adds, when it was last measured.
    pub rate: f64,
    /// Whether staff drew a line between it and another: reports are then told apart by what each shares.
    pub is_apart: bool,
    /// By id.
    pub members: BTreeMap<u64, Seen>,
    /// To which other staff moved reports of it by hand, and of how many people.
    #[serde(default)]
    pub handed_over: BTreeMap<IncidentId, usize>,
}

impl Open {
    /// Most keys whose bursts are its own.
    const MAX_KEYS: usize = 8;

    /// Notes a better key; the former ones stay its own.
    pub(super) fn find_by(&mut self, factors: Vec<Factor>, key: u64) {
        self.key = factors;
        self.keys.retain(|known| *known != key);
        self.keys.push(key);
        let over = self.keys.len().saturating_sub(Self::MAX_KEYS);
        self.keys.drain(..over);
    }

    pub(super) fn people(&self) -> HashSet<u64> {
        self.members.values().map(|m| m.person).collect()
    }

    /// How many members have each factor, the most frequent first.
    pub(super) fn factors(&self) -> Vec<(Factor, usize)> {
        let mut counts: BTreeMap<&Factor, usize> = BTreeMap::new();
        for factor in self.members.values().flat_map(|m| &m.factors) {
            *counts.entry(factor).or_default() += 1;
        }
        let mut counts: Vec<(Factor, usize)> = counts.into_iter().map(|(f, n)| (f.clone(), n)).collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }

    /// How well a report fits what the members share: the mean over its factors of the share of members that have it.
    pub(super) fn fit(&self, seen: &Seen) -> f64 {
        let members = self.members.len().max(1) as f64;
        let with = |h: &u64| self.members.values().filter(|m| m.hashes.contains(h)).count() as f64 / members;
        seen.hashes.iter().map(with).sum::<f64>() / seen.hashes.len().max(1) as f64
    }

    /// Hashes of the factors it was found by.
    pub(super) fn key_hashes(&self) -> Vec<u64> {
        self.key.iter().map(hash).collect()
    }
}
