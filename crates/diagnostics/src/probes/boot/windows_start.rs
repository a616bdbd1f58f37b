//! What the event log says of the last start: Kernel-Boot writes 27 with its kind, Kernel-Power 41 after a start that no
//! orderly end went before.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Crash;
use crate::event_log::{EventLog, Parsed};

/// How long after the start the log still writes about it.
const AFTER_START: Duration = Duration::from_secs(600);

/// The reason of the last start and the last crash, as far as the log tells.
pub(super) fn read(log: &impl EventLog, booted_at: DateTime<Utc>) -> (Option<&'static str>, Option<Crash>) {
    let newest = |xpath: &str| log.query("System", xpath, 1, false).ok()?.into_iter().next();
    let crash = newest("*[System[Provider[@Name='Microsoft-Windows-Kernel-Power'] and EventID=41]]")
        .and_then(|event| crash_of(&event.xml));
    let kind = newest("*[System[Provider[@Name='Microsoft-Windows-Kernel-Boot'] and EventID=27]]")
        .and_then(|event| boot_type_of(&event.xml));
    (reason(kind, crash.as_ref(), booted_at), crash)
}

fn reason(boot_type: Option<u32>, crash: Option<&Crash>, booted_at: DateTime<Utc>) -> Option<&'static str> {
    let after = TimeDelta::from_std(AFTER_START).unwrap_or_default();
    let after_crash = crash.is_some_and(|crash| (crash.at - booted_at).abs() <= after);
    match boot_type {
        _ if after_crash => Some("unexpected_shutdown"),
        Some(0) => Some("normal"),
        // The kernel was put to sleep, not ended: to the person it was "switched off".
        Some(1) => Some("fast_startup"),
        Some(2) => Some("resume_from_hibernation"),
        _ => None,
    }
}

/// A bug check where the event carries its code, else a loss of power or a reset.
fn crash_of(xml: &str) -> Option<Crash> {
    let event = Parsed::new(xml)?;
    let code = event.value("BugcheckCode").unwrap_or("0");
    Some(Crash { at: event.head()?.at, kind: if code == "0" { "unexpected_shutdown" } else { "bugcheck" } })
}

fn boot_type_of(xml: &str) -> Option<u32> {
    let event = Parsed::new(xml)?;
    let value = event.value("BootType")?;
    match value.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => value.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProbeError;
    use crate::event_log::Recorded;

    struct Fake {
        power: Option<&'static str>,
        boot: Option<&'static str>,
    }

    impl EventLog for Fake {
        fn query(&self, _: &str, xpath: &str, _: usize, _: bool) -> Result<Vec<Recorded>, ProbeError> {
            let data = if xpath.contains("Kernel-Power") { self.power } else { self.boot };
            Ok(data
                .map(|data| Recorded {
                    xml: format!(
                        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
                         <Provider Name='x'/><EventID>1</EventID><TimeCreated SystemTime='2026-03-02T09:00:12Z'/>\
                         </System><EventData>{data}</EventData></Event>"
                    ),
                    message: None,
                })
                .into_iter()
                .collect())
        }
    }

    fn at(time: &str) -> DateTime<Utc> {
        time.parse().unwrap()
    }

    #[test]
    fn a_start_after_a_bug_check_is_told_with_the_crash() {
        let log = Fake {
            power: Some("<Data Name='BugcheckCode'>209</Data>"),
            boot: Some("<Data Name='BootType'>0x0</Data>"),
        };
        let (reason, crash) = read(&log, at("2026-03-02T09:00:00Z"));
        assert_eq!(reason, Some("unexpected_shutdown"));
        assert_eq!(crash, Some(Crash { at: at("2026-03-02T09:00:12Z"), kind: "bugcheck" }));
    }

    #[test]
    fn an_old_crash_is_not_the_reason_of_a_later_start() {
        let log =
            Fake { power: Some("<Data Name='BugcheckCode'>0</Data>"), boot: Some("<Data Name='BootType'>1</Data>") };
        let (reason, crash) = read(&log, at("2026-03-09T08:00:00Z"));
        assert_eq!(reason, Some("fast_startup"));
        assert_eq!(crash.unwrap().kind, "unexpected_shutdown");
    }

    #[test]
    fn a_log_that_says_nothing_leaves_both_unknown() {
        assert_eq!(read(&Fake { power: None, boot: None }, at("2026-03-09T08:00:00Z")), (None, None));
    }
}
