//! Noticing, cheaply and without sending anything, that it is worth trying again: another way out of this machine,
//! or a wake-up from sleep.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

/// A gap between two looks that nobody waited for: the machine slept.
const SLEPT: Duration = Duration::from_secs(15);

/// The addresses this machine would send from; none without a network.
pub(crate) type WayOut = [Option<IpAddr>; 2];

/// Asks the routing table. Connecting a UDP socket sends nothing (connect(2)); the targets are addresses reserved for
/// documentation (RFC 5737, RFC 3849).
pub(crate) fn way_out() -> WayOut {
    let from = |here: &str, there: &str| {
        let there: SocketAddr = there.parse().ok()?;
        let socket = UdpSocket::bind(here).ok()?;
        socket.connect(there).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    };
    [from("0.0.0.0:0", "192.0.2.1:9"), from("[::]:0", "[2001:db8::1]:9")]
}

/// Compares one look with the one before.
#[derive(Debug)]
pub(crate) struct Watch {
    way_out: WayOut,
    wall: DateTime<Utc>,
    monotonic: Instant,
}

impl Watch {
    /// Starts with how things are.
    pub(crate) fn new(way_out: WayOut, wall: DateTime<Utc>, monotonic: Instant) -> Self {
        Self { way_out, wall, monotonic }
    }

    /// Whether it is worth trying again at once. The monotonic clock stops in sleep on Linux and macOS, so that
    /// the wall clock runs ahead of it; on Windows both go on and the gap itself tells.
    pub(crate) fn look(&mut self, way_out: WayOut, wall: DateTime<Utc>, monotonic: Instant) -> bool {
        let passed = monotonic.duration_since(self.monotonic);
        let by_wall = (wall - self.wall).to_std().unwrap_or_default();
        let slept = passed > SLEPT || by_wall > passed + SLEPT;
        let other_way = way_out != self.way_out && way_out.iter().any(Option::is_some);
        *self = Self { way_out, wall, monotonic };
        slept || other_way
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 7)));

    #[test]
    fn a_network_that_comes_back_or_changes_is_noticed_and_one_that_goes_is_not() {
        let (wall, start) = (Utc::now(), Instant::now());
        let at = |s: u64| (wall + Duration::from_secs(s), start + Duration::from_secs(s));
        let mut watch = Watch::new([HOME, None], wall, start);
        let mut look = |way_out, s| watch.look(way_out, at(s).0, at(s).1);
        assert!(!look([HOME, None], 1));
        assert!(!look([None, None], 2), "gone");
        assert!(look([HOME, None], 3), "back");
        assert!(look([Some("10.0.0.2".parse().unwrap()), None], 4), "another one");
    }

    #[test]
    fn a_wake_up_is_noticed_whether_the_monotonic_clock_slept_or_not() {
        let (wall, start) = (Utc::now(), Instant::now());
        let s = Duration::from_secs;
        let mut watch = Watch::new([HOME, None], wall, start);
        assert!(watch.look([HOME, None], wall + s(3600), start + s(1)));
        assert!(!watch.look([HOME, None], wall + s(3601), start + s(2)));
        assert!(watch.look([HOME, None], wall + s(3661), start + s(62)));
        assert!(!watch.look([HOME, None], wall + s(60), start + s(63)), "a clock set back is no sleep");
    }
}
