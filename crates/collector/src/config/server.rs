use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::Problem;

/// Where the collector listens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSection {
    /// Address of the API and the console.
    pub listen: SocketAddr,
    /// Address of Prometheus metrics; without it there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_listen: Option<SocketAddr>,
    /// Address people type, e.g. `https://help.example.org`. When it begins with `https` the session's cookie travels
    /// over TLS alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for ServerSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8700)),
            metrics_listen: None,
            public_url: None,
            trusted_proxies: Vec::new(),
        }
    }
}

impl ServerSection {
    pub(super) fn check(&self, problems: &mut Vec<Problem>) {
        if let Some(url) = &self.public_url
            && self.public_origin().is_none()
        {
            problems.push(Problem::new("server.public_url", format!("`{url}` is not an http or https address")));
        }
        if self.metrics_listen.is_some_and(|metrics| metrics == self.listen && metrics.port() != 0) {
            problems.push(Problem::new("server.metrics_listen", "is the address of the API; metrics need their own"));
        }
    }

    /// Whether people reach the collector over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// Scheme, host and port of [`Self::public_url`], as a browser writes it into `Origin`.
    pub fn public_origin(&self) -> Option<String> {
        let url: http::Uri = self.public_url.as_deref()?.parse().ok()?;
        let scheme = url.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
        Some(format!("{scheme}://{}", url.authority()?))
    }
}
