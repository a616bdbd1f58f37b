//! How long a verdict takes, as far as that is the rules' doing.

use std::time::Duration;

use report::Verdict;
use triage::{Classifier, Input};

/// A verdict, and the shortest time one of `rounds` judgements took. What is counted is the processor's time of this
/// thread alone: on a busy machine others' work between start and end is not the rules' fault. The shortest, because
/// the first judgement of new rules also pays for what they set up once.
pub(super) fn timed(classifier: &Classifier, input: &Input<'_>, rounds: u32) -> (Verdict, Duration) {
    let judge = || {
        let started = thread_time();
        let verdict = classifier.verdict(input);
        (verdict, thread_time().saturating_sub(started))
    };
    let (verdict, first) = judge();
    let shortest = (1..rounds).map(|_| judge().1).fold(first, Duration::min);
    (verdict, shortest)
}

/// Processor time this thread has used so far (clock_gettime(3)).
#[cfg(unix)]
fn thread_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes one timespec, which is ours; it cannot fail with a clock that every system has.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    Duration::from_secs(time.tv_sec.unsigned_abs()) + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

/// Windows counts a thread's time in steps far longer than a verdict: the wall's time, of which the shortest round counts.
#[cfg(not(unix))]
fn thread_time() -> Duration {
    use std::{sync::LazyLock, time::Instant};
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGIN.elapsed()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn work_counts_and_waiting_does_not() {
        let started = thread_time();
        let (sender, receiver) = std::sync::mpsc::channel::<()>();
        let other = std::thread::spawn(move || {
            let mut sum = 0_u64;
            while thread_time() < Duration::from_millis(200) {
                sum = std::hint::black_box(sum.wrapping_add(1));
            }
            drop(sender);
        });
        assert!(receiver.recv().is_err(), "nothing is sent");
        other.join().unwrap();
        assert!(thread_time() - started < Duration::from_millis(100), "another thread worked, not this one");
        let started = thread_time();
        while thread_time() == started {
            std::hint::spin_loop();
        }
    }
}
