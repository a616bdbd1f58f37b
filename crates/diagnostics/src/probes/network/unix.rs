//! What Linux and macOS share: addresses by getifaddrs(3), and echo without root by datagram ICMP sockets.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::{Duration, Instant};

use super::dial::{self, DialError};
use super::target::{Scheme, Target};
use super::{NextHop, Reach};

/// An interface as getifaddrs(3) tells it.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub flags: u32,
    pub addresses: Vec<IpAddr>,
}

/// Interfaces by name, loopback included.
pub(super) fn interfaces() -> io::Result<BTreeMap<String, Found>> {
    let mut list: *mut libc::ifaddrs = std::ptr::null_mut();
    // SAFETY: the pointer is to a live variable; the list is freed below.
    if unsafe { libc::getifaddrs(&raw mut list) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut at = list;
    while !at.is_null() {
        // SAFETY: `at` is an entry of the list, which is alive until freeifaddrs.
        let entry = unsafe { &*at };
        // SAFETY: ifa_name is a C string of the same lifetime.
        let name = unsafe { std::ffi::CStr::from_ptr(entry.ifa_name) }.to_string_lossy().into_owned();
        let one = found.entry(name).or_default();
        one.flags = entry.ifa_flags;
        one.addresses.extend(address_of(entry.ifa_addr));
        at = entry.ifa_next;
    }
    // SAFETY: the list came from getifaddrs and nothing borrows from it any more.
    unsafe { libc::freeifaddrs(list) };
    Ok(found)
}

fn address_of(address: *const libc::sockaddr) -> Option<IpAddr> {
    if address.is_null() {
        return None;
    }
    // SAFETY: not null, and every address begins with its family.
    match i32::from(unsafe { (*address).sa_family }) {
        libc::AF_INET => {
            // SAFETY: the family says which struct it is; it may be less aligned than that struct asks.
            let v4 = unsafe { address.cast::<libc::sockaddr_in>().read_unaligned() };
            Some(Ipv4Addr::from(v4.sin_addr.s_addr.to_ne_bytes()).into())
        }
        libc::AF_INET6 => {
            // SAFETY: as above.
            let v6 = unsafe { address.cast::<libc::sockaddr_in6>().read_unaligned() };
            Some(Ipv6Addr::from(v6.sin6_addr.s6_addr).into())
        }
        _ => None,
    }
}

/// Asks the next hop for an echo, else for a connection: even a refusal comes from it. Silence to both says nothing,
/// and `ok` stays unknown.
pub(super) fn reach(hop: &NextHop, give_up: Instant) -> Reach {
    const ECHO: Duration = Duration::from_millis(700);
    const CONNECT: Duration = Duration::from_millis(250);
    if let Ok(rtt) = echo(hop, ECHO.min(give_up.saturating_duration_since(Instant::now()))) {
        return Reach { ok: Some(true), rtt: Some(rtt) };
    }
    for port in [53, 80] {
        let host = match hop.address {
            IpAddr::V6(v6) if v6.is_unicast_link_local() => return Reach::default(),
            address => address.to_string(),
        };
        let target = Target { scheme: Scheme::Tcp, host, port, path: String::new() };
        let started = Instant::now();
        match dial::connect(&target, give_up.min(started + CONNECT)) {
            Ok((_, rtt)) => return Reach { ok: Some(true), rtt: Some(rtt) },
            Err(DialError::Refused) => return Reach { ok: Some(true), rtt: Some(started.elapsed()) },
            Err(_) => {}
        }
    }
    Reach::default()
}

/// An ICMP echo through a datagram socket: open to everybody on macOS, and on Linux to groups within
/// net.ipv4.ping_group_range (icmp(7)). The kernel fills in identifier and checksum, and passes on only our answer.
fn echo(hop: &NextHop, limit: Duration) -> io::Result<Duration> {
    let (family, protocol, request, reply) = match hop.address {
        IpAddr::V4(_) => (libc::AF_INET, libc::IPPROTO_ICMP, 8, 0),
        IpAddr::V6(_) => (libc::AF_INET6, libc::IPPROTO_ICMPV6, 128, 129),
    };
    // SAFETY: takes plain numbers.
    let descriptor = unsafe { libc::socket(family, libc::SOCK_DGRAM, protocol) };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was just opened and nobody else owns it.
    let descriptor = unsafe { OwnedFd::from_raw_fd(descriptor) };
    // A UdpSocket's calls (connect, send, recv, time-outs) are those of any datagram socket.
    let socket = std::net::UdpSocket::from(descriptor);
    // SAFETY: the descriptor is open.
    unsafe { libc::fcntl(socket.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
    socket.connect(match hop.address {
        IpAddr::V4(v4) => SocketAddr::V4(SocketAddrV4::new(v4, 0)),
        IpAddr::V6(v6) => SocketAddr::V6(SocketAddrV6::new(v6, 0, 0, hop.interface_index)),
    })?;
    let started = Instant::now();
    socket.send(&echo_request(request))?;
    let mut packet = [0; 256];
    loop {
        let left = limit.saturating_sub(started.elapsed());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        socket.set_read_timeout(Some(left))?;
        let length = socket.recv(&mut packet)?;
        if kind_of(&packet[..length]) == Some(reply) {
            return Ok(started.elapsed());
        }
    }
}

/// Type, code 0, checksum, identifier, sequence 1, eight bytes of data (RFC 792, RFC 4443). The checksum matters on
/// macOS, which fills in none for IPv4.
fn echo_request(kind: u8) -> [u8; 16] {
    let mut packet = [0; 16];
    packet[0] = kind;
    packet[7] = 1;
    packet[8..].copy_from_slice(b"redbuttn");
    let sum: u32 = packet.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    let checksum = !u16::try_from((folded & 0xffff) + (folded >> 16)).unwrap_or(0);
    packet[2..4].copy_from_slice(&checksum.to_be_bytes());
    packet
}

/// The ICMP type of a packet that was received; macOS hands over the IPv4 header before it.
fn kind_of(packet: &[u8]) -> Option<u8> {
    let first = *packet.first()?;
    if first >> 4 == 4 { packet.get(usize::from(first & 0x0f) * 4).copied() } else { Some(first) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_request_sums_up_to_all_ones() {
        let packet = echo_request(8);
        let sum: u32 = packet.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
        assert_eq!((sum & 0xffff) + (sum >> 16), 0xffff);
    }

    #[test]
    fn the_type_is_found_with_and_without_an_ip_header() {
        assert_eq!(kind_of(&[0, 0, 1, 2]), Some(0));
        assert_eq!(kind_of(&[129, 0]), Some(129));
        let mut with_header = vec![0x45];
        with_header.extend([0; 19]);
        with_header.push(0);
        assert_eq!(kind_of(&with_header), Some(0));
        assert_eq!(kind_of(&[0x45]), None);
        assert_eq!(kind_of(&[]), None);
    }

    #[test]
    fn loopback_is_among_the_interfaces() {
        let all = interfaces().unwrap();
        assert!(all.values().any(|one| one.addresses.contains(&IpAddr::V4(Ipv4Addr::LOCALHOST))));
    }

    #[test]
    fn a_next_hop_that_refuses_connections_is_reached() {
        let hop = NextHop { address: IpAddr::V4(Ipv4Addr::LOCALHOST), interface_index: 1 };
        let reach = reach(&hop, Instant::now() + Duration::from_secs(20));
        assert_eq!(reach.ok, Some(true));
        assert!(reach.rtt.is_some());
    }
}
