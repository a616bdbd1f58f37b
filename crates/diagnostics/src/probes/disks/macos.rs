use std::ffi::CStr;
use std::time::{Duration, Instant};

use super::{Device, Disks, Volume, diskutil, free_percent};
use crate::{ProbeError, command};

/// How long all questions to diskutil may take together.
const BUDGET: Duration = Duration::from_millis(550);
/// Where people's files lie: `/` itself is a sealed, read-only snapshot since macOS 11.
const DATA: &str = "/System/Volumes/Data";

pub(super) fn read() -> Result<Disks, ProbeError> {
    let give_up = Instant::now() + BUDGET;
    Ok(Disks { volumes: volumes()?, devices: devices(give_up) })
}

fn volumes() -> Result<Vec<Volume>, ProbeError> {
    // SAFETY: all-zero bytes are a valid statfs.
    let mut all: Vec<libc::statfs> = vec![unsafe { std::mem::zeroed() }; 128];
    let bytes = libc::c_int::try_from(size_of_val(all.as_slice())).unwrap_or(0);
    // SAFETY: the buffer has `bytes` bytes. MNT_NOWAIT: a server that has gone must not hang us.
    let count = unsafe { libc::getfsstat(all.as_mut_ptr(), bytes, libc::MNT_NOWAIT) };
    let count =
        usize::try_from(count).map_err(|_| ProbeError::from_io("getfsstat", &std::io::Error::last_os_error()))?;
    all.truncate(count);
    let mut volumes: Vec<Volume> = all.iter().filter_map(volume).collect();
    if let Some(data) = volumes.iter().position(|volume| volume.mount == DATA) {
        let mut data = volumes.remove(data);
        "/".clone_into(&mut data.mount);
        volumes.retain(|volume| volume.mount != "/");
        volumes.push(data);
    }
    Ok(volumes)
}

fn volume(stat: &libc::statfs) -> Option<Volume> {
    // <sys/mount.h>: not shown in the Finder, which the other system volumes of APFS are.
    const DONT_BROWSE: u32 = 0x0010_0000;
    // SAFETY: the kernel ends the three texts with NUL.
    let text = |text: &[libc::c_char]| unsafe { CStr::from_ptr(text.as_ptr()) }.to_string_lossy().into_owned();
    let mount = text(&stat.f_mntonname);
    let hidden = stat.f_flags & DONT_BROWSE != 0 && mount != DATA;
    if hidden || !text(&stat.f_mntfromname).starts_with("/dev/") {
        return None;
    }
    let block = u64::from(stat.f_bsize);
    let (total, free) = (stat.f_blocks.saturating_mul(block), stat.f_bavail.saturating_mul(block));
    Some(Volume {
        mount,
        fs: text(&stat.f_fstypename),
        total_bytes: total,
        free_bytes: free,
        free_percent: free_percent(free, total),
        read_only: stat.f_flags & libc::MNT_RDONLY.cast_unsigned() != 0,
        fs_errors: None,
    })
}

fn devices(give_up: Instant) -> Vec<Device> {
    // Physical disks come first; images and containers of APFS follow.
    (0..4)
        .map(|number| format!("disk{number}"))
        .take_while(|name| std::path::Path::new("/dev").join(name).exists())
        .filter_map(|name| {
            let left = give_up.checked_duration_since(Instant::now())?;
            let answer = command::output("/usr/sbin/diskutil", &["info", "-plist", &name], left, false).ok()?;
            diskutil::device(&name, &answer)
        })
        .collect()
}
