use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Crash, Life};
use crate::{ProbeError, sysctl};

pub(super) fn read(now: DateTime<Utc>) -> Result<Life, ProbeError> {
    let started: libc::timeval =
        sysctl::value(c"kern.boottime").ok_or_else(|| ProbeError::Failed("kern.boottime".to_owned()))?;
    let uptime = now.timestamp().saturating_sub(started.tv_sec);
    Ok(Life {
        uptime: Duration::from_secs(u64::try_from(uptime).unwrap_or(0)),
        last_boot_reason: None,
        reboot_pending_reasons: Vec::new(),
        last_crash: last_panic(),
    })
}

/// The newest report of a kernel panic; the directory is readable by everybody.
fn last_panic() -> Option<Crash> {
    std::fs::read_dir("/Library/Logs/DiagnosticReports")
        .ok()?
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "panic"))
        .filter_map(|entry| entry.metadata().ok()?.modified().ok())
        .max()
        .map(|at| Crash { at: at.into(), kind: "kernel_panic" })
}
