use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Instant;

use core_foundation::array::CFArray;
use core_foundation::base::{CFType, TCFType};
use core_foundation::dictionary::CFDictionary;
use core_foundation::number::CFNumber;
use core_foundation::string::CFString;
use system_configuration::dynamic_store::{SCDynamicStore, SCDynamicStoreBuilder};
use system_configuration::network_configuration::{SCNetworkInterfaceType, get_interfaces};

use super::proxy::{self, Mode, Setting};
use super::{Interface, InterfaceKind, NextHop, Reach, unix};
use crate::ProbeError;

pub(super) fn interfaces() -> Result<Vec<Interface>, ProbeError> {
    let found = unix::interfaces().map_err(|error| ProbeError::from_io("getifaddrs", &error))?;
    let kinds = kinds();
    Ok(found
        .into_iter()
        .filter(|(_, one)| one.flags & libc::IFF_LOOPBACK.cast_unsigned() == 0)
        .map(|(name, one)| {
            let up =
                one.flags & libc::IFF_UP.cast_unsigned() != 0 && one.flags & libc::IFF_RUNNING.cast_unsigned() != 0;
            let tunnel = ["utun", "ipsec", "ppp", "tun", "tap"].iter().any(|prefix| name.starts_with(prefix));
            let mut interface = Interface::new(name, InterfaceKind::Other, up, one.addresses);
            interface.kind = match kinds.get(&interface.name) {
                Some(kind) => *kind,
                // The system keeps tunnels of its own (Handoff, iCloud relay), with link-local addresses alone.
                None if tunnel && interface.reaches_far() => InterfaceKind::Vpn,
                None => InterfaceKind::Other,
            };
            interface
        })
        .collect())
}

/// What SystemConfiguration calls hardware.
fn kinds() -> HashMap<String, InterfaceKind> {
    get_interfaces()
        .iter()
        .filter_map(|interface| {
            let kind = match interface.interface_type()? {
                SCNetworkInterfaceType::IEEE80211 => InterfaceKind::Wifi,
                SCNetworkInterfaceType::Ethernet
                | SCNetworkInterfaceType::Bond
                | SCNetworkInterfaceType::VLAN
                | SCNetworkInterfaceType::WWAN => InterfaceKind::Ethernet,
                SCNetworkInterfaceType::PPP | SCNetworkInterfaceType::L2TP | SCNetworkInterfaceType::IPSec => {
                    InterfaceKind::Vpn
                }
                _ => return None,
            };
            Some((interface.bsd_name()?.to_string(), kind))
        })
        .collect()
}

fn store() -> Option<SCDynamicStore> {
    SCDynamicStoreBuilder::new("redbutton").build()
}

/// A dictionary of the dynamic store.
fn dictionary(store: &SCDynamicStore, key: &str) -> Option<CFDictionary<CFString, CFType>> {
    let value = store.get(CFString::new(key))?.downcast_into::<CFDictionary>()?;
    // SAFETY: the store's dictionaries have strings for keys; the reference is retained anew.
    Some(unsafe { CFDictionary::wrap_under_get_rule(value.as_concrete_TypeRef()) })
}

fn text(values: &CFDictionary<CFString, CFType>, key: &str) -> Option<String> {
    Some(values.find(CFString::new(key))?.downcast::<CFString>()?.to_string())
}

fn number(values: &CFDictionary<CFString, CFType>, key: &str) -> Option<i64> {
    values.find(CFString::new(key))?.downcast::<CFNumber>()?.to_i64()
}

fn texts(values: &CFDictionary<CFString, CFType>, key: &str) -> Vec<String> {
    let Some(array) = values.find(CFString::new(key)).and_then(|value| value.downcast::<CFArray>()) else {
        return Vec::new();
    };
    // SAFETY: arrays of the store hold objects of CoreFoundation; the reference is retained anew.
    let array: CFArray<CFType> = unsafe { CFArray::wrap_under_get_rule(array.as_concrete_TypeRef()) };
    array.iter().filter_map(|item| Some(item.downcast::<CFString>()?.to_string())).collect()
}

pub(super) fn next_hop() -> Option<NextHop> {
    let store = store()?;
    ["State:/Network/Global/IPv4", "State:/Network/Global/IPv6"].into_iter().find_map(|key| {
        let values = dictionary(&store, key)?;
        let interface = std::ffi::CString::new(text(&values, "PrimaryInterface")?).ok()?;
        let router = text(&values, "Router")?;
        Some(NextHop {
            address: router.split('%').next()?.parse().ok()?,
            // SAFETY: the name is a C string.
            interface_index: unsafe { libc::if_nametoindex(interface.as_ptr()) },
        })
    })
}

pub(super) fn reach(hop: &NextHop, give_up: Instant) -> Reach {
    unix::reach(hop, give_up)
}

pub(super) fn dns_servers() -> Vec<IpAddr> {
    let servers = store()
        .and_then(|store| dictionary(&store, "State:/Network/Global/DNS"))
        .map(|values| texts(&values, "ServerAddresses"))
        .unwrap_or_default();
    servers.iter().filter_map(|server| server.split('%').next()?.parse().ok()).collect()
}

pub(super) fn proxy() -> Setting {
    proxy::from_environment(&|name| std::env::var(name).ok()).or_else(of_system).unwrap_or_default()
}

fn of_system() -> Option<Setting> {
    let values = dictionary(&store()?, "State:/Network/Global/Proxies")?;
    if number(&values, "ProxyAutoConfigEnable") == Some(1) {
        return Some(Setting { mode: Mode::Pac, url: text(&values, "ProxyAutoConfigURLString"), bypass: Vec::new() });
    }
    let (host, port) = ["HTTPS", "HTTP"].into_iter().find_map(|scheme| {
        (number(&values, &format!("{scheme}Enable")) == Some(1)).then(|| {
            Some((text(&values, &format!("{scheme}Proxy"))?, number(&values, &format!("{scheme}Port")).unwrap_or(80)))
        })?
    })?;
    Some(Setting { mode: Mode::Manual, url: Some(format!("{host}:{port}")), bypass: texts(&values, "ExceptionsList") })
}
