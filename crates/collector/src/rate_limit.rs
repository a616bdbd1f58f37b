//! How often one caller may come: a token bucket for devices, a count of failures for sign-in.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use store::OrganisationId;

/// More callers than this are remembered only after those at rest were forgotten.
const SWEEP_AT: usize = 10_000;

/// A token bucket per caller: `per_minute` steadily, `burst` at once after a pause.
#[derive(Debug)]
pub struct TokenBuckets<K> {
    per_second: f64,
    burst: f64,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: DateTime<Utc>,
}

impl<K: Eq + Hash> TokenBuckets<K> {
    /// Buckets that start full. A `per_minute` of 0 means no limit.
    pub fn new(per_minute: u32, burst: u32) -> Self {
        Self { per_second: f64::from(per_minute) / 60.0, burst: f64::from(burst.max(1)), buckets: Mutex::default() }
    }

    /// Takes one token, or says how long until there is one.
    pub fn take(&self, caller: K, now: DateTime<Utc>) -> Result<(), Duration> {
        if self.per_second <= 0.0 {
            return Ok(());
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= SWEEP_AT {
            buckets.retain(|_, bucket| self.refilled(*bucket, now) < self.burst);
        }
        let bucket = buckets.entry(caller).or_insert(Bucket { tokens: self.burst, at: now });
        let tokens = self.refilled(*bucket, now);
        // A clock set back must not take tokens away: the later of both times is kept.
        *bucket = Bucket { tokens, at: bucket.at.max(now) };
        if tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - tokens) / self.per_second));
        }
        bucket.tokens = tokens - 1.0;
        Ok(())
    }

    fn refilled(&self, bucket: Bucket, now: DateTime<Utc>) -> f64 {
        let passed = (now - bucket.at).to_std().unwrap_or_default().as_secs_f64();
        (bucket.tokens + passed * self.per_second).min(self.burst)
    }
}

/// Counts failures per caller in a sliding window; a success forgets them.
#[derive(Debug)]
pub struct FailureCounts<K> {
    allowed: usize,
    window: TimeDelta,
    failures: Mutex<HashMap<K, VecDeque<DateTime<Utc>>>>,
}

impl<K: Eq + Hash> FailureCounts<K> {
    /// Counts that refuse after `allowed` failures within `window`.
    pub fn new(allowed: u32, window: TimeDelta) -> Self {
        Self { allowed: allowed as usize, window, failures: Mutex::default() }
    }

    /// Counts an attempt before it is made, so that many at once cannot outrun the count; [`Self::forget`] on success.
    pub fn attempt(&self, caller: K, now: DateTime<Utc>) -> Result<(), Duration> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= SWEEP_AT {
            failures.retain(|_, times| times.back().is_some_and(|last| now - *last < self.window));
        }
        let times = failures.entry(caller).or_default();
        while times.front().is_some_and(|first| now - *first >= self.window) {
            times.pop_front();
        }
        if times.len() >= self.allowed {
            let wait = times.front().map_or(self.window, |first| *first + self.window - now);
            return Err(wait.to_std().unwrap_or_default());
        }
        times.push_back(now);
        Ok(())
    }

    /// The attempt succeeded.
    pub fn forget(&self, caller: &K) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(caller);
    }
}

/// Lets each organisation do something one at a time.
#[derive(Debug, Default)]
pub struct OnePerOrganisation {
    busy: Arc<Mutex<HashSet<OrganisationId>>>,
}

/// An organisation's turn; it ends when this is dropped.
#[derive(Debug)]
pub struct Turn {
    busy: Arc<Mutex<HashSet<OrganisationId>>>,
    organisation: OrganisationId,
}

impl OnePerOrganisation {
    /// Takes the organisation's turn; `None` while somebody has it.
    pub fn enter(&self, organisation: OrganisationId) -> Option<Turn> {
        let free = self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(organisation);
        free.then(|| Turn { busy: Arc::clone(&self.busy), organisation })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.organisation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(n: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + n, 0).unwrap()
    }

    #[test]
    fn a_burst_passes_and_the_next_is_told_when_to_come_back() {
        let buckets = TokenBuckets::new(60, 20);
        for _ in 0..20 {
            assert_eq!(buckets.take("a", second(0)), Ok(()));
        }
        assert_eq!(buckets.take("a", second(0)), Err(Duration::from_secs(1)));
        assert_eq!(buckets.take("b", second(0)), Ok(()), "another device is not held up");
        assert_eq!(buckets.take("a", second(1)), Ok(()));
        assert!(buckets.take("a", second(1)).is_err());
    }

    #[test]
    fn a_clock_set_back_neither_gives_nor_takes() {
        let buckets = TokenBuckets::new(60, 1);
        assert_eq!(buckets.take("a", second(100)), Ok(()));
        assert!(buckets.take("a", second(0)).is_err());
        assert_eq!(buckets.take("a", second(101)), Ok(()));
    }

    #[test]
    fn failures_are_counted_in_a_sliding_window_and_forgotten_on_success() {
        let counts = FailureCounts::new(2, TimeDelta::seconds(60));
        assert_eq!(counts.attempt("a", second(0)), Ok(()));
        assert_eq!(counts.attempt("a", second(30)), Ok(()));
        assert_eq!(counts.attempt("a", second(40)), Err(Duration::from_secs(20)));
        assert_eq!(counts.attempt("a", second(60)), Ok(()));
        counts.forget(&"a");
        assert_eq!(counts.attempt("a", second(60)), Ok(()));
    }

    #[test]
    fn an_organisation_waits_for_its_own_turn_alone() {
        let turns = OnePerOrganisation::default();
        let [north, south] = [1, 2].map(|n| OrganisationId(uuid::Uuid::from_u128(n)));
        let turn = turns.enter(north);
        assert!(turn.is_some() && turns.enter(north).is_none() && turns.enter(south).is_some());
        drop(turn);
        assert!(turns.enter(north).is_some());
    }
}
