use objc2_core_wlan::{CWChannelBand, CWWiFiClient};

use super::Radio;
use crate::ProbeError;

/// CoreWLAN. The network's name is given only to programs allowed to know the place, so it is mostly `null`.
pub(super) fn read() -> Result<Vec<Radio>, ProbeError> {
    // SAFETY: CWWiFiClient is documented to be usable from any thread; so are the getters below.
    let Some(interface) = (unsafe { CWWiFiClient::sharedWiFiClient().interface() }) else { return Ok(Vec::new()) };
    // SAFETY: as above.
    let (channel, rssi, rate, name, ssid) = unsafe {
        (
            interface.wlanChannel(),
            interface.rssiValue(),
            interface.transmitRate(),
            interface.interfaceName(),
            interface.ssidData(),
        )
    };
    let connected = channel.is_some() && rssi != 0;
    // SAFETY: as above.
    let frequency_mhz = channel.map(|channel| unsafe { channel.channelBand() }).and_then(|band| match band {
        CWChannelBand::Band2GHz => Some(2_437),
        CWChannelBand::Band5GHz => Some(5_180),
        CWChannelBand::Band6GHz => Some(5_955),
        _ => None,
    });
    Ok(vec![Radio {
        connected,
        signal_dbm: i32::try_from(rssi).ok().filter(|_| connected),
        signal_percent: None,
        // A frequency that stands for the band, which is all that is told on.
        frequency_mhz,
        ssid: ssid.map(|ssid| ssid.to_vec()),
        interface: name.map(|name| name.to_string()).unwrap_or_default(),
        link_mbps: Some(rate).filter(|_| connected),
    }])
}
