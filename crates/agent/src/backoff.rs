//! How long to wait before trying again: exponential with full jitter, so that a thousand devices that lost
//! their collector together do not come back together
//! (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(300);
/// Longest a collector may tell us to stay away.
pub(crate) const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// The wait after `failures` (at least 1) in a row; `unit` is a random number in `0.0..1.0`.
pub(crate) fn delay(failures: u32, unit: f64) -> Duration {
    let ceiling = FIRST.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1).min(16))).min(LONGEST);
    // A little more than nothing, or an unlucky draw would make a tight loop.
    Duration::from_millis(100).max(ceiling.mul_f64(unit.clamp(0.0, 1.0)))
}

/// The wait a collector asked for, plus up to a tenth so that not everybody returns in the same second.
pub(crate) fn asked(retry_after: Duration, unit: f64) -> Duration {
    let wait = retry_after.min(LONGEST_ASKED);
    wait + wait.mul_f64(0.1 * unit.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_five_minutes_and_is_spread_evenly_below() {
        assert_eq!(delay(1, 1.0), Duration::from_secs(1));
        assert_eq!(delay(2, 1.0), Duration::from_secs(2));
        assert_eq!(delay(9, 1.0), Duration::from_secs(256));
        assert_eq!(delay(10, 1.0), Duration::from_secs(300));
        assert_eq!(delay(u32::MAX, 1.0), Duration::from_secs(300));
        assert_eq!(delay(10, 0.5), Duration::from_secs(150));
        assert_eq!(delay(1, 0.0), Duration::from_millis(100));
    }

    #[test]
    fn a_collector_is_obeyed_for_an_hour_at_most_and_never_early() {
        assert_eq!(asked(Duration::from_secs(7), 0.0), Duration::from_secs(7));
        assert_eq!(asked(Duration::from_secs(7), 1.0), Duration::from_millis(7700));
        assert_eq!(asked(Duration::from_secs(90_000), 0.0), Duration::from_secs(3600));
    }
}
