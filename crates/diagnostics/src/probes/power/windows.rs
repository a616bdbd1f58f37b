use windows::Win32::Foundation::{ERROR_SUCCESS, HLOCAL, LocalFree};
use windows::Win32::System::Power::{
    CallNtPowerInformation, GetSystemPowerStatus, PROCESSOR_POWER_INFORMATION, PowerGetActiveScheme,
    PowerReadFriendlyName, ProcessorInformation, SYSTEM_POWER_STATUS,
};
use windows::core::GUID;

use super::Power;
use crate::ProbeError;
use crate::wide::from_wide;

pub(super) fn read() -> Result<Power, ProbeError> {
    let mut status = SYSTEM_POWER_STATUS::default();
    // SAFETY: the pointer is to a live struct.
    unsafe { GetSystemPowerStatus(&raw mut status) }
        .map_err(|error| ProbeError::Failed(format!("GetSystemPowerStatus: {error}")))?;
    let (on_battery, battery_percent) = judge(&status);
    Ok(Power { on_battery, battery_percent, battery_health_percent: None, plan: plan(), throttled: throttled() })
}

/// BatteryFlag 128 is "no battery", 255 "unknown"; so is 255 elsewhere.
fn judge(status: &SYSTEM_POWER_STATUS) -> (Option<bool>, Option<u8>) {
    const NO_BATTERY: u8 = 128;
    const UNKNOWN: u8 = 255;
    if status.BatteryFlag == UNKNOWN || status.BatteryFlag & NO_BATTERY != 0 {
        return (None, None);
    }
    let on_battery = match status.ACLineStatus {
        0 => Some(true),
        1 => Some(false),
        _ => None,
    };
    (on_battery, Some(status.BatteryLifePercent).filter(|percent| *percent <= 100))
}

/// The plan's name in the user's language.
fn plan() -> Option<String> {
    let mut scheme: *mut GUID = std::ptr::null_mut();
    // SAFETY: the pointer is to a live variable.
    if unsafe { PowerGetActiveScheme(None, &raw mut scheme) } != ERROR_SUCCESS || scheme.is_null() {
        return None;
    }
    let mut buffer = [0_u16; 256];
    let mut bytes = u32::try_from(size_of_val(&buffer)).unwrap_or(0);
    // SAFETY: the scheme is one the system gave, and `bytes` is the buffer's size.
    let code = unsafe {
        PowerReadFriendlyName(None, Some(scheme), None, None, Some(buffer.as_mut_ptr().cast()), &raw mut bytes)
    };
    // SAFETY: the memory came from PowerGetActiveScheme, which says to free it so.
    unsafe { LocalFree(Some(HLOCAL(scheme.cast()))) };
    (code == ERROR_SUCCESS).then(|| from_wide(&buffer)).filter(|name| !name.is_empty())
}

/// Whether any processor's limit lies well below what it can do.
fn throttled() -> Option<bool> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    // Processor groups: 64 at most answer.
    let mut all = vec![PROCESSOR_POWER_INFORMATION::default(); processors.min(64)];
    let bytes = u32::try_from(size_of_val(all.as_slice())).ok()?;
    // SAFETY: the buffer has `bytes` bytes.
    let status = unsafe { CallNtPowerInformation(ProcessorInformation, None, 0, Some(all.as_mut_ptr().cast()), bytes) };
    status.is_ok().then(|| all.iter().any(|one| one.MaxMhz > 0 && one.MhzLimit * 10 < one.MaxMhz * 9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desktop_has_no_battery_and_a_laptop_tells_its_charge() {
        let status = |line, flag, percent| SYSTEM_POWER_STATUS {
            ACLineStatus: line,
            BatteryFlag: flag,
            BatteryLifePercent: percent,
            ..SYSTEM_POWER_STATUS::default()
        };
        assert_eq!(judge(&status(1, 128, 255)), (None, None));
        assert_eq!(judge(&status(0, 2, 17)), (Some(true), Some(17)));
        assert_eq!(judge(&status(1, 8, 255)), (Some(false), None));
        assert_eq!(judge(&status(255, 255, 255)), (None, None));
    }
}
