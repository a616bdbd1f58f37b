//! What the event log says of updates: Microsoft-Windows-WindowsUpdateClient writes 19 for one installed and 20 for one
//! that failed, each with its GUID.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::ProbeError;
use crate::event_log::{EventLog, Parsed};

/// What came of updates in the last ninety days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Updates {
    pub last_installed_at: Option<DateTime<Utc>>,
    /// Failed and not installed since.
    pub failed: u32,
}

/// Reads the newest events.
pub(super) fn read(log: &impl EventLog) -> Result<Updates, ProbeError> {
    const MOST: usize = 200;
    const XPATH: &str = "*[System[Provider[@Name='Microsoft-Windows-WindowsUpdateClient'] and (EventID=19 or EventID=20) \
                         and TimeCreated[timediff(@SystemTime) <= 7776000000]]]";
    let events = log.query("System", XPATH, MOST, false)?;
    Ok(judge(events.iter().map(|event| event.xml.as_str())))
}

/// Events come newest first, so the first of an update says how it stands.
fn judge<'a>(events: impl Iterator<Item = &'a str>) -> Updates {
    let mut updates = Updates { last_installed_at: None, failed: 0 };
    let mut seen = HashSet::new();
    for xml in events {
        let Some(event) = Parsed::new(xml) else { continue };
        let Some(head) = event.head() else { continue };
        // Signatures of the antivirus come several times a day and say nothing about patches.
        let title = event.value("updateTitle").unwrap_or_default();
        if title.contains("KB2267602") {
            continue;
        }
        let first = seen.insert(event.value("updateGuid").unwrap_or(title).to_owned());
        match head.id.as_str() {
            "19" => updates.last_installed_at = updates.last_installed_at.max(Some(head.at)),
            "20" if first => updates.failed += 1,
            _ => {}
        }
    }
    updates
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Recorded;

    struct Fake(Result<Vec<String>, ProbeError>);

    impl EventLog for Fake {
        fn query(&self, channel: &str, xpath: &str, _: usize, _: bool) -> Result<Vec<Recorded>, ProbeError> {
            assert_eq!(channel, "System");
            assert!(xpath.contains("WindowsUpdateClient"), "{xpath}");
            Ok(self.0.clone()?.into_iter().map(|xml| Recorded { xml, message: None }).collect())
        }
    }

    fn event(id: u32, at: &str, guid: &str, title: &str) -> String {
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
             <Provider Name='Microsoft-Windows-WindowsUpdateClient'/><EventID>{id}</EventID><Level>4</Level>\
             <TimeCreated SystemTime='{at}'/><Channel>System</Channel></System><EventData>\
             <Data Name='updateTitle'>{title}</Data><Data Name='updateGuid'>{{{guid}}}</Data></EventData></Event>"
        )
    }

    #[test]
    fn an_update_that_failed_and_was_installed_later_has_not_failed() {
        let events = [
            event(20, "2026-03-02T08:00:00Z", "c", "2026-02 Cumulative Update (KB5034765)"),
            event(19, "2026-03-01T10:00:00Z", "d", "Security Intelligence Update (KB2267602)"),
            event(19, "2026-02-20T10:00:00Z", "a", ".NET (KB5034466)"),
            event(20, "2026-02-19T10:00:00Z", "a", ".NET (KB5034466)"),
            event(20, "2026-02-18T10:00:00Z", "c", "2026-02 Cumulative Update (KB5034765)"),
        ];
        let log = Fake(Ok(events.into_iter().chain(["<broken".to_owned()]).collect()));
        let updates = read(&log).unwrap();
        assert_eq!(updates.failed, 1);
        assert_eq!(updates.last_installed_at.unwrap().to_rfc3339(), "2026-02-20T10:00:00+00:00");
    }

    #[test]
    fn without_events_nothing_is_known_of_installing_and_nothing_failed() {
        assert_eq!(read(&Fake(Ok(Vec::new()))), Ok(Updates { last_installed_at: None, failed: 0 }));
    }

    #[test]
    fn a_log_that_cannot_be_read_is_not_taken_for_an_empty_one() {
        let denied = ProbeError::AccessDenied("System".to_owned());
        assert_eq!(read(&Fake(Err(denied.clone()))), Err(denied));
    }
}
