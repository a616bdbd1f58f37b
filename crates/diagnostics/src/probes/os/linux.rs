use std::path::Path;

use chrono::{DateTime, Local, Utc};

use super::{Release, os_release, package_log};
use crate::{ProbeError, limited_file};

pub(super) fn read() -> Result<Release, ProbeError> {
    // os-release(5): /etc first, /usr/lib where /etc is empty.
    let text = limited_file::read("/etc/os-release")
        .or_else(|_| limited_file::read("/usr/lib/os-release"))
        .map_err(|error| ProbeError::from_io("os-release", &error))?;
    let mut release = os_release::parse(&text);
    name_astra_fully(&mut release);
    Ok(Release {
        name: release.id,
        version: release.version,
        build: release.build,
        kernel: limited_file::read_trimmed("/proc/sys/kernel/osrelease").unwrap_or_default(),
        last_update_at: last_update(),
        failed_updates: None,
        pretty_name: release.pretty_name,
    })
}

/// Astra's os-release names neither the update nor the edition; `/etc/astra/build_version` (1.7.5.16) does.
fn name_astra_fully(release: &mut os_release::OsRelease) {
    if release.id == "astra"
        && let Some(build) = limited_file::read_trimmed("/etc/astra/build_version")
    {
        release.pretty_name = format!("{} {build}", release.pretty_name);
        release.build = Some(build);
    }
}

/// The latest sign of packages having been changed. The logs are readable by everyone on Debian and Astra; on the
/// others the database itself shows the time of the last transaction.
fn last_update() -> Option<DateTime<Utc>> {
    let logged = [
        limited_log("/var/log/dpkg.log").and_then(|text| package_log::last_of_dpkg_log(&text)),
        limited_log("/var/log/dnf.rpm.log").and_then(|text| package_log::last_of_dnf_log(&text)),
    ]
    .into_iter()
    .flatten()
    .filter_map(|naive| naive.and_local_timezone(Local).latest())
    .map(|local| local.with_timezone(&Utc))
    .max();
    logged.or_else(|| {
        [
            "/var/lib/rpm/rpmdb.sqlite",
            "/usr/lib/sysimage/rpm/rpmdb.sqlite",
            "/var/lib/rpm/Packages",
            "/var/lib/dpkg/status",
        ]
        .iter()
        .filter_map(|path| Path::new(path).metadata().ok()?.modified().ok())
        .max()
        .map(DateTime::from)
    })
}

/// The end of a log that may be long.
fn limited_log(path: &str) -> Option<String> {
    use std::io::{Read, Seek, SeekFrom};
    const TAIL_BYTES: u64 = 256 * 1024;
    let mut file = std::fs::File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES))).ok()?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
