//! Times of one thing done many times.

use std::time::{Duration, Instant};

/// Microseconds.
pub struct Timing {
    pub name: &'static str,
    pub p50_us: f64,
    pub p99_us: f64,
    pub mean_us: f64,
}

impl Timing {
    /// Of times already taken.
    pub fn of(name: &'static str, mut taken: Vec<Duration>) -> Self {
        taken.sort_unstable();
        let us = |duration: Duration| duration.as_secs_f64() * 1e6;
        let at = |share: f64| taken.get(((taken.len() as f64 - 1.0) * share) as usize).copied().unwrap_or_default();
        let mean = taken.iter().sum::<Duration>().checked_div(u32::try_from(taken.len().max(1)).unwrap_or(u32::MAX));
        Self { name, p50_us: us(at(0.5)), p99_us: us(at(0.99)), mean_us: us(mean.unwrap_or_default()) }
    }
}

/// Runs of one thing of which the fastest counts: what it costs, not what else the machine was doing.
const RUNS: usize = 3;

/// Runs `once` a tenth of `times` to warm up, then `times` under the clock, each the fastest of [`RUNS`].
pub fn measure(name: &'static str, times: usize, mut once: impl FnMut(usize)) -> Timing {
    (0..times / 10).for_each(&mut once);
    let each = |n: usize| {
        let mut fastest = Duration::MAX;
        for _ in 0..RUNS {
            let began = Instant::now();
            once(n);
            fastest = fastest.min(began.elapsed());
        }
        fastest
    };
    Timing::of(name, (0..times).map(each).collect())
}
