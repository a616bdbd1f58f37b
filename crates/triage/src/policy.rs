//! What an organisation says of its sites, of what is critical and of whom it puts first. Part of the rule files.

use std::net::IpAddr;

use report::{Level, LocalText, Report};

use crate::RuleError;
use crate::facts::Facts;
use crate::place::Source;
use crate::product::Product;
use crate::read_rule::require_both;
use crate::spec::FileSpec;
use crate::subnet::Subnet;

/// Sites, critical things and VIPs.
#[derive(Debug, Default)]
pub(crate) struct Policy {
    sites: Vec<Site>,
    critical: Vec<Critical>,
    vips: Vec<Vip>,
}

/// A place with its own networks.
#[derive(Debug)]
pub(crate) struct Site {
    pub key: String,
    pub name: LocalText,
    pub weight: Level,
    subnets: Vec<Subnet>,
}

/// A program or a service, and how critical it is.
#[derive(Debug)]
struct Critical {
    what: Thing,
    level: Level,
}

#[derive(Debug, PartialEq, Eq)]
enum Thing {
    Product(String),
    /// Lower case.
    Service(String),
}

/// People or devices that go first.
#[derive(Debug)]
struct Vip {
    /// Lower case.
    users: Vec<String>,
    /// Lower case, `*` for any run of characters.
    hosts: Vec<String>,
}

impl Policy {
    /// Takes the policy tables of one file. `products` are those of all files.
    pub(crate) fn read(&mut self, source: &Source<'_>, file: &FileSpec, products: &[Product]) -> Result<(), RuleError> {
        for site in &file.site {
            let key = site.key.get_ref();
            let refuse = |reason: String| source.error(&site.key.span(), None, format!("site `{key}`: {reason}"));
            if key.trim().is_empty() {
                return Err(refuse("`key` is empty".to_owned()));
            }
            if self.sites.iter().any(|known| known.key == *key) {
                return Err(refuse("defined twice".to_owned()));
            }
            require_both(&site.name, "name").map_err(|flaw| refuse(flaw.to_string()))?;
            if site.subnets.is_empty() {
                return Err(refuse("`subnets` is empty".to_owned()));
            }
            let mut subnets = Vec::new();
            for text in &site.subnets {
                let refuse = |reason: String| source.error(&text.span(), None, format!("site `{key}`: {reason}"));
                let subnet = Subnet::parse(text.get_ref()).map_err(|flaw| refuse(flaw.to_string()))?;
                if let Some(other) = self.sites.iter().find(|other| other.subnets.contains(&subnet)) {
                    return Err(refuse(format!("`{}` belongs to site `{}` already", subnet.text(), other.key)));
                }
                subnets.push(subnet);
            }
            self.sites.push(Site { key: key.clone(), name: site.name.clone(), weight: site.weight, subnets });
        }
        for critical in &file.critical {
            let refuse = |reason: String| source.error(&critical.level.span(), None, format!("critical: {reason}"));
            let what = match (&critical.product, &critical.service) {
                (Some(product), None) => {
                    let key = product.get_ref();
                    if !products.iter().any(|known| known.key == *key) {
                        return Err(source.error(&product.span(), None, format!("critical: unknown product `{key}`")));
                    }
                    Thing::Product(key.clone())
                }
                (None, Some(service)) if !service.get_ref().trim().is_empty() => {
                    Thing::Service(service.get_ref().to_lowercase())
                }
                _ => return Err(refuse("name either a `product` or a `service`".to_owned())),
            };
            if self.critical.iter().any(|known| known.what == what) {
                return Err(refuse(format!("{what:?} twice")));
            }
            self.critical.push(Critical { what, level: *critical.level.get_ref() });
        }
        for vip in &file.vip {
            let (users, hosts) = (&vip.get_ref().users, &vip.get_ref().hosts);
            let refuse = |reason: &str| source.error(&vip.span(), None, format!("vip: {reason}"));
            if users.is_empty() && hosts.is_empty() {
                return Err(refuse("name `users` or `hosts`"));
            }
            if users.iter().chain(hosts).any(|name| name.trim_matches('*').trim().is_empty()) {
                return Err(refuse("a name that fits everybody makes nobody a VIP"));
            }
            let lower = |names: &[String]| names.iter().map(|name| name.to_lowercase()).collect();
            self.vips.push(Vip { users: lower(users), hosts: lower(hosts) });
        }
        Ok(())
    }

    /// Sites in the order of the files: key and name.
    pub(crate) fn sites(&self) -> impl Iterator<Item = (&str, &LocalText)> {
        self.sites.iter().map(|site| (site.key.as_str(), &site.name))
    }

    /// Name of a site by its key.
    pub(crate) fn site_name(&self, key: &str) -> Option<&LocalText> {
        self.sites.iter().find(|site| site.key == key).map(|site| &site.name)
    }

    /// The site a device is at, by its gateway's address or, where that is in no site's networks, by its own. The
    /// narrowest network counts.
    pub(crate) fn site_of(&self, facts: &Facts<'_>) -> Option<(&Site, Subnet)> {
        let address = |value: &serde_json::Value| value.as_str().and_then(|text| text.parse::<IpAddr>().ok());
        let gateway = facts.pointer("network", "/gateway/address").and_then(address);
        let interfaces = facts.pointer("network", "/interfaces").and_then(|value| value.as_array());
        // The far end of a tunnel says nothing about where the device is.
        let own = interfaces.into_iter().flatten().filter(|interface| {
            let kind = interface.get("kind").and_then(|kind| kind.as_str());
            interface.get("up") == Some(&true.into()) && matches!(kind, Some("ethernet" | "wifi"))
        });
        let own = own.filter_map(|interface| interface.get("addresses")?.as_array()).flatten().filter_map(address);
        gateway.into_iter().chain(own).find_map(|address| self.site_at(address))
    }

    fn site_at(&self, address: IpAddr) -> Option<(&Site, Subnet)> {
        let all = self.sites.iter().flat_map(|site| site.subnets.iter().map(move |subnet| (site, *subnet)));
        all.filter(|(_, subnet)| subnet.contains(address)).max_by_key(|(_, subnet)| subnet.prefix())
    }

    /// How critical a program is.
    pub(crate) fn product(&self, key: &str) -> Option<Level> {
        let of = |c: &&Critical| matches!(&c.what, Thing::Product(known) if known == key);
        self.critical.iter().find(of).map(|c| c.level)
    }

    /// How critical a service is, its name in any case.
    pub(crate) fn service(&self, name: &str) -> Option<Level> {
        let name = name.to_lowercase();
        let of = |c: &&Critical| matches!(&c.what, Thing::Service(known) if *known == name);
        self.critical.iter().find(of).map(|c| c.level)
    }

    /// The login or host name by which the policy puts a report first.
    pub(crate) fn vip<'r>(&self, report: &'r Report) -> Option<&'r str> {
        let host = report.hostname.to_lowercase();
        let user = report.user.as_deref();
        self.vips.iter().find_map(|vip| {
            let by_user = user.filter(|user| vip.users.iter().any(|known| is_login(known, &user.to_lowercase())));
            by_user.or_else(|| vip.hosts.iter().any(|pattern| fits(pattern, &host)).then_some(&report.hostname))
        })
    }
}

/// `CORP\ivanova` and `ivanova@corp.example` are `ivanova`, unless the policy names the domain too.
fn is_login(known: &str, user: &str) -> bool {
    let bare = user.rsplit('\\').next().unwrap_or(user);
    known == user || known == bare || bare.split_once('@').is_some_and(|(name, _)| known == name)
}

/// Whether `name` fits a pattern in which `*` stands for any run of characters. Devices choose their names, so the time it
/// takes grows with the length of both alone: each part between stars is taken where it comes first, which leaves the most
/// room for those after it.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let (Some(head), Some(tail)) = (parts.next(), parts.next_back()) else { return pattern == name };
    let Some(rest) = name.strip_prefix(head) else { return false };
    let rest = parts.try_fold(rest, |rest, part| rest.split_once(part).map(|(_, after)| after));
    rest.is_some_and(|rest| rest.ends_with(tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_patterns_fit_whole_names() {
        for (pattern, name, expected) in [
            ("ws-*", "ws-0042", true),
            ("ws-*", "aws-1", false),
            ("*-dir-*", "ws-dir-7", true),
            ("ws-1", "ws-12", false),
            ("*7", "ws-7", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("*b*b*", "ab", false),
            ("*b**b*", "abcb", true),
            ("ws-*-7", "ws-7", false),
            ("*касса*", "магазин-касса-3", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_of_many_stars_is_answered_however_a_device_calls_itself() {
        // Tried one way after another, this would outlast the test by far.
        let (pattern, name) = ("*a".repeat(40) + "*b", "a".repeat(255));
        assert!(!fits(&pattern, &name));
        assert!(fits(&pattern, &(name + "b")));
    }

    #[test]
    fn a_login_is_known_with_and_without_its_domain() {
        for user in ["ivanova", "corp\\ivanova", "ivanova@corp.example"] {
            assert!(is_login("ivanova", user), "{user}");
        }
        assert!(is_login("corp\\ivanova", "corp\\ivanova"));
        assert!(!is_login("corp\\ivanova", "lab\\ivanova") && !is_login("ivan", "ivanova"));
    }
}
