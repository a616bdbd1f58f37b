use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Event, Log, MAX_EVENTS, journal, syslog};
use crate::{ProbeError, command};

/// How long journalctl may take; the rest of the box is for folding.
const JOURNAL_LIMIT: Duration = Duration::from_millis(1300);
/// How much of a text log's end is read.
const TAIL_BYTES: u64 = 512 * 1024;

pub(super) fn read(now: DateTime<Utc>, window: Duration) -> Result<Log, ProbeError> {
    let since = now - chrono::TimeDelta::from_std(window).unwrap_or_default();
    if has_journal() {
        return read_journal(since, window);
    }
    read_syslog(now, since, window)
}

/// The journal's files are binary, and their only reader with a stable interface is libsystemd, which systems without
/// systemd lack and which cannot be bounded in time; so journalctl is run.
fn read_journal(since: DateTime<Utc>, window: Duration) -> Result<Log, ProbeError> {
    let since = format!("--since=@{}", since.timestamp());
    let lines = format!("--lines={MAX_EVENTS}");
    let output = command::output(
        "journalctl",
        &[
            "--output=json",
            "--no-pager",
            "--quiet",
            "--priority=err",
            "--reverse",
            "--output-fields=MESSAGE,MESSAGE_ID,PRIORITY,SYSLOG_IDENTIFIER,_SYSTEMD_UNIT,_COMM",
            &lines,
            &since,
        ],
        JOURNAL_LIMIT,
        true,
    )?;
    Ok(Log { events: journal::parse(&output), system_log_readable: journal_readable(), window })
}

/// The journal's files, persistent or of this boot.
fn journal_files() -> impl Iterator<Item = std::path::PathBuf> {
    ["/var/log/journal", "/run/log/journal"]
        .into_iter()
        .filter_map(|root| std::fs::read_dir(root).ok())
        .flatten()
        .flatten()
        .filter_map(|machine| std::fs::read_dir(machine.path()).ok())
        .flatten()
        .flatten()
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "journal"))
}

fn has_journal() -> bool {
    journal_files().next().is_some()
}

/// Members of adm and systemd-journal may read it; others see their own programs alone.
fn journal_readable() -> bool {
    journal_files()
        .any(|path| path.file_name().is_some_and(|name| name == "system.journal") && std::fs::File::open(&path).is_ok())
}

fn read_syslog(now: DateTime<Utc>, since: DateTime<Utc>, window: Duration) -> Result<Log, ProbeError> {
    let path = ["/var/log/syslog", "/var/log/messages"]
        .into_iter()
        .find(|path| Path::new(path).exists())
        .ok_or_else(|| ProbeError::NotPresent("neither a journal nor a system log".to_owned()))?;
    let text = tail(path).map_err(|error| ProbeError::from_io(path, &error))?;
    let events: Vec<Event> =
        syslog::parse(&text, now).into_iter().filter(|event| event.at >= since).take(MAX_EVENTS).collect();
    Ok(Log { events, system_log_readable: true, window })
}

fn tail(path: &str) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
