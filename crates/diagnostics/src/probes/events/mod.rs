//! Errors the system logged around the press, folded by who said them and what, with counts.

#[cfg(any(windows, test))]
mod event_xml;
mod fold;
#[cfg(any(target_os = "linux", test))]
mod journal;
#[cfg(any(target_os = "linux", test))]
mod syslog;
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
mod system;
#[cfg(any(target_os = "macos", test))]
mod unified_log;

use std::time::Duration;

use chrono::{DateTime, Utc};
use report::Privacy;
use serde::Serialize;
use serde_json::Value;

use crate::probe::answer;
use crate::{Context, Probe, ProbeError};

/// The probe.
pub const PROBE: Probe =
    Probe { name: "events", time_box: Duration::from_millis(1500), privacy: Privacy::Personal, run };

/// What was logged as an error before the press.
#[derive(Debug, Serialize)]
struct Events {
    /// How far back was looked, in seconds.
    window_s: u64,
    /// Events of one provider and id together, worst and most frequent first, at most forty.
    groups: Vec<fold::Group>,
    /// Events before folding.
    total: u64,
    /// Whether this user may read the system's log; if not, only programs of the user's own are seen.
    system_log_readable: bool,
}

/// One event as logged.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Event {
    /// Who said it: an event provider, a unit or a program.
    provider: String,
    /// What kind of event it is to that provider.
    id: String,
    level: Level,
    at: DateTime<Utc>,
    message: String,
}

/// How bad its provider says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// Something has stopped working.
    Error,
    /// The system or a service is going down.
    Critical,
}

/// What a system's log gave.
struct Log {
    events: Vec<Event>,
    system_log_readable: bool,
    /// How far back was looked, where the log is too slow for all that was asked.
    window: Duration,
}

/// Most events read from one log.
const MAX_EVENTS: usize = 1000;

fn run(context: &Context) -> Result<Value, ProbeError> {
    let log = system::read(context.now, context.events_window)?;
    let total = log.events.len() as u64;
    answer(Events {
        window_s: log.window.as_secs(),
        groups: fold::fold(log.events),
        total,
        system_log_readable: log.system_log_readable,
    })
}
