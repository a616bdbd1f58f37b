use std::ffi::{c_char, c_void};

use core_foundation::base::{CFType, TCFType};
use core_foundation::boolean::CFBoolean;
use core_foundation::dictionary::{CFDictionary, CFMutableDictionaryRef};
use core_foundation::number::CFNumber;
use core_foundation::string::CFString;
use objc2_foundation::NSProcessInfo;

use super::Power;
use crate::ProbeError;

// IOKit/IOKitLib.h
#[link(name = "IOKit", kind = "framework")]
unsafe extern "C" {
    fn IOServiceMatching(name: *const c_char) -> *mut c_void;
    fn IOServiceGetMatchingService(main_port: u32, matching: *const c_void) -> u32;
    fn IORegistryEntryCreateCFProperties(
        entry: u32,
        properties: *mut CFMutableDictionaryRef,
        allocator: *const c_void,
        options: u32,
    ) -> i32;
    fn IOObjectRelease(object: u32) -> i32;
}

pub(super) fn read() -> Result<Power, ProbeError> {
    let low_power = NSProcessInfo::processInfo().isLowPowerModeEnabled();
    let mut power =
        Power { plan: Some(if low_power { "low-power" } else { "automatic" }.to_owned()), ..Power::default() };
    if let Some(battery) = battery() {
        let number = |key: &str| battery.find(CFString::new(key))?.downcast::<CFNumber>()?.to_i64();
        let share = |part: &str, whole: &str| {
            let (part, whole) = (number(part)?, number(whole)?);
            (whole > 0).then(|| u8::try_from((part * 100 / whole).clamp(0, 100)).unwrap_or(100))
        };
        power.on_battery = battery
            .find(CFString::new("ExternalConnected"))
            .and_then(|value| value.downcast::<CFBoolean>())
            .map(|connected| !bool::from(connected));
        power.battery_percent = share("CurrentCapacity", "MaxCapacity");
        // MaxCapacity is always 100 on Apple silicon; the raw one is in mAh everywhere.
        power.battery_health_percent = share("AppleRawMaxCapacity", "DesignCapacity");
    }
    Ok(power)
}

/// What the driver of the battery says; `None` on a desktop.
fn battery() -> Option<CFDictionary<CFString, CFType>> {
    // SAFETY: the name is a C string. The dictionary it returns is consumed by the next call.
    let service = unsafe { IOServiceGetMatchingService(0, IOServiceMatching(c"AppleSmartBattery".as_ptr())) };
    if service == 0 {
        return None;
    }
    let mut properties: CFMutableDictionaryRef = std::ptr::null_mut();
    // SAFETY: the service is open and the pointer is to a live variable; null is the default allocator.
    let code = unsafe { IORegistryEntryCreateCFProperties(service, &raw mut properties, std::ptr::null(), 0) };
    // SAFETY: the service is open, and this is its only owner.
    unsafe { IOObjectRelease(service) };
    if code != 0 || properties.is_null() {
        return None;
    }
    // SAFETY: on success the dictionary is ours to release; its keys are strings.
    Some(unsafe { CFDictionary::wrap_under_create_rule(properties.cast_const()) })
}
