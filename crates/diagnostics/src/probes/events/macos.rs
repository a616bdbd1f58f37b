use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Log, MAX_EVENTS, unified_log};
use crate::{ProbeError, command};

/// The unified log is searched at a few seconds of log per millisecond; more than this does not fit the box.
const MAX_WINDOW: Duration = Duration::from_secs(120);
const LIMIT: Duration = Duration::from_millis(1300);

/// OSLogStore opens the system's log only for programs with an entitlement of Apple's; `log` has it, and works for
/// administrators.
pub(super) fn read(_now: DateTime<Utc>, window: Duration) -> Result<Log, ProbeError> {
    let window = window.min(MAX_WINDOW);
    let last = format!("{}s", window.as_secs());
    let output = command::output(
        "/usr/bin/log",
        &[
            "show",
            "--style",
            "ndjson",
            "--no-debug",
            "--no-info",
            "--predicate",
            "messageType == fault OR messageType == error",
            "--last",
            &last,
        ],
        LIMIT,
        true,
    )?;
    if output.is_empty() {
        return Err(ProbeError::AccessDenied("log show gave nothing: this user is not an administrator".to_owned()));
    }
    let mut events = unified_log::parse(&output);
    events.truncate(MAX_EVENTS);
    Ok(Log { events, system_log_readable: true, window })
}
