//! Room on each volume, mounts that turned read-only, and the health of the devices beneath.

#[cfg(any(target_os = "macos", test))]
mod diskutil;
#[cfg(any(target_os = "linux", test))]
mod mountinfo;
#[cfg(any(target_os = "linux", test))]
mod smartctl;
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
mod system;

use std::time::Duration;

use report::Privacy;
use serde::Serialize;
use serde_json::Value;

use crate::probe::answer;
use crate::{Context, Probe, ProbeError};

/// The probe.
pub const PROBE: Probe =
    Probe { name: "disks", time_box: Duration::from_millis(800), privacy: Privacy::Technical, run };

/// Local disks. Network shares are another probe's.
#[derive(Debug, Serialize)]
struct Disks {
    /// File systems with a place to write, fullest first.
    volumes: Vec<Volume>,
    /// Physical devices.
    devices: Vec<Device>,
}

/// A mounted file system.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Volume {
    /// Mount point or drive: `/home`, `C:\`.
    mount: String,
    /// `ext4`, `ntfs`, `apfs`.
    fs: String,
    /// Its size.
    total_bytes: u64,
    /// What an ordinary user can still write.
    free_bytes: u64,
    /// Share of the size that is free, 0 to 100, one decimal.
    free_percent: f64,
    /// Whether nothing can be written now.
    read_only: bool,
    /// Errors the file system has recorded in itself (ext4); `null` where it does not count.
    fs_errors: Option<u64>,
}

/// A physical device.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Device {
    /// Name the system gives it: `sda`, `PhysicalDrive0`.
    name: String,
    /// Maker's model.
    model: Option<String>,
    /// Spinning (`true`) or flash.
    rotational: Option<bool>,
    /// Its capacity.
    size_bytes: Option<u64>,
    /// What it says of itself.
    health: Health,
    /// The sign of failing: `smart`, `offline`, `array_degraded`, `end_of_life`.
    health_reason: Option<&'static str>,
}

/// What a device says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Health {
    /// It predicts no failure.
    Ok,
    /// It predicts or shows failure.
    Failing,
    /// It does not say, or we may not ask.
    Unknown,
}

/// Most volumes and devices told.
const MAX_LISTED: usize = 32;

fn run(_: &Context) -> Result<Value, ProbeError> {
    let mut disks = system::read()?;
    disks.volumes.sort_by(|a, b| a.free_percent.total_cmp(&b.free_percent));
    disks.volumes.truncate(MAX_LISTED);
    disks.devices.truncate(MAX_LISTED);
    answer(disks)
}

/// Share of `total` in percent, one decimal; an empty volume counts as free.
fn free_percent(free: u64, total: u64) -> f64 {
    if total == 0 {
        return 100.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "one decimal of a percentage")]
    let share = free as f64 / total as f64;
    (share * 1000.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_percent_has_one_decimal() {
        assert!((free_percent(1, 3) - 33.3).abs() < 1e-9);
        assert!((free_percent(0, 0) - 100.0).abs() < 1e-9);
        assert!((free_percent(0, 10) - 0.0).abs() < 1e-9);
    }
}
