use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use windows::Win32::System::SystemInformation::GetTickCount64;
use windows_registry::LOCAL_MACHINE;

use super::{Crash, Life, windows_start};
use crate::{ProbeError, event_log};

pub(super) fn read(now: DateTime<Utc>) -> Result<Life, ProbeError> {
    // SAFETY: takes nothing.
    let uptime = Duration::from_millis(unsafe { GetTickCount64() });
    let booted_at = now - TimeDelta::from_std(uptime).unwrap_or_default();
    let (last_boot_reason, logged) = windows_start::read(&event_log::System, booted_at);
    Ok(Life {
        uptime,
        last_boot_reason,
        reboot_pending_reasons: pending_reasons(),
        last_crash: [logged, last_dump()].into_iter().flatten().max_by_key(|crash| crash.at),
    })
}

/// The places where Windows and its installers note that a restart is due.
fn pending_reasons() -> Vec<String> {
    let exists = |path: &str| LOCAL_MACHINE.open(path).is_ok();
    let text = |path: &str, name: &str| LOCAL_MACHINE.open(path).ok()?.get_string(name).ok();
    let mut reasons = Vec::new();
    if exists(r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired") {
        reasons.push("windows_update".to_owned());
    }
    if exists(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending") {
        reasons.push("component_servicing".to_owned());
    }
    // Pairs of files, from and to; some programs leave empty ones behind.
    let renames = LOCAL_MACHINE
        .open(r"SYSTEM\CurrentControlSet\Control\Session Manager")
        .and_then(|key| key.get_multi_string("PendingFileRenameOperations"))
        .unwrap_or_default();
    if renames.iter().any(|path| !path.is_empty()) {
        reasons.push("file_rename".to_owned());
    }
    let name = |kind: &str| text(&format!(r"SYSTEM\CurrentControlSet\Control\ComputerName\{kind}"), "ComputerName");
    if let (Some(active), Some(next)) = (name("ActiveComputerName"), name("ComputerName"))
        && !active.eq_ignore_ascii_case(&next)
    {
        reasons.push("computer_rename".to_owned());
    }
    reasons
}

/// The newest dump: small ones in Minidump, the large one beside. Listing needs no rights, reading does.
fn last_dump() -> Option<Crash> {
    let root = PathBuf::from(std::env::var_os("SystemRoot")?);
    let small = std::fs::read_dir(root.join("Minidump")).into_iter().flatten().flatten().map(|entry| entry.path());
    small
        .filter(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("dmp")))
        .chain([root.join("MEMORY.DMP")])
        .filter_map(|path| path.metadata().ok()?.modified().ok())
        .max()
        .map(|at| Crash { at: at.into(), kind: "bugcheck" })
}
