use super::{Release, install_history};
use crate::{ProbeError, sysctl};

pub(super) fn read() -> Result<Release, ProbeError> {
    let path = "/System/Library/CoreServices/SystemVersion.plist";
    let bytes = std::fs::read(path).map_err(|error| ProbeError::from_io(path, &error))?;
    let (name, version, build) = install_history::system_version(&bytes)
        .ok_or_else(|| ProbeError::Failed(format!("{path}: not as expected")))?;
    let last_update_at = std::fs::read("/Library/Receipts/InstallHistory.plist")
        .ok()
        .and_then(|bytes| install_history::last_update(&bytes));
    Ok(Release {
        name: "macos".to_owned(),
        pretty_name: format!("{name} {version}"),
        version,
        build: Some(build),
        kernel: sysctl::text(c"kern.osrelease").unwrap_or_default(),
        last_update_at,
        failed_updates: None,
    })
}
