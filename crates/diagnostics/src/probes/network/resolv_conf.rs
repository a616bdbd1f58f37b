//! Name servers of resolv.conf(5).

use std::net::IpAddr;

/// Every server named, zones of link-local addresses left out.
pub(super) fn servers(text: &str) -> Vec<IpAddr> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            (words.next()? == "nameserver").then(|| words.next()?.split('%').next()?.parse().ok())?
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_servers_and_nothing_else() {
        let text = "# nameserver 1.1.1.1\nsearch corp.example\nnameserver 10.0.0.53\nnameserver fe80::1%eth0\n\
                    nameserver\nnameserver nonsense\noptions edns0\n";
        let servers: Vec<String> = servers(text).iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["10.0.0.53", "fe80::1"]);
    }
}
