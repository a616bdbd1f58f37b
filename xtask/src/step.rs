//! Progress for people: numbered steps with their durations.

use std::time::{Duration, Instant};

/// Counts steps and says what is being done.
pub struct Progress {
    total: usize,
    done: usize,
    begun: Instant,
}

impl Progress {
    /// Of `total` steps.
    pub fn new(total: usize) -> Self {
        Self { total, done: 0, begun: Instant::now() }
    }

    /// Announces the next step, does it, and says how long it took. Everything goes to stderr: stdout belongs to results.
    pub fn step<T>(&mut self, what: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        self.done += 1;
        eprintln!("\n[{}/{}] {what}", self.done, self.total);
        let begun = Instant::now();
        let result = work();
        let took = duration(begun.elapsed());
        match &result {
            Ok(_) => eprintln!("      done in {took}"),
            Err(_) => eprintln!("      failed after {took}"),
        }
        result
    }

    /// Time since the first step.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}

/// `0.4 s`, `12 s`, `3 min 07 s`.
pub fn duration(took: Duration) -> String {
    let seconds = took.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", took.as_secs_f32()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(duration(Duration::from_millis(420)), "0.4 s");
        assert_eq!(duration(Duration::from_millis(59_900)), "59 s");
        assert_eq!(duration(Duration::from_secs(187)), "3 min 07 s");
    }
}
