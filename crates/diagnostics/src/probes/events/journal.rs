//! Lines of `journalctl --output=json` (systemd.journal-fields(7), and "Journal JSON Format").

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Event, Level, fold};

/// Every line that is an event; others (cut by a kill, of another shape) are skipped.
pub(super) fn parse(lines: &[u8]) -> Vec<Event> {
    lines.split(|byte| *byte == b'\n').filter_map(parse_line).collect()
}

fn parse_line(line: &[u8]) -> Option<Event> {
    let entry: Value = serde_json::from_slice(line).ok()?;
    let micros: i64 = entry["__REALTIME_TIMESTAMP"].as_str()?.parse().ok()?;
    let message = text(&entry["MESSAGE"])?;
    let priority: u8 = text(&entry["PRIORITY"]).and_then(|priority| priority.parse().ok()).unwrap_or(3);
    let provider = ["SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT", "_COMM"]
        .iter()
        .find_map(|field| text(&entry[*field]))
        .unwrap_or_else(|| "unknown".to_owned());
    Some(Event {
        provider,
        id: text(&entry["MESSAGE_ID"]).unwrap_or_else(|| fold::fingerprint(&message)),
        // emerg, alert, crit; then err.
        level: if priority <= 2 { Level::Critical } else { Level::Error },
        at: DateTime::<Utc>::from_timestamp_micros(micros)?,
        message,
    })
}

/// A field is a string; an array of bytes where it is not UTF-8; an array of strings where it stands several times.
fn text(field: &Value) -> Option<String> {
    match field {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) if parts.first().is_some_and(Value::is_string) => text(&parts[0]),
        Value::Array(bytes) => {
            let bytes: Vec<u8> = bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
            Some(String::from_utf8_lossy(&bytes).into_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_recorded_entries() {
        let events = parse(include_bytes!("recorded/journal.jsonl"));
        assert_eq!(events.len(), 4, "the cut last line is skipped");
        assert_eq!(events[0].provider, "kernel");
        assert_eq!(events[0].level, Level::Critical);
        assert_eq!(events[0].at.to_rfc3339(), "2026-03-02T09:14:07.123456+00:00");
        assert_eq!(events[1].id, "fc2e22bc6ee647b6b90729ab34a250b1", "systemd's id of a core dump");
        assert_eq!(events[2].message, "bad bytes: \u{fffd}!");
        assert_eq!(events[3].provider, "cups.service");
    }

    #[test]
    fn events_without_an_id_fold_by_their_text() {
        let line = |n: u32| {
            format!(
                r#"{{"__REALTIME_TIMESTAMP":"177244284712345{n}","PRIORITY":"3","SYSLOG_IDENTIFIER":"kernel","MESSAGE":"I/O error, dev sda, sector {n}"}}"#
            )
        };
        let events = parse(format!("{}\n{}\n", line(1), line(2)).as_bytes());
        assert_eq!(fold::fold(events)[0].count, 2);
    }
}
