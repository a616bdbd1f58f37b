use std::net::IpAddr;

use report::{Dimension, Factor, Report, Verdict};
use serde_json::Value;

use crate::facts::Facts;
use crate::product::executable_key;

/// Most error codes, and most services, one report gives.
const MAX_OF_A_KIND: usize = 2;

/// What a report may share with others, the most telling first, for [`crate::incidents::Detector`] and for notices:
/// category, site, the broken rung of the network, services that do not answer, error codes, the program in front and
/// its version, the finding that weighs most, gateway and subnet. `site` is [`crate::Classifier::site_of`].
///
/// Only what stays the same at the next press: no readings, no addresses of the device itself.
pub fn factors(verdict: &Verdict, report: &Report, site: Option<&str>) -> Vec<Factor> {
    let facts = Facts::of(report);
    let text = |probe: &str, pointer: &str| facts.pointer(probe, pointer).and_then(Value::as_str);
    let mut all = List::default();
    if verdict.abstention.is_none() {
        all.push(Dimension::Category, verdict.category.value.as_str());
    }
    if let Some(site) = site {
        all.push(Dimension::Site, site);
    }
    if let Some(rung) = text("network", "/broken_rung") {
        all.push(Dimension::Rung, rung);
    }
    for name in silent_services(&facts).take(MAX_OF_A_KIND) {
        all.push(Dimension::Service, name);
    }
    let codes = verdict.findings.iter().filter_map(|finding| finding.rule.strip_prefix("code."));
    for code in codes.take(MAX_OF_A_KIND) {
        all.push(Dimension::Code, code);
    }
    let program = program(&facts);
    if let Some((key, _)) = &program {
        all.push(Dimension::Application, key);
    }
    // Codes and the program are factors of their own; the strongest other finding behind the category is one more.
    let behind = verdict.findings.iter().filter(|f| verdict.category.evidence.contains(&f.rule));
    if let Some(finding) = behind.into_iter().find(|f| !f.rule.starts_with("code.") && !f.rule.starts_with("text.")) {
        all.push(Dimension::Finding, &finding.rule);
    }
    if let Some(gateway) = text("network", "/gateway/address") {
        all.push(Dimension::Gateway, gateway);
    }
    if let Some(subnet) = subnet(&facts) {
        all.push(Dimension::Subnet, &subnet);
    }
    if let Some((key, Some(version))) = &program {
        all.push(Dimension::Version, &format!("{key}@{version}"));
    }
    all.0
}

#[derive(Default)]
struct List(Vec<Factor>);

impl List {
    fn push(&mut self, dimension: Dimension, value: &str) {
        let factor = Factor { dimension, value: value.trim().to_owned() };
        if !factor.value.is_empty() && !self.0.contains(&factor) {
            self.0.push(factor);
        }
    }
}

/// Key and version of the program in front at the press.
fn program(facts: &Facts<'_>) -> Option<(String, Option<String>)> {
    let executable = facts.pointer("foreground", "/executable").and_then(Value::as_str)?;
    let version = facts.pointer("foreground", "/version").and_then(Value::as_str).map(str::to_owned);
    Some((executable_key(executable), version))
}

fn silent_services<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a str> {
    let services = facts.pointer("network", "/services").and_then(Value::as_array);
    let silent = services.into_iter().flatten().filter(|service| service.get("ok") == Some(&Value::Bool(false)));
    silent.filter_map(|service| service.get("name")?.as_str())
}

/// The network the device is in, by its gateway or its first address: `/24` or, of IPv6, `/64`. Agents tell no mask.
fn subnet(facts: &Facts<'_>) -> Option<String> {
    let address = |value: &Value| value.as_str().and_then(|text| text.parse::<IpAddr>().ok());
    let interfaces = facts.pointer("network", "/interfaces").and_then(Value::as_array);
    let wired = interfaces.into_iter().flatten().filter(|interface| {
        let kind = interface.get("kind").and_then(Value::as_str);
        interface.get("up") == Some(&Value::Bool(true)) && matches!(kind, Some("ethernet" | "wifi"))
    });
    let own = wired.filter_map(|interface| interface.get("addresses")?.as_array()).flatten().filter_map(address);
    let gateway = facts.pointer("network", "/gateway/address").and_then(address);
    own.chain(gateway).find_map(network_of)
}

fn network_of(address: IpAddr) -> Option<String> {
    match address {
        IpAddr::V4(v4) if v4.is_link_local() || v4.is_loopback() => None,
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            Some(format!("{a}.{b}.{c}.0/24"))
        }
        IpAddr::V6(v6) if v6.is_unicast_link_local() || v6.is_loopback() => None,
        IpAddr::V6(v6) => {
            let net = std::net::Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64));
            Some(format!("{net}/64"))
        }
    }
}
