use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use windows::Win32::Foundation::{ERROR_BUFFER_OVERFLOW, ERROR_SUCCESS, GlobalFree, HGLOBAL};
use windows::Win32::NetworkManagement::IpHelper::{
    GAA_FLAG_INCLUDE_GATEWAYS, GAA_FLAG_SKIP_ANYCAST, GAA_FLAG_SKIP_MULTICAST, GetAdaptersAddresses, ICMP_ECHO_REPLY,
    IP_ADAPTER_ADDRESSES_LH, IcmpCloseHandle, IcmpCreateFile, IcmpSendEcho, SendARP,
};
use windows::Win32::NetworkManagement::Ndis::IfOperStatusUp;
use windows::Win32::Networking::WinHttp::{
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG, WinHttpGetIEProxyConfigForCurrentUser,
};
use windows::Win32::Networking::WinSock::{AF_INET, AF_INET6, SOCKADDR_IN, SOCKADDR_IN6, SOCKET_ADDRESS};
use windows::core::PWSTR;

use super::dial::{self, DialError};
use super::proxy::{self, Setting};
use super::target::{Scheme, Target};
use super::{Interface, InterfaceKind, NextHop, Reach};
use crate::ProbeError;

/// ipifcons.h
const LOOPBACK: u32 = 24;

/// What is read of an adapter.
struct Adapter {
    name: String,
    description: String,
    if_type: u32,
    tunnel_type: i32,
    up: bool,
    index: u32,
    metric: u32,
    addresses: Vec<IpAddr>,
    gateways: Vec<IpAddr>,
    dns_servers: Vec<IpAddr>,
}

pub(super) fn interfaces() -> Result<Vec<Interface>, ProbeError> {
    Ok(adapters()?
        .into_iter()
        .map(|adapter| {
            let kind = judge_kind(adapter.if_type, adapter.tunnel_type, &adapter.description);
            Interface::new(adapter.name, kind, adapter.up, adapter.addresses)
        })
        .collect())
}

/// By type where it says enough, else by the driver's own words: VPN clients pass for Ethernet.
fn judge_kind(if_type: u32, tunnel_type: i32, description: &str) -> InterfaceKind {
    const ETHERNET: u32 = 6;
    const PPP: u32 = 23;
    const PROPRIETARY_VIRTUAL: u32 = 53;
    const WIFI: u32 = 71;
    const TUNNEL: u32 = 131;
    const MOBILE: std::ops::RangeInclusive<u32> = 243..=244;
    let says = |words: &[&str]| {
        let description = description.to_lowercase();
        words.iter().any(|word| description.contains(word))
    };
    // Teredo, 6to4, ISATAP: always there, lead nowhere a person went.
    if if_type == TUNNEL && tunnel_type != 0 {
        return InterfaceKind::Other;
    }
    if says(&[
        "vpn",
        "tap-",
        "wintun",
        "wireguard",
        "anyconnect",
        "fortinet",
        "checkpoint",
        "check point",
        "vipnet",
        "kerio",
        "openconnect",
        "globalprotect",
        "juniper",
    ]) {
        return InterfaceKind::Vpn;
    }
    if says(&[
        "hyper-v virtual ethernet",
        "virtualbox",
        "vmware virtual",
        "docker",
        "wsl",
        "wi-fi direct virtual",
        "bluetooth",
        "npcap",
        "loopback",
    ]) {
        return InterfaceKind::Other;
    }
    match if_type {
        WIFI => InterfaceKind::Wifi,
        PPP | PROPRIETARY_VIRTUAL | TUNNEL => InterfaceKind::Vpn,
        ETHERNET => InterfaceKind::Ethernet,
        mobile if MOBILE.contains(&mobile) => InterfaceKind::Ethernet,
        _ => InterfaceKind::Other,
    }
}

fn adapters() -> Result<Vec<Adapter>, ProbeError> {
    const FAMILY_ANY: u32 = 0;
    let flags = GAA_FLAG_INCLUDE_GATEWAYS | GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST;
    // Microsoft's own advice: begin with 15 KB, try again a few times, for adapters come and go. Words of 64 bits keep
    // the structs aligned.
    let mut bytes = 15 * 1024_u32;
    let mut buffer: Vec<u64> = Vec::new();
    let mut code = ERROR_BUFFER_OVERFLOW.0;
    for _ in 0..3 {
        buffer = vec![0; (bytes as usize).div_ceil(8)];
        // SAFETY: the buffer has at least `bytes` bytes.
        code =
            unsafe { GetAdaptersAddresses(FAMILY_ANY, flags, None, Some(buffer.as_mut_ptr().cast()), &raw mut bytes) };
        if code != ERROR_BUFFER_OVERFLOW.0 {
            break;
        }
    }
    if code != ERROR_SUCCESS.0 {
        return Err(ProbeError::Failed(format!("GetAdaptersAddresses: error {code}")));
    }
    let mut found = Vec::new();
    let mut next = buffer.as_ptr().cast::<IP_ADAPTER_ADDRESSES_LH>();
    while !next.is_null() {
        // SAFETY: entries lie within the buffer, which is alive and was filled by the call.
        let entry = unsafe { &*next };
        if entry.IfType != LOOPBACK {
            found.push(adapter(entry));
        }
        next = entry.Next;
    }
    Ok(found)
}

fn adapter(entry: &IP_ADAPTER_ADDRESSES_LH) -> Adapter {
    let text = |text: PWSTR| {
        if text.is_null() {
            return String::new();
        }
        // SAFETY: not null, and texts of the list end with NUL within its buffer.
        String::from_utf16_lossy(unsafe { text.as_wide() })
    };
    let (mut addresses, mut gateways, mut dns_servers) = (Vec::new(), Vec::new(), Vec::new());
    let mut unicast = entry.FirstUnicastAddress;
    while !unicast.is_null() {
        // SAFETY: not null, and within the list's buffer.
        let one = unsafe { &*unicast };
        addresses.extend(address_of(&one.Address));
        unicast = one.Next;
    }
    let mut gateway = entry.FirstGatewayAddress;
    while !gateway.is_null() {
        // SAFETY: as above.
        let one = unsafe { &*gateway };
        gateways.extend(address_of(&one.Address));
        gateway = one.Next;
    }
    let mut server = entry.FirstDnsServerAddress;
    while !server.is_null() {
        // SAFETY: as above.
        let one = unsafe { &*server };
        dns_servers.extend(address_of(&one.Address));
        server = one.Next;
    }
    // SAFETY: the variant with the index is the one GetAdaptersAddresses fills in.
    let index = unsafe { entry.Anonymous1.Anonymous.IfIndex };
    Adapter {
        name: text(entry.FriendlyName),
        description: text(entry.Description),
        if_type: entry.IfType,
        tunnel_type: entry.TunnelType.0,
        up: entry.OperStatus == IfOperStatusUp,
        index: if index == 0 { entry.Ipv6IfIndex } else { index },
        metric: entry.Ipv4Metric,
        addresses,
        gateways,
        dns_servers,
    }
}

fn address_of(address: &SOCKET_ADDRESS) -> Option<IpAddr> {
    if address.lpSockaddr.is_null() {
        return None;
    }
    // SAFETY: not null, and every address begins with its family.
    let family = unsafe { (*address.lpSockaddr).sa_family };
    if family == AF_INET {
        // SAFETY: the family says which struct it is.
        let v4 = unsafe { address.lpSockaddr.cast::<SOCKADDR_IN>().read_unaligned() };
        // SAFETY: every view of the union is plain bytes.
        Some(Ipv4Addr::from(unsafe { v4.sin_addr.S_un.S_addr }.to_ne_bytes()).into())
    } else if family == AF_INET6 {
        // SAFETY: as above.
        let v6 = unsafe { address.lpSockaddr.cast::<SOCKADDR_IN6>().read_unaligned() };
        // SAFETY: as above.
        Some(Ipv6Addr::from(unsafe { v6.sin6_addr.u.Byte }).into())
    } else {
        None
    }
}

pub(super) fn next_hop() -> Option<NextHop> {
    let mut adapters: Vec<Adapter> =
        adapters().ok()?.into_iter().filter(|adapter| adapter.up && !adapter.gateways.is_empty()).collect();
    adapters.sort_by_key(|adapter| adapter.metric);
    let adapter = adapters.into_iter().next()?;
    let address =
        adapter.gateways.iter().copied().find(IpAddr::is_ipv4).or_else(|| adapter.gateways.first().copied())?;
    Some(NextHop { address, interface_index: adapter.index })
}

pub(super) fn dns_servers() -> Vec<IpAddr> {
    // fec0:0:0:ffff::1 to 3 stand where no server was given.
    let placeholder = |address: &IpAddr| matches!(address, IpAddr::V6(v6) if v6.segments()[0] == 0xfec0);
    let mut servers = Vec::new();
    for adapter in adapters().unwrap_or_default().into_iter().filter(|adapter| adapter.up) {
        for server in adapter.dns_servers {
            if !placeholder(&server) && !servers.contains(&server) {
                servers.push(server);
            }
        }
    }
    servers
}

/// An echo, else a connection, else ARP.
pub(super) fn reach(hop: &NextHop, give_up: Instant) -> Reach {
    const ECHO_MS: u32 = 700;
    const CONNECT: Duration = Duration::from_millis(250);
    if let IpAddr::V4(v4) = hop.address
        && let Some(rtt) = echo(v4, ECHO_MS)
    {
        return Reach { ok: Some(true), rtt: Some(rtt) };
    }
    let host = match hop.address {
        IpAddr::V6(v6) if v6.is_unicast_link_local() => return Reach::default(),
        address => address.to_string(),
    };
    let target = Target { scheme: Scheme::Tcp, host, port: 53, path: String::new() };
    let started = Instant::now();
    match dial::connect(&target, give_up.min(started + CONNECT)) {
        Ok((_, rtt)) => Reach { ok: Some(true), rtt: Some(rtt) },
        Err(DialError::Refused) => Reach { ok: Some(true), rtt: Some(started.elapsed()) },
        Err(_) => match hop.address {
            IpAddr::V4(v4) => Reach { ok: arp(v4), rtt: None },
            IpAddr::V6(_) => Reach::default(),
        },
    }
}

fn echo(address: Ipv4Addr, limit_ms: u32) -> Option<Duration> {
    const DATA: &[u8; 8] = b"redbuttn";
    // A reply, the data, and room for an ICMP error, as the documentation asks.
    const REPLY_WORDS: usize = (size_of::<ICMP_ECHO_REPLY>() + 8 + 8).div_ceil(8);
    let mut reply = [0_u64; REPLY_WORDS];
    // SAFETY: takes nothing.
    let handle = unsafe { IcmpCreateFile() }.ok()?;
    let started = Instant::now();
    // SAFETY: the handle is open; both buffers are live and have the sizes given.
    let replies = unsafe {
        IcmpSendEcho(
            handle,
            u32::from_ne_bytes(address.octets()),
            DATA.as_ptr().cast(),
            8,
            None,
            reply.as_mut_ptr().cast(),
            u32::try_from(REPLY_WORDS * 8).unwrap_or(0),
            limit_ms,
        )
    };
    let took = started.elapsed();
    // SAFETY: the handle is open, and this is its only owner. Nothing could be done about a failure.
    let _ = unsafe { IcmpCloseHandle(handle) };
    // SAFETY: with a reply the buffer begins with one.
    (replies > 0 && unsafe { reply.as_ptr().cast::<ICMP_ECHO_REPLY>().read_unaligned() }.Status == 0).then_some(took)
}

/// `false` only where the question was asked and stayed unanswered. The call gives up by itself after about three
/// seconds, which is too long for the box: it is left behind.
fn arp(address: Ipv4Addr) -> Option<bool> {
    const ERROR_BAD_NET_NAME: u32 = 67;
    const LIMIT: Duration = Duration::from_millis(1200);
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::Builder::new()
        .name("ask by ARP".to_owned())
        .spawn(move || {
            let mut hardware = [0_u8; 8];
            let mut length = 8;
            // SAFETY: the buffer has `length` bytes and the pointer is to a live variable.
            let code = unsafe {
                SendARP(u32::from_ne_bytes(address.octets()), 0, hardware.as_mut_ptr().cast(), &raw mut length)
            };
            // Nobody listens any more if the time is over.
            let _ = sender.send(code);
        })
        .ok()?;
    match receiver.recv_timeout(LIMIT) {
        Ok(0) => Some(true),
        Ok(ERROR_BAD_NET_NAME) => Some(false),
        // An answer on the own wire takes milliseconds; but no answer yet is no proof.
        Ok(_) | Err(_) => None,
    }
}

/// The user's own setting, as browsers use it. Automatic detection (WPAD) is on by default everywhere and mostly finds
/// nothing; it is not taken for a proxy.
pub(super) fn proxy() -> Setting {
    let mut config = WINHTTP_CURRENT_USER_IE_PROXY_CONFIG::default();
    // SAFETY: the pointer is to a live struct.
    if unsafe { WinHttpGetIEProxyConfigForCurrentUser(&raw mut config) }.is_err() {
        return Setting::default();
    }
    let (script, server, bypass) =
        (taken(config.lpszAutoConfigUrl), taken(config.lpszProxy), taken(config.lpszProxyBypass));
    proxy::of_windows(script, server.as_deref(), bypass.as_deref().unwrap_or_default())
}

/// A text the call gave, which is ours to free.
fn taken(text: PWSTR) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not null, and the text ends with NUL.
    let own = String::from_utf16_lossy(unsafe { text.as_wide() });
    // SAFETY: the documentation says to free it so, and nothing borrows from it any more.
    let _ = unsafe { GlobalFree(Some(HGLOBAL(text.0.cast()))) };
    Some(own).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adapters_are_told_apart_by_type_and_words() {
        assert_eq!(judge_kind(6, 0, "Intel(R) Ethernet Connection I219-LM"), InterfaceKind::Ethernet);
        assert_eq!(judge_kind(71, 0, "Intel(R) Wi-Fi 6 AX201 160MHz"), InterfaceKind::Wifi);
        assert_eq!(judge_kind(71, 0, "Microsoft Wi-Fi Direct Virtual Adapter"), InterfaceKind::Other);
        assert_eq!(judge_kind(6, 0, "Cisco AnyConnect Secure Mobility Client Virtual Miniport"), InterfaceKind::Vpn);
        assert_eq!(judge_kind(53, 0, "TAP-Windows Adapter V9"), InterfaceKind::Vpn);
        assert_eq!(judge_kind(6, 0, "Hyper-V Virtual Ethernet Adapter"), InterfaceKind::Other);
        assert_eq!(judge_kind(131, 14, "Microsoft Teredo Tunneling Adapter"), InterfaceKind::Other);
        assert_eq!(judge_kind(23, 0, "Office"), InterfaceKind::Vpn);
    }
}
