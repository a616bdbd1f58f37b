use report::{Dimension, Factor};
use serde::{Deserialize, Serialize};

use super::key::hash;

/// A report as the detector sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// Its number; the same number is the same report.
    pub id: u64,
    /// When it was taken in, seconds since the epoch, by the collector's clock. What comes a little out of order
    /// counts as having come with the latest.
    pub at_s: i64,
    /// A hash of whoever pressed: many reports of one person count once.
    pub person: u64,
    /// What it may share with others, the most telling first ([`crate::factors`]).
    pub factors: Vec<Factor>,
}

/// An arrival that is looked back at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub id: u64,
    pub at_s: i64,
    pub person: u64,
    pub factors: Vec<Factor>,
    /// Of `factors`, in their order.
    pub hashes: Vec<u64>,
    /// The network it came from, if it told.
    pub subnet: Option<u64>,
}

impl Seen {
    /// Longest value kept, in bytes; values are names and addresses, and longer ones are nobody's.
    const MAX_VALUE: usize = 256;

    pub(super) fn of(arrival: &Arrival, at_s: i64, max_factors: usize) -> Self {
        let told = || arrival.factors.iter().filter(|f| !f.value.is_empty() && f.value.len() <= Self::MAX_VALUE);
        let mut factors: Vec<Factor> = Vec::new();
        for factor in told() {
            if factors.len() < max_factors && !factors.contains(factor) {
                factors.push(factor.clone());
            }
        }
        let hashes = factors.iter().map(hash).collect();
        let subnet = told().find(|f| f.dimension == Dimension::Subnet).map(hash);
        Self { id: arrival.id, at_s, person: arrival.person, factors, hashes, subnet }
    }
}
