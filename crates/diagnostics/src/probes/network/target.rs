//! What a check connects to: as much of a URL as that takes.

use std::net::{IpAddr, Ipv6Addr};

/// A place to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub scheme: Scheme,
    /// A name or an address, an IPv6 one without brackets.
    pub host: String,
    pub port: u16,
    /// Path and query, beginning with `/`.
    pub path: String,
}

/// How to talk to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    /// Looked at up to the TCP connection (or the proxy's CONNECT).
    Https,
    /// A bare port.
    Tcp,
}

/// Text that is no URL one can connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a http, https or tcp URL")]
pub(super) struct BadUrl;

impl Target {
    /// Reads `scheme://[user@]host[:port][/path]`; what stands before `@` is dropped.
    pub(super) fn parse(url: &str) -> Result<Self, BadUrl> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(BadUrl)?;
        let (scheme, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (Scheme::Http, Some(80)),
            "https" => (Scheme::Https, Some(443)),
            "tcp" => (Scheme::Tcp, None),
            _ => return Err(BadUrl),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        let (host, port) = if let Some(rest) = place.strip_prefix('[') {
            let (host, port) = rest.split_once(']').ok_or(BadUrl)?;
            host.parse::<Ipv6Addr>().map_err(|_| BadUrl)?;
            (host, port.strip_prefix(':'))
        } else {
            place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port)))
        };
        let port = match port {
            Some(port) => port.parse().map_err(|_| BadUrl)?,
            None => default_port.ok_or(BadUrl)?,
        };
        // Nothing that could end a header line early may get into one.
        let clean = |text: &str| !text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
        if host.is_empty() || !clean(host) || !clean(path) {
            return Err(BadUrl);
        }
        let path = path.split('#').next().unwrap_or_default();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { scheme, host: host.to_owned(), port, path })
    }

    /// The address, where the host is one.
    pub(super) fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// `host:port`, an IPv6 address in brackets.
    pub(super) fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// The same place, with `suffix` added to the path.
    pub(super) fn with_suffix(mut self, suffix: &str) -> Self {
        if !suffix.is_empty() {
            let path = self.path.split('?').next().unwrap_or_default().trim_end_matches('/').to_owned();
            self.path = format!("{path}{suffix}");
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_places_with_and_without_port_and_path() {
        let target = Target::parse("https://user:secret@desk.corp.example/base?x#y").unwrap();
        assert_eq!(
            target,
            Target {
                scheme: Scheme::Https,
                host: "desk.corp.example".to_owned(),
                port: 443,
                path: "/base?x".to_owned()
            }
        );
        assert_eq!(Target::parse("tcp://files:445").unwrap().authority(), "files:445");
        let v6 = Target::parse("HTTP://[2001:db8::1]:8080").unwrap();
        assert_eq!((v6.authority().as_str(), v6.path.as_str()), ("[2001:db8::1]:8080", "/"));
        assert_eq!(v6.with_suffix("/healthz").path, "/healthz");
        assert_eq!(Target::parse("http://c/desk/").unwrap().with_suffix("/healthz").path, "/desk/healthz");
    }

    #[test]
    fn refuses_what_one_cannot_connect_to() {
        for bad in
            ["", "desk", "ftp://x", "tcp://files", "http://", "http://a:99999", "http://[::1", "http://a/\r\nX: y"]
        {
            assert_eq!(Target::parse(bad), Err(BadUrl), "{bad}");
        }
    }
}
