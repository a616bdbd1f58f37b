//! The network ladder: link, address, gateway, DNS, proxy, captive portal, internet, the collector, the company's own
//! services. The lowest rung that is broken says who owns the break.

mod check;
#[cfg(test)]
mod closed_port;
mod dial;
mod ladder;
mod proxy;
mod target;
#[cfg(unix)]
mod unix;

#[cfg(any(target_os = "linux", test))]
mod neighbours;
#[cfg(any(target_os = "linux", test))]
mod resolv_conf;
#[cfg(any(target_os = "linux", test))]
mod routes;
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
mod system;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use report::Privacy;
use serde::Serialize;
use serde_json::Value;

use crate::probe::answer;
use crate::{Context, Probe, ProbeError};

use check::{Check, Service};
use ladder::Rung;
use target::Target;

/// The probe.
pub const PROBE: Probe = Probe { name: "network", time_box: Duration::from_secs(3), privacy: Privacy::Technical, run };

/// What all rungs together may take; the rest of the box is for a busy machine.
const BUDGET: Duration = Duration::from_millis(2500);
/// Most services looked at.
const MAX_SERVICES: usize = 16;

/// The ladder. `ok` is `null` wherever nothing can be said.
#[derive(Debug, Serialize)]
struct Network {
    /// Every interface but loopback.
    interfaces: Vec<Interface>,
    /// A cable or radio that carries.
    link: Link,
    /// An address that reaches further than the own wire.
    address: Address,
    /// The default route's next hop.
    gateway: Gateway,
    /// Names become addresses.
    dns: Dns,
    /// The proxy in force for this user.
    proxy: Proxy,
    /// A network that wants a sign-in first.
    captive_portal: CaptivePortal,
    /// The world outside.
    internet: Internet,
    /// Our own collector.
    collector: Check,
    /// The company's own services.
    services: Vec<Service>,
    /// Tunnels.
    vpn: Vpn,
    /// The lowest broken rung; `null` when what this machine needs is reached, internet or not.
    broken_rung: Option<Rung>,
}

/// A network interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Interface {
    /// `eth0`, `Ethernet 2`.
    name: String,
    /// What it is.
    kind: InterfaceKind,
    /// Whether it is on and carries.
    up: bool,
    /// IPv4 and IPv6 addresses, link-local ones included; empty where policy lets technical data alone leave.
    addresses: Vec<IpAddr>,
    /// Whether its only IPv4 address is one it gave itself (169.254/16) for want of DHCP.
    apipa: bool,
}

/// What an interface is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum InterfaceKind {
    Ethernet,
    Wifi,
    /// A tunnel.
    Vpn,
    /// Bridges, containers' and virtual machines' ends.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Link {
    ok: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Address {
    ok: bool,
    /// Whether an interface that is up has only an address it gave itself.
    apipa: bool,
}

/// The default route's next hop.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Gateway {
    /// `null` without a default route, and on a tunnel that needs none.
    address: Option<IpAddr>,
    /// Whether it answers: to an echo, a connection, or at least to ARP. Never `false` for mere silence to an echo.
    ok: Option<bool>,
    /// Round trip, in ms.
    rtt_ms: Option<f64>,
}

/// Names become addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Dns {
    /// Servers in force.
    servers: Vec<IpAddr>,
    /// Whether `name` was found.
    ok: Option<bool>,
    /// How long it took, in ms.
    took_ms: Option<u64>,
    /// The name asked for: the collector's or a service's, else the internet check's; `null` if all are addresses.
    name: Option<String>,
}

/// The proxy in force for this user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Proxy {
    mode: proxy::Mode,
    /// Of the proxy, or of the script; without credentials.
    url: Option<String>,
    /// Whether the proxy takes connections; `null` where none is used.
    ok: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct CaptivePortal {
    /// Whether somebody else answered for the internet check; `null` if nobody was asked or nobody answered.
    detected: Option<bool>,
}

/// The world outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Internet {
    /// Whether the internet check got its known answer; `null` if it was not asked (a closed network).
    ok: Option<bool>,
    /// HTTP status it got.
    status: Option<u16>,
    /// How long it took, in ms.
    took_ms: Option<u64>,
}

/// Tunnels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Vpn {
    /// Whether one is up.
    up: bool,
    /// Names of those there are.
    interfaces: Vec<String>,
}

/// The default route's next hop, as a system tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NextHop {
    address: IpAddr,
    /// The interface's index: link-local IPv6 means nothing without it.
    interface_index: u32,
}

/// Whether and how fast a gateway answers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Reach {
    ok: Option<bool>,
    rtt: Option<Duration>,
}

fn run(context: &Context) -> Result<Value, ProbeError> {
    let give_up = Instant::now() + BUDGET;
    let interfaces = system::interfaces()?;
    let next_hop = system::next_hop();
    let setting = system::proxy();
    let via = setting.server();

    let collector = context.collector_url.as_deref().map(Target::parse);
    let services: Vec<_> =
        context.services.iter().take(MAX_SERVICES).map(|service| (service, Target::parse(&service.url))).collect();
    let internet = context.internet_check.as_ref().map(|check| (check, Target::parse(&check.url)));
    let name = named(
        collector
            .iter()
            .chain(services.iter().map(|(_, target)| target))
            .chain(internet.iter().map(|(_, target)| target)),
    );
    let asks_company = name.is_some() && name != named(internet.iter().map(|(_, target)| target));

    // Every rung at once, each with an end of its own before the common one.
    let (reach, dns, proxy_ok, internet, collector, services) = std::thread::scope(|scope| {
        let reach = scope.spawn(|| next_hop.as_ref().map(|hop| system::reach(hop, give_up)).unwrap_or_default());
        let dns = scope.spawn(|| name.as_deref().map(|name| check::dns(name, give_up)));
        let proxy_ok = scope.spawn(|| via.as_ref().map(|server| check::accepts(server, give_up)));
        let internet =
            scope.spawn(|| internet.map(|(check, target)| check::internet(check, target, &setting, give_up)));
        let collector = scope.spawn(|| collector.map(|target| check::service(target, "/healthz", &setting, give_up)));
        let services: Vec<_> = services
            .into_iter()
            .map(|(service, target)| {
                let setting = &setting;
                (service, scope.spawn(move || check::service(target, "", setting, give_up)))
            })
            .collect();
        let services: Vec<Service> = services
            .into_iter()
            .map(|(service, handle)| Service {
                name: service.name.clone(),
                check: handle.join().unwrap_or_else(|_| Check::unknown("check_failed")),
            })
            .collect();
        (
            reach.join().unwrap_or_default(),
            dns.join().unwrap_or_default(),
            proxy_ok.join().unwrap_or_default(),
            internet.join().unwrap_or_default(),
            collector.join().unwrap_or_default(),
            services,
        )
    });

    let internet = internet.unwrap_or_default();
    let mut network = Network {
        link: Link { ok: interfaces.iter().any(|interface| interface.up && interface.leads_out()) },
        address: Address {
            ok: interfaces.iter().any(|interface| interface.up && interface.leads_out() && interface.reaches_far()),
            apipa: interfaces.iter().any(|interface| interface.up && interface.leads_out() && interface.apipa),
        },
        gateway: Gateway {
            address: next_hop.map(|hop| hop.address),
            ok: reach.ok,
            rtt_ms: reach.rtt.map(|rtt| (rtt.as_secs_f64() * 10_000.0).round() / 10.0),
        },
        dns: Dns {
            servers: system::dns_servers(),
            ok: dns.as_ref().and_then(|dns| dns.ok),
            took_ms: dns.as_ref().map(|dns| dns.took_ms),
            name,
        },
        proxy: Proxy { mode: setting.mode, url: setting.public_url(), ok: proxy_ok },
        captive_portal: CaptivePortal { detected: internet.portal },
        internet: Internet { ok: internet.ok, status: internet.status, took_ms: internet.took_ms },
        collector: collector.unwrap_or_else(|| Check::unknown("not_configured")),
        services,
        vpn: Vpn {
            up: interfaces.iter().any(|interface| interface.kind == InterfaceKind::Vpn && interface.up),
            interfaces: interfaces
                .iter()
                .filter(|interface| interface.kind == InterfaceKind::Vpn)
                .map(|interface| interface.name.clone())
                .collect(),
        },
        interfaces,
        broken_rung: None,
    };
    network.broken_rung = ladder::broken_rung(&network, asks_company);
    if context.max_privacy < Privacy::Personal {
        network.interfaces.iter_mut().for_each(|interface| interface.addresses.clear());
    }
    answer(network)
}

/// The first host that is a name rather than an address.
fn named<'a>(targets: impl Iterator<Item = &'a Result<Target, target::BadUrl>>) -> Option<String> {
    targets
        .filter_map(|target| target.as_ref().ok())
        .find(|target| target.address().is_none())
        .map(|target| target.host.clone())
}

impl Interface {
    fn new(name: String, kind: InterfaceKind, up: bool, addresses: Vec<IpAddr>) -> Self {
        let mut v4 = addresses.iter().filter_map(|address| match address {
            IpAddr::V4(v4) => Some(v4.is_link_local()),
            IpAddr::V6(_) => None,
        });
        let apipa = v4.next().is_some_and(|first| first && v4.all(|other| other));
        Self { name, kind, up, addresses, apipa }
    }

    /// Whether it can lead anywhere: not a bridge or a container's end.
    fn leads_out(&self) -> bool {
        self.kind != InterfaceKind::Other
    }

    /// Whether one of its addresses is good beyond the own wire.
    fn reaches_far(&self) -> bool {
        self.addresses.iter().any(|address| match address {
            IpAddr::V4(v4) => !v4.is_link_local() && !v4.is_loopback() && !v4.is_unspecified(),
            IpAddr::V6(v6) => !v6.is_unicast_link_local() && !v6.is_loopback() && !v6.is_unspecified(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(addresses: &[&str]) -> Interface {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        Interface::new("eth0".to_owned(), InterfaceKind::Ethernet, true, addresses)
    }

    #[test]
    fn an_address_one_gave_oneself_is_told_from_a_real_one() {
        assert!(interface(&["169.254.7.7", "fe80::1"]).apipa);
        assert!(!interface(&["169.254.7.7", "10.0.0.5"]).apipa);
        assert!(!interface(&["fe80::1"]).apipa);
        assert!(!interface(&["169.254.7.7", "fe80::1"]).reaches_far());
        assert!(interface(&["fe80::1", "2001:db8::5"]).reaches_far());
    }

    #[test]
    fn dns_is_asked_for_a_name_never_for_an_address() {
        let targets = ["http://10.0.0.1:8080", "not a url", "https://desk.corp.example/x", "http://example.com"]
            .map(Target::parse);
        assert_eq!(named(targets.iter()).as_deref(), Some("desk.corp.example"));
        assert_eq!(named([Target::parse("http://[::1]/")].iter()), None);
    }
}
