use std::ffi::CString;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Device, Disks, Health, Volume, free_percent, mountinfo, smartctl};
use crate::{ProbeError, command, limited_file};

/// How long all questions to smartctl may take together.
const SMART_BUDGET: Duration = Duration::from_millis(500);

pub(super) fn read() -> Result<Disks, ProbeError> {
    let text = limited_file::read("/proc/self/mountinfo").map_err(|error| ProbeError::from_io("mountinfo", &error))?;
    let volumes = mountinfo::local_volumes(mountinfo::parse(&text)).into_iter().filter_map(volume).collect();
    Ok(Disks { volumes, devices: devices(Path::new("/sys"), Instant::now() + SMART_BUDGET) })
}

fn volume(mount: mountinfo::Mount) -> Option<Volume> {
    let path = CString::new(mount.mount_point.as_str()).ok()?;
    // SAFETY: all-zero bytes are a valid statvfs.
    let mut stat: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path is a C string and the pointer is to a live statvfs.
    if unsafe { libc::statvfs(path.as_ptr(), &raw mut stat) } != 0 || stat.f_blocks == 0 {
        return None;
    }
    // What root keeps for itself is neither free nor anybody's: counted as used, as df does.
    let total = stat.f_blocks.saturating_mul(stat.f_frsize);
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let node = std::fs::canonicalize(&mount.source).ok();
    let fs_errors = node
        .as_deref()
        .and_then(Path::file_name)
        .and_then(|name| limited_file::read_number(Path::new("/sys/fs/ext4").join(name).join("errors_count")));
    Some(Volume {
        mount: mount.mount_point,
        fs: mount.fs,
        total_bytes: total,
        free_bytes: free,
        free_percent: free_percent(free, total),
        read_only: mount.read_only,
        fs_errors,
    })
}

fn devices(sys: &Path, give_up: Instant) -> Vec<Device> {
    let mut names: Vec<String> = std::fs::read_dir(sys.join("block"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.into_iter().filter_map(|name| device(sys, name, give_up)).collect()
}

fn device(sys: &Path, name: String, give_up: Instant) -> Option<Device> {
    let block = sys.join("block").join(&name);
    let array_degraded = limited_file::read_number::<u32>(block.join("md/degraded"));
    // Loop, ram, zram and device mapper have no hardware under this name; an array is told for its health.
    if !block.join("device").exists() && array_degraded.is_none() {
        return None;
    }
    let attribute = |path: &str| limited_file::read_trimmed(block.join(path));
    // Sectors here are 512 bytes whatever the hardware's are.
    let size_bytes = limited_file::read_number::<u64>(block.join("size")).map(|sectors| sectors * 512);
    // A card reader's empty slot, an optical drive.
    if size_bytes == Some(0) || name.starts_with("sr") {
        return None;
    }
    let (health, health_reason) = if array_degraded.is_some_and(|missing| missing > 0) {
        (Health::Failing, Some("array_degraded"))
    } else if attribute("device/state").is_some_and(|state| matches!(state.as_str(), "offline" | "dead" | "blocked")) {
        (Health::Failing, Some("offline"))
    } else {
        match attribute("device/pre_eol_info").as_deref() {
            // eMMC: 2 is "80 % of reserved blocks used", 3 "urgent" (JEDEC 84-B51).
            Some("0x02" | "0x03") => (Health::Failing, Some("end_of_life")),
            Some("0x01") => (Health::Ok, None),
            _ if array_degraded.is_some() => (Health::Ok, None),
            _ => match smart(&name, give_up) {
                Health::Failing => (Health::Failing, Some("smart")),
                other => (other, None),
            },
        }
    };
    Some(Device {
        model: attribute("device/model").or_else(|| attribute("device/name")),
        rotational: attribute("queue/rotational").map(|flag| flag == "1"),
        size_bytes,
        health,
        health_reason,
        name,
    })
}

fn smart(name: &str, give_up: Instant) -> Health {
    let left = give_up.saturating_duration_since(Instant::now());
    let program = ["/usr/sbin/smartctl", "/sbin/smartctl"].into_iter().find(|path| Path::new(path).exists());
    let Some(program) = program.filter(|_| !left.is_zero()) else { return Health::Unknown };
    // --nocheck: a disk asleep is left asleep.
    let node = format!("/dev/{name}");
    command::output(program, &["--json", "--health", "--nocheck=standby", &node], left, false)
        .map_or(Health::Unknown, |json| smartctl::parse(&json))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("{text}\n")).unwrap();
    }

    #[test]
    fn devices_are_hardware_and_arrays_with_their_state() {
        let sys = tempfile::tempdir().unwrap();
        let root = sys.path();
        write(root, "block/test-hdd/size", "1953525168");
        write(root, "block/test-hdd/queue/rotational", "1");
        write(root, "block/test-hdd/device/model", "WDC WD10EZEX-08W");
        write(root, "block/test-hdd/device/state", "offline");
        write(root, "block/mmcblk0/size", "61071360");
        write(root, "block/mmcblk0/queue/rotational", "0");
        write(root, "block/mmcblk0/device/name", "DF4032");
        write(root, "block/mmcblk0/device/pre_eol_info", "0x01");
        write(root, "block/md0/size", "1000");
        write(root, "block/md0/md/degraded", "1");
        write(root, "block/loop0/size", "8");
        write(root, "block/sr0/size", "2097151");
        write(root, "block/sr0/device/model", "DVD-RW");
        let devices = devices(root, Instant::now());
        let told: Vec<_> =
            devices.iter().map(|device| (device.name.as_str(), device.health, device.health_reason)).collect();
        assert_eq!(
            told,
            [
                ("md0", Health::Failing, Some("array_degraded")),
                ("mmcblk0", Health::Ok, None),
                ("test-hdd", Health::Failing, Some("offline")),
            ]
        );
        assert_eq!(devices[2].size_bytes, Some(1_000_204_886_016));
        assert_eq!(devices[2].rotational, Some(true));
        assert_eq!(devices[1].model.as_deref(), Some("DF4032"));
    }
}
