//! Lines of macOS's `log show --style ndjson`.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Event, Level, fold};

/// Every line that is an error or a fault; others are skipped.
pub(super) fn parse(lines: &[u8]) -> Vec<Event> {
    lines.split(|byte| *byte == b'\n').filter_map(parse_line).collect()
}

fn parse_line(line: &[u8]) -> Option<Event> {
    let entry: Value = serde_json::from_slice(line).ok()?;
    let level = match entry["messageType"].as_str()? {
        "Fault" => Level::Critical,
        "Error" => Level::Error,
        _ => return None,
    };
    let message = entry["eventMessage"].as_str()?.to_owned();
    // `2026-03-02 12:14:07.123456+0300`
    let at = DateTime::parse_from_str(entry["timestamp"].as_str()?, "%Y-%m-%d %H:%M:%S%.f%z").ok()?;
    let process = entry["processImagePath"].as_str().and_then(|path| path.rsplit('/').next());
    let provider = process.or_else(|| entry["subsystem"].as_str()).filter(|name| !name.is_empty()).unwrap_or("kernel");
    Some(Event {
        provider: provider.to_owned(),
        id: fold::fingerprint(&message),
        level,
        at: at.with_timezone(&Utc),
        message,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_recorded_lines() {
        let lines = br#"{"timestamp":"2026-03-02 12:14:07.123456+0300","messageType":"Fault","eventMessage":"disk0s2: I\/O error.","processImagePath":"\/kernel","subsystem":"","traceID":1}
{"timestamp":"2026-03-02 12:14:08.000000+0300","messageType":"Default","eventMessage":"fine","processImagePath":"\/usr\/sbin\/cupsd"}
{"timestamp":"2026-03-02 12:14:09.000000+0300","messageType":"Error","eventMessage":"Connection 5: failed","processImagePath":"\/usr\/libexec\/nsurlsessiond","subsystem":"com.apple.network"}
{"count":3,"finished":1}"#;
        let events = parse(lines);
        assert_eq!(events.len(), 2);
        assert_eq!((events[0].provider.as_str(), events[0].level), ("kernel", Level::Critical));
        assert_eq!(events[1].provider, "nsurlsessiond");
        assert_eq!(events[1].at.to_rfc3339(), "2026-03-02T09:14:09+00:00");
    }
}
