use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Crash, Life};
use crate::{ProbeError, limited_file};

pub(super) fn read(_now: DateTime<Utc>) -> Result<Life, ProbeError> {
    Ok(Life {
        uptime: uptime()?,
        last_boot_reason: None,
        reboot_pending_reasons: pending_reasons(),
        last_crash: last_crash(),
    })
}

/// CLOCK_BOOTTIME counts sleep too, as /proc/uptime does, and is not shadowed in containers.
fn uptime() -> Result<Duration, ProbeError> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live timespec.
    if unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut time) } != 0 {
        return Err(ProbeError::from_io("clock_gettime", &std::io::Error::last_os_error()));
    }
    Ok(Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0)))
}

fn pending_reasons() -> Vec<String> {
    let mut reasons = Vec::new();
    // Debian, Ubuntu, Astra: update-notifier and unattended-upgrades leave these.
    let flags = ["/run/reboot-required", "/var/run/reboot-required"];
    if flags.iter().any(|path| Path::new(path).exists()) {
        reasons = limited_file::read("/run/reboot-required.pkgs").map(|text| packages(&text)).unwrap_or_default();
        if reasons.is_empty() {
            reasons.push("reboot_required".to_owned());
        }
    }
    // Everywhere else: the running kernel's modules have gone, so nothing more can be loaded until a restart. Only where
    // the distribution keeps modules in that place at all; containers and fixed kernels do not.
    if let Some(running) = limited_file::read_trimmed("/proc/sys/kernel/osrelease") {
        let installed: Vec<String> = ["/lib/modules", "/usr/lib/modules"]
            .iter()
            .filter_map(|path| std::fs::read_dir(path).ok())
            .flatten()
            .flatten()
            .filter(|entry| entry.path().join("modules.dep").exists())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        if kernel_replaced(&running, &installed) {
            reasons.push("kernel_replaced".to_owned());
        }
    }
    reasons
}

fn packages(text: &str) -> Vec<String> {
    let mut names: Vec<String> =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

/// Whether the running kernel is one of a family the distribution has replaced on disk. A kernel with a suffix no
/// installed one shares (a container's host, a self-built kernel) proves nothing.
fn kernel_replaced(running: &str, installed: &[String]) -> bool {
    let flavour =
        |version: &str| -> String { version.chars().skip_while(|letter| !letter.is_ascii_alphabetic()).collect() };
    let family = flavour(running);
    !installed.iter().any(|version| version == running)
        && !family.is_empty()
        && installed.iter().any(|version| flavour(version) == family)
}

/// pstore keeps what the kernel said as it died; systemd-pstore moves it to /var/lib/systemd/pstore.
fn last_crash() -> Option<Crash> {
    ["/sys/fs/pstore", "/var/lib/systemd/pstore", "/var/crash"]
        .iter()
        .filter_map(|path| std::fs::read_dir(path).ok())
        .flatten()
        .flatten()
        .filter(|entry| is_crash_trace(&entry.file_name().to_string_lossy(), entry.path().is_dir()))
        .filter_map(|entry| entry.metadata().ok()?.modified().ok())
        .max()
        .map(|at| Crash { at: DateTime::<Utc>::from(at), kind: "kernel_panic" })
}

/// `dmesg-efi-170…` in pstore; a directory of digits (`202602271015`, or the epoch under systemd) holding a kdump.
/// Apport's `*.crash` files of programs in /var/crash are not crashes of the system.
fn is_crash_trace(name: &str, is_directory: bool) -> bool {
    name.starts_with("dmesg-")
        || (is_directory && name.len() >= 8 && name.chars().all(|letter| letter.is_ascii_digit()))
        || (is_directory && name.starts_with("127.0.0.1-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_kernel_whose_modules_were_replaced_waits_for_a_restart() {
        let installed = ["6.1.0-19-amd64".to_owned()];
        assert!(!kernel_replaced("6.1.0-19-amd64", &installed));
        assert!(!kernel_replaced("6.6.7-custom", &installed));
        assert!(!kernel_replaced("6.1.0-18-amd64", &[]));
        // The flavour begins at the first letter, so it is the same across versions.
        assert!(kernel_replaced("6.1.0-18-amd64", &installed));
        assert!(kernel_replaced("5.15.0-70-generic", &["5.15.0-83-generic".to_owned()]));
    }

    #[test]
    fn packages_that_ask_for_a_restart_are_told_once() {
        assert_eq!(
            packages("linux-image-6.1.0-19-amd64\n\ndbus\nlinux-image-6.1.0-19-amd64\n"),
            ["dbus", "linux-image-6.1.0-19-amd64"]
        );
    }

    #[test]
    fn crash_traces_are_told_from_programs_reports() {
        assert!(is_crash_trace("dmesg-efi-170901234501001", false));
        assert!(is_crash_trace("202602271015", true));
        assert!(!is_crash_trace("_usr_bin_gedit.1000.crash", false));
        assert!(!is_crash_trace("kdump_lock", false));
    }
}
