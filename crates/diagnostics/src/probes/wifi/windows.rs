use std::ffi::c_void;

use windows::Win32::Foundation::{ERROR_ACCESS_DENIED, ERROR_SERVICE_NOT_ACTIVE, HANDLE};
use windows::Win32::NetworkManagement::WiFi::{
    WLAN_CONNECTION_ATTRIBUTES, WLAN_INTERFACE_INFO, WLAN_INTERFACE_INFO_LIST, WLAN_INTF_OPCODE,
    WLAN_OPCODE_VALUE_TYPE, wlan_interface_state_connected, wlan_intf_opcode_channel_number,
    wlan_intf_opcode_current_connection, wlan_intf_opcode_rssi,
};
use windows::Win32::System::LibraryLoader::{GetProcAddress, LOAD_LIBRARY_SEARCH_SYSTEM32, LoadLibraryExW};
use windows::core::{GUID, PCSTR, s, w};

use super::Radio;
use crate::ProbeError;
use crate::wide::from_wide;

/// The WLAN API, found at run time: servers come without wlanapi.dll, and a program linked to it would not even start.
struct Api {
    open: unsafe extern "system" fn(u32, *const c_void, *mut u32, *mut HANDLE) -> u32,
    close: unsafe extern "system" fn(HANDLE, *const c_void) -> u32,
    enumerate: unsafe extern "system" fn(HANDLE, *const c_void, *mut *mut WLAN_INTERFACE_INFO_LIST) -> u32,
    query: unsafe extern "system" fn(
        HANDLE,
        *const GUID,
        WLAN_INTF_OPCODE,
        *const c_void,
        *mut u32,
        *mut *mut c_void,
        *mut WLAN_OPCODE_VALUE_TYPE,
    ) -> u32,
    free: unsafe extern "system" fn(*const c_void),
}

impl Api {
    fn load() -> Option<Self> {
        // SAFETY: a library of the system's own, which stays loaded.
        let library = unsafe { LoadLibraryExW(w!("wlanapi.dll"), None, LOAD_LIBRARY_SEARCH_SYSTEM32) }.ok()?;
        // SAFETY: the library is loaded and the name ends with NUL.
        let function = |name: PCSTR| unsafe { GetProcAddress(library, name) };
        // SAFETY: each signature is that of the function's documentation (wlanapi.h).
        unsafe {
            Some(Self {
                open: std::mem::transmute::<unsafe extern "system" fn() -> isize, _>(function(s!("WlanOpenHandle"))?),
                close: std::mem::transmute::<unsafe extern "system" fn() -> isize, _>(function(s!("WlanCloseHandle"))?),
                enumerate: std::mem::transmute::<unsafe extern "system" fn() -> isize, _>(function(s!(
                    "WlanEnumInterfaces"
                ))?),
                query: std::mem::transmute::<unsafe extern "system" fn() -> isize, _>(function(s!(
                    "WlanQueryInterface"
                ))?),
                free: std::mem::transmute::<unsafe extern "system" fn() -> isize, _>(function(s!("WlanFreeMemory"))?),
            })
        }
    }
}

/// A connection to the WLAN service, closed when dropped.
struct Client {
    api: Api,
    handle: HANDLE,
}

impl Drop for Client {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and this is its only owner.
        unsafe { (self.api.close)(self.handle, std::ptr::null()) };
    }
}

pub(super) fn read() -> Result<Vec<Radio>, ProbeError> {
    // WLAN_API_VERSION_2_0
    const VERSION: u32 = 2;
    let Some(api) = Api::load() else { return Ok(Vec::new()) };
    let (mut negotiated, mut handle) = (0, HANDLE::default());
    // SAFETY: the pointers are to live variables.
    let code = unsafe { (api.open)(VERSION, std::ptr::null(), &raw mut negotiated, &raw mut handle) };
    if code == ERROR_SERVICE_NOT_ACTIVE.0 {
        return Ok(Vec::new());
    }
    if code != 0 {
        return Err(failed("WlanOpenHandle", code));
    }
    let client = Client { api, handle };
    let mut list: *mut WLAN_INTERFACE_INFO_LIST = std::ptr::null_mut();
    // SAFETY: the handle is open and the pointer is to a live variable.
    let code = unsafe { (client.api.enumerate)(client.handle, std::ptr::null(), &raw mut list) };
    if code != 0 || list.is_null() {
        return Err(failed("WlanEnumInterfaces", code));
    }
    // SAFETY: on success the list has `dwNumberOfItems` entries, which begin at its array.
    let interfaces = unsafe {
        std::slice::from_raw_parts(
            (&raw const (*list).InterfaceInfo).cast::<WLAN_INTERFACE_INFO>(),
            (*list).dwNumberOfItems as usize,
        )
    };
    let radios = interfaces
        .iter()
        .map(|interface| {
            let name = from_wide(&interface.strInterfaceDescription);
            if interface.isState == wlan_interface_state_connected {
                connected(&client, &interface.InterfaceGuid, name)
            } else {
                Ok(Radio { interface: name, ..Radio::default() })
            }
        })
        .collect();
    // SAFETY: the memory came from the API, and nothing borrows from it any more.
    unsafe { (client.api.free)(list.cast()) };
    radios
}

fn connected(client: &Client, interface: &GUID, name: String) -> Result<Radio, ProbeError> {
    let attributes: WLAN_CONNECTION_ATTRIBUTES = query(client, interface, wlan_intf_opcode_current_connection)?;
    let association = attributes.wlanAssociationAttributes;
    let length = (association.dot11Ssid.uSSIDLength as usize).min(association.dot11Ssid.ucSSID.len());
    Ok(Radio {
        connected: true,
        signal_dbm: query::<i32>(client, interface, wlan_intf_opcode_rssi).ok(),
        signal_percent: u8::try_from(association.wlanSignalQuality.min(100)).ok(),
        frequency_mhz: query::<u32>(client, interface, wlan_intf_opcode_channel_number).ok().and_then(frequency_of),
        ssid: Some(association.dot11Ssid.ucSSID[..length].to_vec()),
        interface: name,
        // In kbit/s.
        link_mbps: Some(f64::from(association.ulTxRate) / 1000.0),
    })
}

/// A frequency within the band of a channel's number. Those of 6 GHz repeat numbers of the others and are told as them;
/// the API has no better before Windows 11.
fn frequency_of(channel: u32) -> Option<u32> {
    match channel {
        1..=14 => Some(2407 + channel * 5),
        32..=177 => Some(5000 + channel * 5),
        _ => None,
    }
}

fn query<T: Copy>(client: &Client, interface: &GUID, opcode: WLAN_INTF_OPCODE) -> Result<T, ProbeError> {
    let mut bytes = 0;
    let mut data: *mut c_void = std::ptr::null_mut();
    // SAFETY: the handle is open, the pointers are to live variables, and the last may be null.
    let code = unsafe {
        (client.api.query)(
            client.handle,
            interface,
            opcode,
            std::ptr::null(),
            &raw mut bytes,
            &raw mut data,
            std::ptr::null_mut(),
        )
    };
    if code != 0 || data.is_null() {
        return Err(failed("WlanQueryInterface", code));
    }
    // SAFETY: the data is of the type documented for the opcode, if there are bytes for one.
    let value = (bytes as usize >= size_of::<T>()).then(|| unsafe { data.cast::<T>().read_unaligned() });
    // SAFETY: the memory came from the API, and nothing borrows from it any more.
    unsafe { (client.api.free)(data) };
    value.ok_or_else(|| failed("WlanQueryInterface", 0))
}

/// From Windows 11 24H2 the network in use is told only where the user lets programs know the place.
fn failed(what: &str, code: u32) -> ProbeError {
    let text = format!("{what}: error {code}");
    if code == ERROR_ACCESS_DENIED.0 { ProbeError::AccessDenied(text) } else { ProbeError::Failed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_lie_in_their_bands() {
        assert_eq!(frequency_of(6), Some(2437));
        assert_eq!(frequency_of(36), Some(5180));
        assert_eq!(frequency_of(0), None);
    }
}
