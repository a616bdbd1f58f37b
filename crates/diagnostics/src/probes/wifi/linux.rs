use std::path::Path;
use std::time::Duration;

use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::OwnedObjectPath;

use super::{Radio, proc_wireless};
use crate::{ProbeError, limited_file};

const MANAGER: &str = "org.freedesktop.NetworkManager";
/// NM_DEVICE_TYPE_WIFI
const WIFI: u32 = 2;
/// NM_DEVICE_STATE_ACTIVATED
const ACTIVATED: u32 = 100;

/// The kernel says which interfaces have a radio and how strong it is; NetworkManager, where it runs, knows the rest.
pub(super) fn read() -> Result<Vec<Radio>, ProbeError> {
    let names = radios_of_kernel();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let signals = limited_file::read("/proc/net/wireless").map(|text| proc_wireless::parse(&text)).unwrap_or_default();
    let managed = ask_network_manager().unwrap_or_default();
    Ok(names.into_iter().map(|name| merge(name, &signals, &managed)).collect())
}

/// NetworkManager's word, completed by the kernel's signal in dBm, which it does not pass on.
fn merge(name: String, signals: &[Radio], managed: &[Radio]) -> Radio {
    let signal = signals.iter().find(|radio| radio.interface == name);
    match (managed.iter().find(|radio| radio.interface == name), signal) {
        (Some(managed), signal) => Radio { signal_dbm: signal.and_then(|signal| signal.signal_dbm), ..managed.clone() },
        (None, Some(signal)) => signal.clone(),
        (None, None) => {
            let state = limited_file::read_trimmed(Path::new("/sys/class/net").join(&name).join("operstate"));
            Radio { connected: state.as_deref() == Some("up"), interface: name, ..Radio::default() }
        }
    }
}

fn radios_of_kernel() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir("/sys/class/net")
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().join("phy80211").exists() || entry.path().join("wireless").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn ask_network_manager() -> zbus::Result<Vec<Radio>> {
    let bus = connection::Builder::system()?.method_timeout(Duration::from_millis(150)).build()?;
    let manager = Proxy::new(&bus, MANAGER, "/org/freedesktop/NetworkManager", MANAGER)?;
    let devices: Vec<OwnedObjectPath> = manager.call("GetDevices", &())?;
    Ok(devices.iter().filter_map(|path| radio(&bus, path)).collect())
}

fn radio(bus: &Connection, path: &OwnedObjectPath) -> Option<Radio> {
    let device = Proxy::new(bus, MANAGER, path, "org.freedesktop.NetworkManager.Device").ok()?;
    if device.get_property::<u32>("DeviceType").ok()? != WIFI {
        return None;
    }
    let mut radio = Radio {
        interface: device.get_property("Interface").ok()?,
        connected: device.get_property::<u32>("State").is_ok_and(|state| state == ACTIVATED),
        ..Radio::default()
    };
    if radio.connected {
        let wireless = Proxy::new(bus, MANAGER, path, "org.freedesktop.NetworkManager.Device.Wireless").ok()?;
        // In kbit/s.
        radio.link_mbps = wireless.get_property::<u32>("Bitrate").ok().map(|rate| f64::from(rate) / 1000.0);
        if let Ok(point) = wireless.get_property::<OwnedObjectPath>("ActiveAccessPoint")
            && let Ok(point) = Proxy::new(bus, MANAGER, point, "org.freedesktop.NetworkManager.AccessPoint")
        {
            radio.signal_percent = point.get_property("Strength").ok();
            radio.frequency_mhz = point.get_property("Frequency").ok();
            radio.ssid = point.get_property("Ssid").ok();
        }
    }
    Some(radio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_dbm_completes_what_network_manager_says() {
        let managed =
            [Radio { connected: true, interface: "wlan0".to_owned(), signal_percent: Some(80), ..Radio::default() }];
        let signals = [Radio {
            connected: true,
            interface: "wlan0".to_owned(),
            signal_dbm: Some(-48),
            signal_percent: Some(88),
            ..Radio::default()
        }];
        let merged = merge("wlan0".to_owned(), &signals, &managed);
        assert_eq!((merged.signal_dbm, merged.signal_percent), (Some(-48), Some(80)));
        assert_eq!(merge("wlan0".to_owned(), &signals, &[]), signals[0]);
    }
}
