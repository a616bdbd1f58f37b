//! Which operating system this is, how old its patches are and whether updates fail.

#[cfg(any(target_os = "macos", test))]
mod install_history;
#[cfg(any(target_os = "linux", test))]
mod os_release;
#[cfg(any(target_os = "linux", test))]
mod package_log;
#[cfg(any(windows, test))]
mod windows_name;
#[cfg(any(windows, test))]
mod windows_update;

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
mod system;

use std::time::Duration;

use chrono::{DateTime, Utc};
use report::{OsFamily, Privacy};
use serde::Serialize;
use serde_json::Value;

use crate::probe::answer;
use crate::{Context, Probe, ProbeError};

/// The probe.
pub const PROBE: Probe = Probe { name: "os", time_box: Duration::from_millis(200), privacy: Privacy::Technical, run };

/// The operating system.
#[derive(Debug, Serialize)]
struct Os {
    /// Family, as in enrolment.
    family: OsFamily,
    /// Short name: `debian`, `astra`, `altlinux`, `redos`, `rosa` (os-release `ID`), `windows`, `macos`.
    name: String,
    /// Its version as users know it; empty for a rolling distribution.
    version: String,
    /// Build number: `22631.3296` on Windows, `23E224` on macOS, `BUILD_ID` where a distribution has one.
    build: Option<String>,
    /// Kernel version.
    kernel: String,
    /// `x86_64`, `aarch64`, …
    architecture: &'static str,
    /// When updates were last installed.
    last_update_at: Option<DateTime<Utc>>,
    /// Whole days since then.
    patch_age_days: Option<i64>,
    /// Updates that failed and have not succeeded since; `null` where the system does not count them.
    failed_updates: Option<u32>,
    /// For people: `Astra Linux 1.7.5 (Smolensk)`.
    pretty_name: String,
}

/// What a system tells of itself; [`Os`] adds what is the same everywhere.
struct Release {
    name: String,
    version: String,
    build: Option<String>,
    kernel: String,
    last_update_at: Option<DateTime<Utc>>,
    failed_updates: Option<u32>,
    pretty_name: String,
}

fn run(context: &Context) -> Result<Value, ProbeError> {
    answer(describe(system::read()?, context.now))
}

fn describe(release: Release, now: DateTime<Utc>) -> Os {
    let patch_age_days = release.last_update_at.map(|at| now.signed_duration_since(at).num_days().max(0));
    Os {
        family: if cfg!(windows) {
            OsFamily::Windows
        } else if cfg!(target_os = "macos") {
            OsFamily::Macos
        } else {
            OsFamily::Linux
        },
        name: release.name,
        version: release.version,
        build: release.build,
        kernel: release.kernel,
        architecture: std::env::consts::ARCH,
        last_update_at: release.last_update_at,
        patch_age_days,
        failed_updates: release.failed_updates,
        pretty_name: release.pretty_name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patch_age_counts_whole_days_and_is_never_negative() {
        let release = |at: &str| Release {
            name: "debian".to_owned(),
            version: "12".to_owned(),
            build: None,
            kernel: "6.1".to_owned(),
            last_update_at: Some(at.parse().unwrap()),
            failed_updates: None,
            pretty_name: "Debian".to_owned(),
        };
        let now = "2026-03-10T12:00:00Z".parse().unwrap();
        assert_eq!(describe(release("2026-03-01T13:00:00Z"), now).patch_age_days, Some(8));
        assert_eq!(describe(release("2026-03-11T00:00:00Z"), now).patch_age_days, Some(0));
    }
}
