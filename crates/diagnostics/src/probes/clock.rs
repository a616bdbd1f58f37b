//! Clock skew against the collector and the time zone: what breaks Kerberos and TLS.

use std::time::Duration;

use chrono::{Local, Offset};
use report::Privacy;
use serde::Serialize;
use serde_json::Value;

use crate::probe::answer;
use crate::{Context, Probe, ProbeError, ServerDate};

/// The probe.
pub const PROBE: Probe =
    Probe { name: "clock", time_box: Duration::from_millis(200), privacy: Privacy::Technical, run };

/// How this machine's clock stands.
#[derive(Debug, Serialize)]
struct Clock {
    /// How far the clock is ahead of the collector's (negative: behind), in ms. The `Date` header counts whole
    /// seconds, so less than a second says nothing. `null` before the first answer of the collector.
    skew_ms: Option<i64>,
    /// IANA name (`Europe/Moscow`), or `unknown`.
    time_zone: String,
    /// Offset from UTC at the press, in minutes.
    utc_offset_minutes: i32,
    /// Whether the OS believes that its clock follows a time source; `null` where it does not say.
    synchronised: Option<bool>,
}

fn run(context: &Context) -> Result<Value, ProbeError> {
    answer(Clock {
        skew_ms: context.last_server_date.map(skew_ms),
        time_zone: iana_time_zone::get_timezone().unwrap_or_else(|_| "unknown".to_owned()),
        utc_offset_minutes: context.now.with_timezone(&Local).offset().fix().local_minus_utc() / 60,
        synchronised: synchronised(),
    })
}

fn skew_ms(date: ServerDate) -> i64 {
    date.local_at_that_moment.signed_duration_since(date.server).num_milliseconds()
}

/// The kernel's own word on it, adjtimex(2): `STA_UNSYNC` is cleared by whichever daemon disciplines the clock.
#[cfg(target_os = "linux")]
fn synchronised() -> Option<bool> {
    // SAFETY: all-zero bytes are a valid timex, and modes = 0 only reads.
    let mut timex: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to a live timex.
    let state = unsafe { libc::adjtimex(&raw mut timex) };
    (state >= 0).then_some(timex.status & libc::STA_UNSYNC == 0)
}

/// Neither system tells an ordinary user without a running service being asked over RPC.
#[cfg(not(target_os = "linux"))]
fn synchronised() -> Option<bool> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};

    #[test]
    fn a_clock_ahead_of_the_collector_has_a_positive_skew() {
        let server: DateTime<Utc> = "2026-03-02T09:00:00Z".parse().unwrap();
        let local_at_that_moment = "2026-03-02T09:07:30Z".parse().unwrap();
        assert_eq!(skew_ms(ServerDate { server, local_at_that_moment }), 450_000);
    }

    #[test]
    fn without_an_answer_of_the_collector_there_is_no_skew() {
        let data = run(&Context::new(Utc::now())).unwrap();
        assert!(data["skew_ms"].is_null());
        assert!(data["utc_offset_minutes"].as_i64().unwrap().abs() <= 14 * 60);
    }
}
