//! Lines of /var/log/syslog and /var/log/messages, for systems without a journal. They carry no level, so errors are
//! known by their words.

use chrono::{DateTime, Datelike, Local, NaiveDateTime, TimeZone, Utc};

use super::{Event, Level, fold};

/// Words that make a line an error; compared in lower case.
const ERROR_WORDS: &[&str] =
    &["error", "fail", "panic", "segfault", "out of memory", "oom-kill", "corrupt", "denied", "unreachable"];
/// Words that make it critical.
const CRITICAL_WORDS: &[&str] = &["panic", "out of memory", "remounting filesystem read-only", "hardware error"];

/// The errors among `text`'s lines.
pub(super) fn parse(text: &str, now: DateTime<Utc>) -> Vec<Event> {
    text.lines().filter_map(|line| parse_line(line, now)).collect()
}

fn parse_line(line: &str, now: DateTime<Utc>) -> Option<Event> {
    let (at, rest) = time(line, now)?;
    let (_host, rest) = rest.trim_start().split_once(' ')?;
    let (tag, message) = rest.split_once(": ")?;
    let lower = message.to_lowercase();
    if !ERROR_WORDS.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let critical = CRITICAL_WORDS.iter().any(|word| lower.contains(word));
    Some(Event {
        provider: tag.split('[').next().unwrap_or(tag).to_owned(),
        id: fold::fingerprint(message),
        level: if critical { Level::Critical } else { Level::Error },
        at,
        message: message.to_owned(),
    })
}

/// RFC 3339 as rsyslog writes it today, or the old `Mar  2 09:14:07`, local and without a year.
fn time(line: &str, now: DateTime<Utc>) -> Option<(DateTime<Utc>, &str)> {
    let (first, rest) = line.split_once(' ')?;
    if let Ok(at) = DateTime::parse_from_rfc3339(first) {
        return Some((at.with_timezone(&Utc), rest));
    }
    let (stamp, rest) = line.split_at_checked(15)?;
    let year = now.with_timezone(&Local).year();
    let in_year = |year: i32| {
        let naive = NaiveDateTime::parse_from_str(&format!("{year} {stamp}"), "%Y %b %e %H:%M:%S").ok()?;
        Local.from_local_datetime(&naive).latest().map(|at| at.with_timezone(&Utc))
    };
    // A line of December read in January is last year's.
    let at = in_year(year).filter(|at| *at <= now + chrono::TimeDelta::days(1)).or_else(|| in_year(year - 1))?;
    Some((at, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_known_by_their_words_in_both_styles_of_time() {
        let now: DateTime<Utc> = "2026-03-02T10:00:00Z".parse().unwrap();
        let text = "2026-03-02T12:14:07.5+03:00 host kernel: [  12.3] ata1.00: failed command: READ DMA\n\
                    2026-03-02T12:14:08+03:00 host systemd[1]: Started Session 4.\n\
                    Mar  2 09:14:07 host cupsd[812]: Kernel panic - not syncing\n\
                    nonsense\nкороткая строка не по форме: error\n";
        let events = parse(text, now);
        assert_eq!(events.len(), 2);
        assert_eq!(events[0].at.to_rfc3339(), "2026-03-02T09:14:07.500+00:00");
        assert_eq!(events[0].provider, "kernel");
        assert_eq!((events[1].provider.as_str(), events[1].level), ("cupsd", Level::Critical));
    }

    #[test]
    fn a_line_of_december_read_in_january_is_last_years() {
        let now: DateTime<Utc> = "2026-01-01T12:00:00Z".parse().unwrap();
        let events = parse("Dec 31 23:00:00 host app: error 5\n", now);
        assert_eq!(events[0].at.with_timezone(&Local).year(), 2025);
    }
}
