//! Which programs were in front before the one at the press. Kept in memory alone, six entries, no times and no titles.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::{Detail, system};

/// A program that was in front.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct App {
    /// File name of its executable.
    pub executable: String,
    /// What people call it.
    pub name: String,
}

/// Programs told beside the one in front.
const BEFORE: usize = 5;

/// One more than told: the newest is usually the one in front itself.
static RING: Mutex<Ring> = Mutex::new(Ring(VecDeque::new()));

/// Latest first, each program once.
struct Ring(VecDeque<App>);

impl Ring {
    fn push(&mut self, app: App) {
        self.0.retain(|known| known.executable != app.executable);
        self.0.push_front(app);
        self.0.truncate(BEFORE + 1);
    }

    fn before(&self, front: &App) -> Vec<App> {
        self.0.iter().filter(|app| app.executable != front.executable).take(BEFORE).cloned().collect()
    }
}

/// The programs in front before `front`, latest first.
pub(super) fn before(front: &App) -> Vec<App> {
    RING.lock().unwrap_or_else(PoisonError::into_inner).before(front)
}

/// Keeps the history while it lives.
#[must_use = "the history is kept only while this lives"]
#[derive(Debug)]
pub struct Watch {
    stop: Arc<(Mutex<bool>, Condvar)>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
    }
}

/// Starts to note which program is in front, every `interval` (a few seconds: one question to the window system costs
/// about a millisecond). Fails if no thread can be started.
pub fn watch(interval: Duration) -> std::io::Result<Watch> {
    let stop = Arc::new((Mutex::new(false), Condvar::new()));
    let told = Arc::clone(&stop);
    std::thread::Builder::new().name("foreground watch".to_owned()).spawn(move || {
        loop {
            // No window in front, or a window system that does not tell: there is nothing to note.
            if let Ok(window) = system::read(Detail::App) {
                RING.lock().unwrap_or_else(PoisonError::into_inner).push(window.app);
            }
            let stopped = told.0.lock().unwrap_or_else(PoisonError::into_inner);
            let (stopped, _) =
                told.1.wait_timeout_while(stopped, interval, |stop| !*stop).unwrap_or_else(PoisonError::into_inner);
            if *stopped {
                return;
            }
        }
    })?;
    Ok(Watch { stop })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(executable: &str) -> App {
        App { executable: executable.to_owned(), name: executable.to_uppercase() }
    }

    #[test]
    fn remembers_the_five_before_the_one_in_front_each_once() {
        let mut ring = Ring(VecDeque::new());
        for name in ["a", "b", "c", "b", "d", "e", "f", "g", "g"] {
            ring.push(app(name));
        }
        let before: Vec<_> = ring.before(&app("g")).into_iter().map(|app| app.executable).collect();
        assert_eq!(before, ["f", "e", "d", "b", "c"]);
        assert_eq!(ring.0.len(), 6);
    }

    #[test]
    fn the_one_in_front_is_left_out_even_if_not_yet_noted() {
        let mut ring = Ring(VecDeque::new());
        ring.push(app("mail"));
        assert_eq!(ring.before(&app("editor")), [app("mail")]);
        assert_eq!(ring.before(&app("mail")), []);
    }

    #[test]
    fn a_watch_stops_when_dropped() {
        let watch = watch(Duration::from_secs(3600)).unwrap();
        let stop = Arc::downgrade(&watch.stop);
        drop(watch);
        let give_up = std::time::Instant::now() + Duration::from_secs(20);
        while stop.strong_count() > 0 {
            assert!(std::time::Instant::now() < give_up, "the thread goes on");
            std::thread::yield_now();
        }
    }
}
