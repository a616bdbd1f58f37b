use std::io::{self, Read};
use std::net::{IpAddr, UdpSocket};
use std::os::fd::{FromRawFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use super::neighbours::{self, State};
use super::proxy::{self, Mode, Setting};
use super::{Interface, InterfaceKind, NextHop, Reach, resolv_conf, routes, unix};
use crate::{ProbeError, limited_file};

pub(super) fn interfaces() -> Result<Vec<Interface>, ProbeError> {
    let mut found = unix::interfaces().map_err(|error| ProbeError::from_io("getifaddrs", &error))?;
    found.retain(|_, one| one.flags & loopback_flag() == 0);
    let class = Path::new("/sys/class/net");
    Ok(found
        .into_iter()
        .map(|(name, one)| {
            let device = class.join(&name);
            let kind = kind_of(&name, &device);
            // Reading `carrier` fails while the interface is off; tunnels have the state "unknown".
            let carries = limited_file::read_number::<u8>(device.join("carrier")).is_some_and(|carrier| carrier == 1);
            let on = one.flags & libc::IFF_UP.unsigned_abs() != 0;
            Interface::new(name, kind, on && carries, one.addresses)
        })
        .collect())
}

fn loopback_flag() -> u32 {
    libc::IFF_LOOPBACK.unsigned_abs()
}

fn kind_of(name: &str, device: &Path) -> InterfaceKind {
    let uevent = limited_file::read(device.join("uevent")).unwrap_or_default();
    let device_type = uevent.lines().find_map(|line| line.strip_prefix("DEVTYPE="));
    let hardware = limited_file::read_number::<u32>(device.join("type"));
    let is_tun = device.join("tun_flags").exists();
    let has_radio = device.join("wireless").exists() || device.join("phy80211").exists();
    judge_kind(name, device_type, hardware, is_tun, has_radio)
}

/// By the kernel's own word where it has one; names only for the ends of containers and virtual machines.
fn judge_kind(
    name: &str,
    device_type: Option<&str>,
    hardware: Option<u32>,
    is_tun: bool,
    has_radio: bool,
) -> InterfaceKind {
    // <linux/if_arp.h>
    const ETHER: u32 = 1;
    const PPP: u32 = 512;
    const TUNNEL: u32 = 768;
    const NONE: u32 = 65534;
    let machines_end =
        ["veth", "docker", "br-", "virbr", "vnet", "lxc", "lxd", "cni", "flannel", "cali", "podman", "dummy", "ifb"]
            .iter()
            .any(|prefix| name.starts_with(prefix));
    match (device_type, hardware) {
        _ if has_radio => InterfaceKind::Wifi,
        (Some("wlan"), _) => InterfaceKind::Wifi,
        (Some("wireguard" | "ppp"), _) => InterfaceKind::Vpn,
        (Some("bridge" | "dummy"), _) => InterfaceKind::Other,
        _ if machines_end => InterfaceKind::Other,
        // IPsec clients and OpenVPN use either kind of tun.
        _ if is_tun => InterfaceKind::Vpn,
        (_, Some(PPP | NONE)) => InterfaceKind::Vpn,
        // sit0, tunl0: always there, mostly unused.
        (_, Some(TUNNEL)) => InterfaceKind::Other,
        (_, Some(ETHER)) => InterfaceKind::Ethernet,
        (Some("wwan"), _) => InterfaceKind::Ethernet,
        _ => InterfaceKind::Other,
    }
}

pub(super) fn next_hop() -> Option<NextHop> {
    let index =
        |interface: &str| limited_file::read_number(Path::new("/sys/class/net").join(interface).join("ifindex"));
    let v4 = limited_file::read("/proc/net/route").ok().and_then(|text| routes::default_v4(&text));
    if let Some(hop) = v4 {
        return Some(NextHop { interface_index: index(&hop.interface)?, address: IpAddr::V4(hop.address) });
    }
    let hop = limited_file::read("/proc/net/ipv6_route").ok().and_then(|text| routes::default_v6(&text))?;
    Some(NextHop { interface_index: index(&hop.interface)?, address: IpAddr::V6(hop.address) })
}

pub(super) fn reach(hop: &NextHop, give_up: Instant) -> Reach {
    let reach = unix::reach(hop, give_up);
    if reach.ok.is_some() {
        return reach;
    }
    Reach { ok: ask_neighbours(hop, give_up), rtt: None }
}

/// Makes the kernel look for the next hop and reads what came of it. Two requests unanswered (one goes out each second)
/// are silence; a neighbour known from before that has not been asked anew is neither here nor there.
fn ask_neighbours(hop: &NextHop, give_up: Instant) -> Option<bool> {
    const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
    const SILENCE: Duration = Duration::from_millis(1100);
    // Any packet makes it look. Port 9 discards (RFC 863).
    if hop.address.is_ipv4() {
        let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
        // A refusal would be an answer too; what matters is the neighbour's state.
        let _ = socket.send_to(&[0], (hop.address, 9));
    }
    let started = Instant::now();
    loop {
        let state =
            dump_neighbours().ok().and_then(|dump| neighbours::state_of(&dump, hop.address, hop.interface_index));
        match state {
            Some(State::Answers) => return Some(true),
            Some(State::Silent) if started.elapsed() >= SILENCE => return Some(false),
            Some(State::Silent) if Instant::now() + BETWEEN_LOOKS < give_up => {}
            _ => return None,
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the kernel tells nobody when a neighbour answers, short of a subscription"
        )]
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

fn dump_neighbours() -> io::Result<Vec<u8>> {
    const MAX_BYTES: usize = 1024 * 1024;
    // SAFETY: takes plain numbers.
    let descriptor =
        unsafe { libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, libc::NETLINK_ROUTE) };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was just opened and nobody else owns it. As a file it can be written to and read from like one.
    let mut socket = std::fs::File::from(unsafe { OwnedFd::from_raw_fd(descriptor) });
    let limit = libc::timeval { tv_sec: 0, tv_usec: 200_000 };
    // SAFETY: the descriptor is open, and pointer and length are those of a live timeval.
    unsafe {
        libc::setsockopt(
            descriptor,
            libc::SOL_SOCKET,
            libc::SO_RCVTIMEO,
            (&raw const limit).cast(),
            libc::socklen_t::try_from(size_of::<libc::timeval>()).unwrap_or(0),
        );
    }
    // nlmsghdr (length, RTM_GETNEIGH, NLM_F_REQUEST | NLM_F_DUMP, sequence, port) and an empty ndmsg.
    let mut request = 28_u32.to_ne_bytes().to_vec();
    request.extend(30_u16.to_ne_bytes());
    request.extend(0x301_u16.to_ne_bytes());
    request.extend([0; 20]);
    io::Write::write_all(&mut socket, &request)?;
    let mut dump = Vec::new();
    let mut piece = vec![0; 32 * 1024];
    while dump.len() < MAX_BYTES {
        let length = socket.read(&mut piece)?;
        dump.extend_from_slice(&piece[..length]);
        if length == 0 || neighbours::is_complete(&piece[..length]) {
            break;
        }
    }
    Ok(dump)
}

pub(super) fn dns_servers() -> Vec<IpAddr> {
    let servers = limited_file::read("/etc/resolv.conf").map(|text| resolv_conf::servers(&text)).unwrap_or_default();
    // systemd-resolved's own address says nothing; behind it are the real ones.
    if servers.iter().all(IpAddr::is_loopback)
        && let Ok(text) = limited_file::read("/run/systemd/resolve/resolv.conf")
    {
        let behind = resolv_conf::servers(&text);
        if !behind.is_empty() {
            return behind;
        }
    }
    servers
}

pub(super) fn proxy() -> Setting {
    proxy::from_environment(&|name| std::env::var(name).ok()).or_else(kde).or_else(portal).unwrap_or_default()
}

/// KDE keeps its setting in a file of its own (kioslaverc), which its portal does not always answer for.
fn kde() -> Option<Setting> {
    let home = std::env::var_os("XDG_CONFIG_HOME")
        .map(std::path::PathBuf::from)
        .or_else(|| Some(std::path::PathBuf::from(std::env::var_os("HOME")?).join(".config")))?;
    parse_kioslaverc(&limited_file::read(home.join("kioslaverc")).ok()?)
}

/// `[Proxy Settings]`: `ProxyType` 1 is manual, 2 a script, 3 WPAD; `httpProxy` is `http://host port`.
fn parse_kioslaverc(text: &str) -> Option<Setting> {
    let section: Vec<&str> = text
        .lines()
        .skip_while(|line| line.trim() != "[Proxy Settings]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .collect();
    let value = |key: &str| {
        section
            .iter()
            .find_map(|line| line.split_once('=').filter(|(name, _)| name.trim() == key))
            .map(|(_, value)| value.trim())
    };
    match value("ProxyType")? {
        "1" => {
            let url = value("httpsProxy").or_else(|| value("httpProxy")).filter(|url| !url.is_empty())?;
            Some(Setting::manual(&url.replacen(' ', ":", 1), value("NoProxyFor").unwrap_or_default()))
        }
        "2" => {
            Some(Setting { mode: Mode::Pac, url: value("Proxy Config Script").map(str::to_owned), bypass: Vec::new() })
        }
        "3" => Some(Setting { mode: Mode::Pac, url: None, bypass: Vec::new() }),
        _ => None,
    }
}

/// GNOME and others: the desktop portal's ProxyResolver says which proxies lead to a place, script or not.
fn portal() -> Option<Setting> {
    // Outside of a desktop nobody would answer, and asking could start something.
    std::env::var_os("XDG_CURRENT_DESKTOP")?;
    let bus =
        zbus::blocking::connection::Builder::session().ok()?.method_timeout(Duration::from_millis(300)).build().ok()?;
    let resolver = zbus::blocking::Proxy::new(
        &bus,
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.ProxyResolver",
    )
    .ok()?;
    let proxies: Vec<String> = resolver.call("Lookup", &("https://example.com/",)).ok()?;
    let first = proxies.first().filter(|first| *first != "direct://")?;
    Some(Setting::manual(first, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_are_told_apart_by_the_kernels_word() {
        let kind = |name, device_type, hardware| judge_kind(name, device_type, Some(hardware), false, false);
        assert_eq!(kind("enp3s0", None, 1), InterfaceKind::Ethernet);
        assert_eq!(kind("bond0", Some("bond"), 1), InterfaceKind::Ethernet);
        assert_eq!(kind("wlp2s0", Some("wlan"), 1), InterfaceKind::Wifi);
        assert_eq!(judge_kind("wifi0", None, Some(1), false, true), InterfaceKind::Wifi);
        assert_eq!(kind("wg0", Some("wireguard"), 65534), InterfaceKind::Vpn);
        assert_eq!(judge_kind("tap0", None, Some(1), true, false), InterfaceKind::Vpn);
        assert_eq!(judge_kind("vnet3", None, Some(1), true, false), InterfaceKind::Other);
        assert_eq!(kind("ppp0", Some("ppp"), 512), InterfaceKind::Vpn);
        assert_eq!(kind("docker0", Some("bridge"), 1), InterfaceKind::Other);
        assert_eq!(kind("veth12ab", None, 1), InterfaceKind::Other);
        assert_eq!(kind("tunl0", None, 768), InterfaceKind::Other);
    }

    #[test]
    fn reads_the_proxy_of_kde() {
        let manual = parse_kioslaverc(
            "[General]\nx=1\n[Proxy Settings]\nProxyType=1\nhttpsProxy=http://proxy.corp.example 3128\nNoProxyFor=.corp.example,localhost\n[Other]\nProxyType=0\n",
        )
        .unwrap();
        assert_eq!(manual.public_url().as_deref(), Some("http://proxy.corp.example:3128"));
        assert_eq!(manual.bypass, [".corp.example", "localhost"]);
        let script =
            parse_kioslaverc("[Proxy Settings]\nProxyType=2\nProxy Config Script=http://wpad/p.pac\n").unwrap();
        assert_eq!(script.mode, Mode::Pac);
        assert_eq!(parse_kioslaverc("[Proxy Settings]\nProxyType=0\n"), None);
    }

    #[test]
    fn the_kernels_neighbours_can_be_dumped_by_anybody() {
        let dump = dump_neighbours().unwrap();
        assert!(neighbours::is_complete(&dump));
    }
}
