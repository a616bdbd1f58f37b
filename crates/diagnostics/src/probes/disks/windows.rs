use std::fs::{File, OpenOptions};
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;

use windows::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE, HANDLE};
use windows::Win32::Storage::FileSystem::{
    FILE_SHARE_READ, FILE_SHARE_WRITE, GetDiskFreeSpaceExW, GetDriveTypeW, GetLogicalDriveStringsW,
    GetVolumeInformationW,
};
use windows::Win32::System::IO::DeviceIoControl;
use windows::Win32::System::Ioctl::{
    DEVICE_SEEK_PENALTY_DESCRIPTOR, IOCTL_STORAGE_PREDICT_FAILURE, IOCTL_STORAGE_QUERY_PROPERTY, PropertyStandardQuery,
    STORAGE_DEVICE_DESCRIPTOR, STORAGE_PREDICT_FAILURE, STORAGE_PROPERTY_ID, STORAGE_PROPERTY_QUERY,
    StorageDeviceProperty, StorageDeviceSeekPenaltyProperty,
};
use windows::core::PCWSTR;

use super::{Device, Disks, Health, Volume, free_percent};
use crate::ProbeError;
use crate::wide::{from_wide, to_wide};

/// winbase.h, winnt.h
const DRIVE_FIXED: u32 = 3;
const FILE_READ_ONLY_VOLUME: u32 = 0x0008_0000;
/// More physical drives than that are no workstation.
const MAX_DRIVES: u32 = 32;

pub(super) fn read() -> Result<Disks, ProbeError> {
    let mut buffer = [0_u16; 512];
    // SAFETY: the buffer is a live slice.
    let length = unsafe { GetLogicalDriveStringsW(Some(&mut buffer)) } as usize;
    if length == 0 || length > buffer.len() {
        return Err(ProbeError::from_io("GetLogicalDriveStrings", &std::io::Error::last_os_error()));
    }
    let volumes = buffer[..length]
        .split(|unit| *unit == 0)
        .filter(|name| !name.is_empty())
        .filter_map(|name| volume(&from_wide(name)))
        .collect();
    Ok(Disks { volumes, devices: (0..MAX_DRIVES).filter_map(device).collect() })
}

fn volume(root: &str) -> Option<Volume> {
    let path = to_wide(root);
    let path = PCWSTR(path.as_ptr());
    // SAFETY: the path ends with NUL and outlives the calls.
    if unsafe { GetDriveTypeW(path) } != DRIVE_FIXED {
        return None;
    }
    let (mut free, mut total) = (0, 0);
    // SAFETY: the pointers are to live variables. Fails for a volume that is locked (BitLocker) or has no file system.
    unsafe { GetDiskFreeSpaceExW(path, Some(&raw mut free), Some(&raw mut total), None) }.ok()?;
    let mut flags = 0;
    let mut fs = [0; 32];
    // SAFETY: the pointer and the slice are live.
    let told = unsafe { GetVolumeInformationW(path, None, None, None, Some(&raw mut flags), Some(&mut fs)) };
    Some(Volume {
        mount: root.to_owned(),
        fs: if told.is_ok() { from_wide(&fs).to_ascii_lowercase() } else { "unknown".to_owned() },
        total_bytes: total,
        free_bytes: free,
        free_percent: free_percent(free, total),
        read_only: told.is_ok() && flags & FILE_READ_ONLY_VOLUME != 0,
        fs_errors: None,
    })
}

fn device(number: u32) -> Option<Device> {
    let path = format!(r"\\.\PhysicalDrive{number}");
    let open = |access: u32| {
        OpenOptions::new().access_mode(access).share_mode(FILE_SHARE_READ.0 | FILE_SHARE_WRITE.0).open(&path)
    };
    // Without any access a drive still tells what it is; its prediction is for administrators.
    let drive = open(0).ok()?;
    let health = open(GENERIC_READ.0 | GENERIC_WRITE.0).map_or(Health::Unknown, |drive| predicted(&drive));
    Some(Device {
        name: format!("PhysicalDrive{number}"),
        model: model(&drive),
        rotational: query::<DEVICE_SEEK_PENALTY_DESCRIPTOR>(&drive, StorageDeviceSeekPenaltyProperty)
            .map(|descriptor| descriptor.IncursSeekPenalty),
        size_bytes: None,
        health,
        health_reason: (health == Health::Failing).then_some("smart"),
    })
}

fn predicted(drive: &File) -> Health {
    let mut answer = STORAGE_PREDICT_FAILURE::default();
    let bytes = u32::try_from(size_of::<STORAGE_PREDICT_FAILURE>()).unwrap_or(0);
    match control(drive, IOCTL_STORAGE_PREDICT_FAILURE, None, (&raw mut answer).cast(), bytes) {
        Some(_) if answer.PredictFailure != 0 => Health::Failing,
        Some(_) => Health::Ok,
        None => Health::Unknown,
    }
}

/// Vendor and product, which lie behind the descriptor as texts.
fn model(drive: &File) -> Option<String> {
    let mut buffer = [0_u8; 1024];
    let bytes = u32::try_from(buffer.len()).ok()?;
    let returned = ask(drive, StorageDeviceProperty, buffer.as_mut_ptr(), bytes)? as usize;
    if returned < size_of::<STORAGE_DEVICE_DESCRIPTOR>() {
        return None;
    }
    // SAFETY: the answer begins with a descriptor, and there are bytes for one. Its only `bool`s are written by the system.
    let descriptor = unsafe { buffer.as_ptr().cast::<STORAGE_DEVICE_DESCRIPTOR>().read_unaligned() };
    text_at(&buffer[..returned], descriptor.ProductIdOffset).map(|product| {
        text_at(&buffer[..returned], descriptor.VendorIdOffset)
            .filter(|vendor| !product.starts_with(vendor.as_str()))
            .map_or_else(|| product.clone(), |vendor| format!("{vendor} {product}"))
    })
}

/// A text at an offset, up to its NUL; offset 0 is "none".
fn text_at(buffer: &[u8], offset: u32) -> Option<String> {
    let rest = buffer.get(offset as usize..).filter(|_| offset != 0)?;
    let text = String::from_utf8_lossy(rest.split(|byte| *byte == 0).next()?).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn query<T: Copy + Default>(drive: &File, property: STORAGE_PROPERTY_ID) -> Option<T> {
    let mut answer = T::default();
    let bytes = u32::try_from(size_of::<T>()).ok()?;
    (ask(drive, property, (&raw mut answer).cast(), bytes)? == bytes).then_some(answer)
}

fn ask(drive: &File, property: STORAGE_PROPERTY_ID, answer: *mut u8, bytes: u32) -> Option<u32> {
    let query = STORAGE_PROPERTY_QUERY { PropertyId: property, QueryType: PropertyStandardQuery, ..Default::default() };
    control(drive, IOCTL_STORAGE_QUERY_PROPERTY, Some(&query), answer, bytes)
}

fn control(
    drive: &File,
    code: u32,
    query: Option<&STORAGE_PROPERTY_QUERY>,
    answer: *mut u8,
    bytes: u32,
) -> Option<u32> {
    let mut returned = 0;
    let input = query.map(|query| std::ptr::from_ref(query).cast());
    let input_bytes = if query.is_some() { u32::try_from(size_of::<STORAGE_PROPERTY_QUERY>()).ok()? } else { 0 };
    // SAFETY: the handle is open; both buffers are live and have the sizes given.
    unsafe {
        DeviceIoControl(
            HANDLE(drive.as_raw_handle()),
            code,
            input,
            input_bytes,
            Some(answer.cast()),
            bytes,
            Some(&raw mut returned),
            None,
        )
    }
    .ok()?;
    Some(returned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_behind_a_descriptor_end_at_their_nul_or_the_answers_end() {
        assert_eq!(text_at(b"....WDC  \0rest", 4).as_deref(), Some("WDC"));
        assert_eq!(text_at(b"....WDC", 4).as_deref(), Some("WDC"));
        assert_eq!(text_at(b"....", 0), None);
        assert_eq!(text_at(b"....", 99), None);
    }
}
