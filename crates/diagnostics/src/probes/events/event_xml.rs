//! Errors of the event log of Windows.

use super::{Event, Level, Log, MAX_EVENTS};
use crate::ProbeError;
use crate::event_log::{EventLog, Parsed};
use std::time::Duration;

/// Logs every user may read; `Security` is not one.
const CHANNELS: &[&str] = &["System", "Application"];

/// Critical events and errors of both logs. One log that cannot be read does not lose the other.
pub(super) fn read(log: &impl EventLog, window: Duration) -> Result<Log, ProbeError> {
    let xpath =
        format!("*[System[(Level=1 or Level=2) and TimeCreated[timediff(@SystemTime) <= {}]]]", window.as_millis());
    let mut events = Vec::new();
    let mut failed = Vec::new();
    for channel in CHANNELS {
        match log.query(channel, &xpath, MAX_EVENTS, true) {
            Ok(recorded) => {
                events.extend(recorded.iter().filter_map(|event| parse(&event.xml, event.message.as_deref())));
            }
            Err(error) => failed.push(error),
        }
    }
    let system_log_readable = failed.is_empty();
    match failed.into_iter().next() {
        Some(error) if events.is_empty() => Err(error),
        _ => Ok(Log { events, system_log_readable, window }),
    }
}

/// An event, with its provider's text where there is one. `None` if it is not an event.
fn parse(xml: &str, message: Option<&str>) -> Option<Event> {
    let parsed = Parsed::new(xml)?;
    let head = parsed.head()?;
    Some(Event {
        provider: head.provider,
        id: head.id,
        level: if head.level == Some(1) { Level::Critical } else { Level::Error },
        at: head.at,
        message: message.map_or_else(|| parsed.text(), str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Recorded;

    const CRASH: &str = include_str!("recorded/application-error-1000.xml");
    const POWER: &str = include_str!("recorded/kernel-power-41.xml");

    /// A log of recorded events; a channel without any fails.
    struct Fake(Vec<(&'static str, Vec<Recorded>)>);

    impl EventLog for Fake {
        fn query(&self, channel: &str, xpath: &str, most: usize, _: bool) -> Result<Vec<Recorded>, ProbeError> {
            assert!(xpath.contains("<= 900000"), "{xpath}");
            let (_, events) = self
                .0
                .iter()
                .find(|(name, _)| *name == channel)
                .ok_or_else(|| ProbeError::AccessDenied(channel.to_owned()))?;
            Ok(events.iter().take(most).cloned().collect())
        }
    }

    fn recorded(xml: &str, message: Option<&str>) -> Recorded {
        Recorded { xml: xml.to_owned(), message: message.map(str::to_owned) }
    }

    #[test]
    fn both_logs_are_read_with_their_providers_texts() {
        let text = "The system has rebooted without cleanly shutting down first.";
        let log = Fake(vec![
            ("System", vec![recorded(POWER, Some(text))]),
            ("Application", vec![recorded(CRASH, None), recorded("<broken", None)]),
        ]);
        let read = read(&log, Duration::from_secs(900)).unwrap();
        assert!(read.system_log_readable);
        assert_eq!(read.events.len(), 2);
        let power = &read.events[0];
        assert_eq!((power.provider.as_str(), power.id.as_str()), ("Microsoft-Windows-Kernel-Power", "41"));
        assert_eq!((power.level, power.message.as_str()), (Level::Critical, text));
        let crash = &read.events[1];
        assert_eq!((crash.provider.as_str(), crash.id.as_str()), ("Application Error", "1000"));
        assert_eq!(crash.at.to_rfc3339(), "2026-03-02T09:14:07.123456700+00:00");
        assert!(crash.message.starts_with("OUTLOOK.EXE; 16.0.17328.20162"), "{}", crash.message);
    }

    #[test]
    fn one_log_that_cannot_be_read_does_not_lose_the_other() {
        let log = Fake(vec![("Application", vec![recorded(CRASH, None)])]);
        let read = read(&log, Duration::from_secs(900)).unwrap();
        assert!(!read.system_log_readable);
        assert_eq!(read.events.len(), 1);
        assert!(matches!(super::read(&Fake(Vec::new()), Duration::from_secs(900)), Err(ProbeError::AccessDenied(_))));
    }

    #[test]
    fn values_stand_in_where_the_text_is_not_installed() {
        assert_eq!(parse(POWER, None).unwrap().message, "BugcheckCode=0; SleepInProgress=0");
    }

    #[test]
    fn what_is_no_event_is_none() {
        assert_eq!(parse("", None), None);
        assert_eq!(parse("<Event><System/></Event>", None), None);
        assert_eq!(parse("<Event><System><Provider Name='x'/><EventID>1</EventID></System></Event>", None), None);
    }
}
