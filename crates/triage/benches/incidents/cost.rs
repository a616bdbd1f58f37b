use std::time::Instant;

use serde_json::{Value, json};
use triage::incidents::{Detector, Settings};

use super::rows::arrival;
use super::synthetic::{Random, everyday};

/// Reports before each measurement.
const FEW: u64 = 1_000;
const MANY: u64 = 1_000_000;
/// Arrivals of a round, and rounds, of which the median counts.
const MEASURED: u64 = 200;
const ROUNDS: usize = 9;
/// Arrivals made at a time.
const CHUNK: u64 = 10_000;
const START_S: i64 = 1_700_000_000;
/// Seconds between reports: about 30 an hour.
const GAP_S: i64 = 120;
/// Largest ratio of the two.
const RATIO: f64 = 1.2;

/// What an arrival costs, in microseconds.
pub struct Cost {
    few_us: f64,
    many_us: f64,
    snapshot_bytes: usize,
}

/// Measures arrivals after a thousand and after a million.
pub fn measure() -> Cost {
    let mut source = Source { random: Random(7), seen: 0 };
    let mut detector = Detector::new(Settings::default());
    source.observe(&mut detector, FEW);
    let few_us = source.median(&mut detector);
    while source.seen + CHUNK < MANY {
        source.observe(&mut detector, CHUNK);
    }
    let many_us = source.median(&mut detector);
    let snapshot_bytes = serde_json::to_vec(&detector.snapshot()).map_or(0, |bytes| bytes.len());
    Cost { few_us, many_us, snapshot_bytes }
}

/// Everyday reports, one after the other.
struct Source {
    random: Random,
    seen: u64,
}

impl Source {
    /// Shows the detector `n` reports; microseconds each.
    fn observe(&mut self, detector: &mut Detector, n: u64) -> f64 {
        let mut one = || {
            self.seen += 1;
            arrival(&everyday(&mut self.random, START_S + self.seen as i64 * GAP_S), self.seen)
        };
        let arrivals: Vec<_> = (0..n).map(|_| one()).collect();
        let start = Instant::now();
        std::hint::black_box(arrivals.iter().map(|a| detector.observe(a).len()).sum::<usize>());
        start.elapsed().as_secs_f64() * 1e6 / n as f64
    }

    fn median(&mut self, detector: &mut Detector) -> f64 {
        let mut rounds: Vec<f64> = (0..ROUNDS).map(|_| self.observe(detector, MEASURED)).collect();
        rounds.sort_by(f64::total_cmp);
        rounds[ROUNDS / 2]
    }
}

impl Cost {
    fn ratio(&self) -> f64 {
        self.many_us / self.few_us
    }

    pub fn line(&self) -> String {
        format!(
            "cost per arrival: {:.1} µs after {FEW}, {:.1} µs after {MANY}, ratio {:.2} ({}); snapshot {} KiB",
            self.few_us,
            self.many_us,
            self.ratio(),
            if self.ratio() <= RATIO { "met" } else { "MISSED" },
            self.snapshot_bytes / 1024,
        )
    }

    pub fn to_json(&self) -> Value {
        json!({ "after_1k_us": self.few_us, "after_1m_us": self.many_us, "ratio": self.ratio(), "snapshot_bytes": self.snapshot_bytes })
    }
}
