//! Which rung is broken: the lowest one that explains why what is needed is not reached.

use serde::Serialize;

use super::Network;

/// A rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rung {
    Link,
    Address,
    Gateway,
    Dns,
    Proxy,
    CaptivePortal,
    Internet,
    Collector,
    Service,
}

/// The broken rung. `asks_company`: the name DNS was asked for is the company's own.
///
/// Whatever is reached proves all that lies beneath it, so a network closed on purpose is whole as long as the company's
/// own places answer, and a silent gateway with the internet behind it is no break.
pub(super) fn broken_rung(network: &Network, asks_company: bool) -> Option<Rung> {
    let service_down = network.services.iter().any(|service| service.check.ok == Some(false));
    let service_up = network.services.iter().any(|service| service.check.ok == Some(true));
    let collector = network.collector.ok;
    let own_name_lost = asks_company && network.dns.ok == Some(false);

    if collector == Some(true) || service_up || network.internet.ok == Some(true) {
        return if own_name_lost {
            Some(Rung::Dns)
        } else if collector == Some(false) {
            Some(if proxy_refuses(network) { Rung::Proxy } else { Rung::Collector })
        } else if service_down {
            Some(Rung::Service)
        } else {
            None
        };
    }
    // Nothing is reached. Was there anything to reach?
    let needed = collector.is_some() || service_down || network.internet.ok.is_some();
    if !network.link.ok {
        Some(Rung::Link)
    } else if !network.address.ok {
        Some(Rung::Address)
    } else if network.gateway.ok == Some(false) || (network.gateway.address.is_none() && !network.vpn.up && needed) {
        Some(Rung::Gateway)
    } else if network.proxy.ok == Some(false) {
        Some(Rung::Proxy)
    } else if network.dns.ok == Some(false) && (network.proxy.ok.is_none() || asks_company) {
        // Behind a proxy outside names need not be known.
        Some(Rung::Dns)
    } else if proxy_refuses(network) {
        Some(Rung::Proxy)
    } else if network.captive_portal.detected == Some(true) {
        Some(Rung::CaptivePortal)
    } else if network.internet.ok == Some(false) {
        Some(Rung::Internet)
    } else if collector == Some(false) {
        Some(Rung::Collector)
    } else if service_down {
        Some(Rung::Service)
    } else {
        None
    }
}

fn proxy_refuses(network: &Network) -> bool {
    network.collector.error.as_deref() == Some("proxy_authentication") || network.internet.status == Some(407)
}

#[cfg(test)]
mod tests {
    use super::super::check::{Check, Service};
    use super::super::{Address, CaptivePortal, Dns, Gateway, Internet, Link, Proxy, Vpn, proxy};
    use super::*;

    /// A machine on which all is well.
    fn whole() -> Network {
        Network {
            interfaces: Vec::new(),
            link: Link { ok: true },
            address: Address { ok: true, apipa: false },
            gateway: Gateway { address: Some([10, 0, 0, 1].into()), ok: Some(true), rtt_ms: Some(0.4) },
            dns: Dns {
                servers: Vec::new(),
                ok: Some(true),
                took_ms: Some(3),
                name: Some("desk.corp.example".to_owned()),
            },
            proxy: Proxy { mode: proxy::Mode::None, url: None, ok: None },
            captive_portal: CaptivePortal { detected: Some(false) },
            internet: Internet { ok: Some(true), status: Some(200), took_ms: Some(80) },
            collector: check(Some(true)),
            services: vec![Service { name: "mail".to_owned(), check: check(Some(true)) }],
            vpn: Vpn { up: false, interfaces: Vec::new() },
            broken_rung: None,
        }
    }

    fn check(ok: Option<bool>) -> Check {
        Check { ok, tcp_ms: None, tls: None, status: None, error: None }
    }

    /// The same machine with everything above the lowest rungs out of reach.
    fn cut_off() -> Network {
        let mut network = whole();
        network.dns.ok = Some(false);
        network.internet = Internet { ok: Some(false), status: None, took_ms: None };
        network.captive_portal.detected = None;
        network.collector = check(Some(false));
        network.services[0].check = check(Some(false));
        network
    }

    #[test]
    fn a_whole_network_has_no_broken_rung() {
        assert_eq!(broken_rung(&whole(), true), None);
    }

    #[test]
    fn a_closed_network_is_not_broken_while_the_collector_answers() {
        let mut network = whole();
        network.internet.ok = Some(false);
        network.gateway = Gateway { address: None, ok: None, rtt_ms: None };
        assert_eq!(broken_rung(&network, true), None);
    }

    #[test]
    fn the_lowest_broken_rung_is_told_not_what_follows_from_it() {
        let mut network = cut_off();
        network.gateway.ok = Some(false);
        assert_eq!(broken_rung(&network, true), Some(Rung::Gateway));
        network.address.ok = false;
        assert_eq!(broken_rung(&network, true), Some(Rung::Address));
        network.link.ok = false;
        assert_eq!(broken_rung(&network, true), Some(Rung::Link));
    }

    #[test]
    fn a_silent_gateway_with_the_internet_behind_it_is_no_break() {
        let mut network = whole();
        network.gateway.ok = Some(false);
        assert_eq!(broken_rung(&network, true), None);
    }

    #[test]
    fn without_names_dns_is_broken() {
        assert_eq!(broken_rung(&cut_off(), true), Some(Rung::Dns));
    }

    #[test]
    fn a_companys_name_lost_while_the_internet_answers_is_dns() {
        let mut network = cut_off();
        network.internet.ok = Some(true);
        assert_eq!(broken_rung(&network, true), Some(Rung::Dns));
    }

    #[test]
    fn a_portal_comes_before_the_internet() {
        let mut network = cut_off();
        network.dns.ok = Some(true);
        network.captive_portal.detected = Some(true);
        assert_eq!(broken_rung(&network, true), Some(Rung::CaptivePortal));
        network.captive_portal.detected = Some(false);
        assert_eq!(broken_rung(&network, true), Some(Rung::Internet));
    }

    #[test]
    fn a_dead_or_refusing_proxy_is_the_proxys_break() {
        let mut network = cut_off();
        network.proxy = Proxy { mode: proxy::Mode::Manual, url: None, ok: Some(false) };
        assert_eq!(broken_rung(&network, false), Some(Rung::Proxy));
        network.proxy.ok = Some(true);
        network.collector.error = Some("proxy_authentication".to_owned());
        assert_eq!(broken_rung(&network, false), Some(Rung::Proxy));
    }

    #[test]
    fn a_collector_or_a_service_alone_out_of_reach_is_its_own_break() {
        let mut network = whole();
        network.services[0].check = check(Some(false));
        assert_eq!(broken_rung(&network, true), Some(Rung::Service));
        network.collector = check(Some(false));
        assert_eq!(broken_rung(&network, true), Some(Rung::Collector));
    }

    #[test]
    fn what_is_unknown_is_not_broken() {
        let mut network = whole();
        network.collector = check(None);
        network.services.clear();
        network.internet = Internet { ok: None, status: None, took_ms: None };
        network.gateway = Gateway { address: None, ok: None, rtt_ms: None };
        assert_eq!(broken_rung(&network, false), None);
    }
}
