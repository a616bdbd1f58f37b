//! The kernel's table of neighbours (ARP and NDP), rtnetlink(7): whether the next hop answers on the wire can be read
//! by anybody, while most distributions keep echo sockets for root.

use std::net::IpAddr;

/// States of <linux/neighbour.h>.
const INCOMPLETE: u16 = 0x01;
const REACHABLE: u16 = 0x02;
const FAILED: u16 = 0x20;
const NOARP: u16 = 0x40;
const PERMANENT: u16 = 0x80;

const NEW_NEIGHBOUR: u16 = 28;
const HEADER: usize = 16;
const NDMSG: usize = 12;
const DESTINATION: u16 = 1;

/// What the kernel knows about one neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It has answered lately.
    Answers,
    /// It is being asked and has not answered.
    Silent,
    /// It answered once; nobody knows today.
    Stale,
}

/// The state of `address` on the interface, in a dump of RTM_NEWNEIGH messages.
pub(super) fn state_of(dump: &[u8], address: IpAddr, interface_index: u32) -> Option<State> {
    messages(dump).find_map(|(kind, body)| {
        if kind != NEW_NEIGHBOUR || body.len() < NDMSG {
            return None;
        }
        // struct ndmsg: family u8, pad u8, pad u16, ifindex i32, state u16, flags u8, type u8.
        let index = u32::from_ne_bytes(body[4..8].try_into().ok()?);
        let state = u16::from_ne_bytes(body[8..10].try_into().ok()?);
        let is_it = index == interface_index
            && attributes(&body[NDMSG..]).any(|(kind, value)| kind == DESTINATION && same(value, address));
        is_it.then_some(match state {
            state if state & (REACHABLE | NOARP | PERMANENT) != 0 => State::Answers,
            state if state & (INCOMPLETE | FAILED) != 0 => State::Silent,
            _ => State::Stale,
        })
    })
}

/// Whether the dump has come to its end (NLMSG_DONE, or an error).
pub(super) fn is_complete(dump: &[u8]) -> bool {
    const ERROR: u16 = 2;
    const DONE: u16 = 3;
    messages(dump).any(|(kind, _)| matches!(kind, ERROR | DONE))
}

fn same(bytes: &[u8], address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => bytes == v4.octets(),
        IpAddr::V6(v6) => bytes == v6.octets(),
    }
}

/// Netlink messages: length u32, kind u16, flags u16, sequence u32, port u32, body; each aligned to four bytes.
fn messages(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let length = u32::from_ne_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
        let kind = u16::from_ne_bytes(bytes.get(4..6)?.try_into().ok()?);
        let body = bytes.get(HEADER..length)?;
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, body))
    })
}

/// Attributes: length u16, kind u16, value; likewise aligned.
fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let length = usize::from(u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?));
        let kind = u16::from_ne_bytes(bytes.get(2..4)?.try_into().ok()?);
        let value = bytes.get(4..length)?;
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neighbour(index: u32, state: u16, address: &[u8]) -> Vec<u8> {
        let mut body = vec![2, 0, 0, 0];
        body.extend(index.to_ne_bytes());
        body.extend(state.to_ne_bytes());
        body.extend([0, 1]);
        // A link-layer address first: six bytes, padded to eight.
        body.extend(10_u16.to_ne_bytes());
        body.extend(2_u16.to_ne_bytes());
        body.extend([2, 0, 0, 0, 0, 1, 0, 0]);
        body.extend(u16::try_from(4 + address.len()).unwrap().to_ne_bytes());
        body.extend(DESTINATION.to_ne_bytes());
        body.extend(address);
        message(NEW_NEIGHBOUR, &body)
    }

    fn message(kind: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = u32::try_from(HEADER + body.len()).unwrap().to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend([0; 10]);
        bytes.extend(body);
        bytes
    }

    #[test]
    fn finds_the_state_of_the_next_hop_on_its_own_interface() {
        let gateway = [10, 0, 0, 1];
        let mut dump = neighbour(3, FAILED, &gateway);
        dump.extend(neighbour(2, 0x04, &[10, 0, 0, 7]));
        dump.extend(neighbour(2, REACHABLE, &gateway));
        dump.extend(neighbour(4, INCOMPLETE, &std::net::Ipv6Addr::LOCALHOST.octets()));
        dump.extend(message(3, &[0; 4]));
        assert_eq!(state_of(&dump, gateway.into(), 2), Some(State::Answers));
        assert_eq!(state_of(&dump, gateway.into(), 3), Some(State::Silent));
        assert_eq!(state_of(&dump, [10, 0, 0, 7].into(), 2), Some(State::Stale));
        assert_eq!(state_of(&dump, [10, 0, 0, 9].into(), 2), None);
        assert_eq!(state_of(&dump, std::net::Ipv6Addr::LOCALHOST.into(), 4), Some(State::Silent));
        assert!(is_complete(&dump));
    }

    #[test]
    fn a_cut_or_nonsensical_dump_is_read_as_far_as_it_goes() {
        let dump = neighbour(2, REACHABLE, &[10, 0, 0, 1]);
        for length in 0..dump.len() {
            assert_eq!(state_of(&dump[..length], [10, 0, 0, 1].into(), 2), None);
        }
        assert_eq!(state_of(&[0; 64], [10, 0, 0, 1].into(), 2), None);
        assert!(!is_complete(&[255; 64]));
    }
}
