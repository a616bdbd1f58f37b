use std::net::IpAddr;

use crate::flaw::Flaw;

/// A range of addresses in CIDR form (RFC 4632, RFC 4291), `10.2.0.0/16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Subnet {
    /// The lowest address, IPv4 in its low 32 bits.
    bits: u128,
    is_v6: bool,
    prefix: u32,
}

impl Subnet {
    /// Reads `address/prefix`. Fails with a reason that tells what to write instead, where that is clear.
    pub(crate) fn parse(text: &str) -> Result<Self, Flaw> {
        let (address, prefix) = text.split_once('/').ok_or_else(|| Flaw::NoPrefix(text.to_owned()))?;
        let address: IpAddr = address.parse().map_err(|_| Flaw::NoAddress(address.to_owned()))?;
        let (bits, width) = bits(address);
        let prefix: u32 = prefix
            .parse()
            .ok()
            .filter(|prefix| *prefix <= width)
            .ok_or_else(|| Flaw::BadPrefix { prefix: prefix.to_owned(), width })?;
        let subnet = Self { bits: bits & mask(prefix, width), is_v6: address.is_ipv6(), prefix };
        if subnet.bits != bits {
            return Err(Flaw::BitsBeyondPrefix { text: text.to_owned(), network: subnet.text() });
        }
        Ok(subnet)
    }

    /// Whether an address lies in it.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let (bits, width) = bits(address);
        address.is_ipv6() == self.is_v6 && bits & mask(self.prefix, width) == self.bits
    }

    /// Length of the prefix: of two subnets that hold an address, the longer is the narrower.
    pub(crate) fn prefix(&self) -> u32 {
        self.prefix
    }

    /// In CIDR form.
    pub(crate) fn text(&self) -> String {
        let address = if self.is_v6 {
            IpAddr::from(self.bits.to_be_bytes())
        } else {
            let [.., a, b, c, d] = self.bits.to_be_bytes();
            IpAddr::from([a, b, c, d])
        };
        format!("{address}/{}", self.prefix)
    }
}

fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    }
}

fn mask(prefix: u32, width: u32) -> u128 {
    let all = if width == 128 { u128::MAX } else { (1 << width) - 1 };
    all & !all.checked_shr(prefix).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_the_addresses_of_its_prefix_and_no_others() {
        let cases = [
            ("10.2.0.0/16", "10.2.255.1", true),
            ("10.2.0.0/16", "10.3.0.1", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("192.0.2.7/32", "192.0.2.7", true),
            ("2001:db8:1::/48", "2001:db8:1:ff::9", true),
            ("2001:db8:1::/48", "2001:db8:2::9", false),
        ];
        for (subnet, address, expected) in cases {
            let subnet = Subnet::parse(subnet).unwrap();
            assert_eq!(subnet.contains(address.parse().unwrap()), expected, "{} {address}", subnet.text());
        }
    }

    #[test]
    fn refuses_what_is_no_subnet_and_tells_what_to_write() {
        let cases = [
            ("10.2.0.0", "write `10.2.0.0/24`"),
            ("10.2.0/16", "no IP address"),
            ("10.2.0.0/33", "from 0 to 32"),
            ("10.2.3.4/16", "write `10.2.0.0/16`"),
            ("2001:db8::1/32", "write `2001:db8::/32`"),
            ("10.2.0.0/x", "prefix length"),
        ];
        for (text, reason) in cases {
            let refused = Subnet::parse(text).unwrap_err().to_string();
            assert!(refused.contains(reason), "{text}: {refused}");
        }
    }
}
