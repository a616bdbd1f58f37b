//! Wi-Fi: how well the radio reaches, and whether two people sit in the same network, without its name.

#[cfg(any(target_os = "linux", test))]
mod proc_wireless;
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
mod system;

use std::time::Duration;

use report::Privacy;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::probe::answer;
use crate::{Context, Probe, ProbeError};

/// The probe.
pub const PROBE: Probe = Probe { name: "wifi", time_box: Duration::from_millis(300), privacy: Privacy::Personal, run };

/// The radio in use. What the driver does not tell is `null`.
#[derive(Debug, Serialize)]
struct Wifi {
    /// Whether it is part of a network.
    connected: bool,
    /// Signal strength, in dBm: -50 is good, -75 poor.
    signal_dbm: Option<i32>,
    /// Quality of the signal as the system puts it, 0 to 100.
    signal_percent: Option<u8>,
    /// 2.4, 5 or 6.
    band_ghz: Option<f64>,
    /// First 16 hex digits of SHA-256 over the collector's URL and the network's name: equal for two people of one
    /// organisation in one network, and meaningless elsewhere.
    ssid_hash: Option<String>,
    /// Name of the interface.
    interface: String,
    /// Speed agreed upon for sending, in Mbit/s.
    link_mbps: Option<f64>,
}

/// What a system tells of a radio.
#[derive(Debug, Clone, PartialEq, Default)]
struct Radio {
    connected: bool,
    signal_dbm: Option<i32>,
    signal_percent: Option<u8>,
    frequency_mhz: Option<u32>,
    ssid: Option<Vec<u8>>,
    interface: String,
    link_mbps: Option<f64>,
}

fn run(context: &Context) -> Result<Value, ProbeError> {
    let mut radios = system::read()?;
    // The one that is connected, where there are several.
    radios.sort_by_key(|radio| !radio.connected);
    let radio = radios.into_iter().next().ok_or_else(|| ProbeError::NotPresent("no Wi-Fi adapter".to_owned()))?;
    let salt = context.collector_url.as_deref().unwrap_or_default();
    answer(describe(radio, salt))
}

fn describe(radio: Radio, salt: &str) -> Wifi {
    Wifi {
        connected: radio.connected,
        signal_percent: radio.signal_percent,
        band_ghz: radio.frequency_mhz.and_then(band_ghz),
        ssid_hash: radio.ssid.filter(|ssid| !ssid.is_empty()).map(|ssid| ssid_hash(&ssid, salt)),
        signal_dbm: radio.signal_dbm,
        interface: radio.interface,
        link_mbps: radio.link_mbps,
    }
}

/// The band a channel's frequency lies in.
fn band_ghz(mhz: u32) -> Option<f64> {
    match mhz {
        2_400..=2_500 => Some(2.4),
        4_900..=5_924 => Some(5.0),
        5_925..=7_125 => Some(6.0),
        _ => None,
    }
}

fn ssid_hash(ssid: &[u8], salt: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"redbutton ssid\0");
    hash.update(salt.as_bytes());
    hash.update(b"\0");
    hash.update(ssid);
    hex::encode(&hash.finalize()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_networks_name_leaves_only_as_a_hash_that_differs_by_organisation() {
        let radio =
            Radio {
                connected: true, ssid: Some("Квартира 12".into()), frequency_mhz: Some(5180), ..Radio::default()
            };
        let here = serde_json::to_string(&describe(radio.clone(), "https://a.example")).unwrap();
        assert!(!here.contains("Квартира"));
        let there = serde_json::to_string(&describe(radio.clone(), "https://b.example")).unwrap();
        assert_ne!(here, there);
        assert_eq!(here, serde_json::to_string(&describe(radio, "https://a.example")).unwrap());
    }

    #[test]
    fn bands_follow_the_frequency() {
        assert_eq!(band_ghz(2437), Some(2.4));
        assert_eq!(band_ghz(5180), Some(5.0));
        assert_eq!(band_ghz(5955), Some(6.0));
        assert_eq!(band_ghz(0), None);
    }
}
