use windows_registry::LOCAL_MACHINE;

use super::{Release, windows_name, windows_update};
use crate::{ProbeError, event_log};

pub(super) fn read() -> Result<Release, ProbeError> {
    let key = LOCAL_MACHINE
        .open(r"SOFTWARE\Microsoft\Windows NT\CurrentVersion")
        .map_err(|error| ProbeError::Failed(format!("CurrentVersion: {error}")))?;
    let text =
        |name: &str| key.get_string(name).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    // `get_u32` of a value that is not there fails like any other.
    let number = |name: &str| key.get_u32(name).ok();
    let build = text("CurrentBuildNumber").or_else(|| text("CurrentBuild")).unwrap_or_default();
    let named = windows_name::name(&windows_name::Registry {
        product: text("ProductName").unwrap_or_default(),
        display_version: text("DisplayVersion").or_else(|| text("ReleaseId")),
        build,
        revision: number("UBR"),
        major: number("CurrentMajorVersionNumber"),
        minor: number("CurrentMinorVersionNumber"),
    });
    // The log cannot be read everywhere; what the registry says stands without it.
    let updates = windows_update::read(&event_log::System).ok();
    Ok(Release {
        name: "windows".to_owned(),
        version: named.version,
        build: Some(named.build),
        kernel: named.kernel,
        last_update_at: updates.as_ref().and_then(|updates| updates.last_installed_at),
        failed_updates: updates.map(|updates| updates.failed),
        pretty_name: named.pretty,
    })
}
