//! The default route, from /proc/net/route and /proc/net/ipv6_route.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Flags of <linux/route.h>.
const UP: u32 = 0x1;
const GATEWAY: u32 = 0x2;
const REJECT: u32 = 0x200;

/// A default route's next hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hop<A> {
    pub interface: String,
    pub address: A,
    metric: u32,
}

/// The default route of /proc/net/route with the lowest metric. Addresses stand there as the machine's own words.
pub(super) fn default_v4(text: &str) -> Option<Hop<Ipv4Addr>> {
    let hops = text.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let hex = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok();
        let (destination, gateway, flags, mask) = (hex(1)?, hex(2)?, hex(3)?, hex(7)?);
        let is_default = destination == 0 && mask == 0 && flags & (UP | GATEWAY) == UP | GATEWAY;
        is_default.then(|| {
            Some(Hop {
                interface: (*fields.first()?).to_owned(),
                address: Ipv4Addr::from(gateway.to_ne_bytes()),
                metric: fields.get(6)?.parse().ok()?,
            })
        })?
    });
    hops.min_by_key(|hop| hop.metric)
}

/// The default route of /proc/net/ipv6_route with the lowest metric.
pub(super) fn default_v6(text: &str) -> Option<Hop<Ipv6Addr>> {
    let hops = text.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [destination, length, _, _, gateway, metric, _, _, flags, interface] = fields[..] else { return None };
        let flags = u32::from_str_radix(flags, 16).ok()?;
        let is_default = destination.bytes().all(|digit| digit == b'0')
            && length == "00"
            && flags & (UP | GATEWAY | REJECT) == UP | GATEWAY;
        is_default.then(|| {
            Some(Hop {
                interface: interface.to_owned(),
                address: Ipv6Addr::from(u128::from_str_radix(gateway, 16).ok()?),
                metric: u32::from_str_radix(metric, 16).ok()?,
            })
        })?
    });
    hops.min_by_key(|hop| hop.metric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn the_default_route_with_the_lowest_metric_wins() {
        let text = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
                    wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n\
                    eth0\t00000000\tFE00000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n\
                    eth0\t0000000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\nshort\n";
        let hop = default_v4(text).unwrap();
        assert_eq!((hop.interface.as_str(), hop.address), ("eth0", Ipv4Addr::new(10, 0, 0, 254)));
    }

    #[test]
    fn a_tunnels_default_route_has_no_next_hop() {
        let text = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n\
                    tun0\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0\n";
        assert_eq!(default_v4(text), None);
    }

    #[test]
    fn reads_the_default_route_of_ipv6_and_skips_the_kernels_reject() {
        let zeros = "0".repeat(32);
        let text = format!(
            "fe800000000000000000000000000000 40 {zeros} 00 {zeros} 00000100 00000001 00000000 00000001     eth0\n\
             {zeros} 00 {zeros} 00 fe800000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n\
             {zeros} 00 {zeros} 00 {zeros} ffffffff 00000001 00000000 00200200       lo\n"
        );
        let hop = default_v6(&text).unwrap();
        assert_eq!((hop.interface.as_str(), hop.address.to_string().as_str()), ("eth0", "fe80::1"));
        assert_eq!(default_v6(""), None);
    }
}
