//! The proxy in force for a user, and which places it is for.

use serde::Serialize;

use super::target::{BadUrl, Target};

/// How a proxy is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mode {
    /// There is none.
    #[default]
    None,
    /// One for all places but the exceptions.
    Manual,
    /// A script (or WPAD) chooses; it is not run here.
    Pac,
}

/// What the system says about the proxy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Setting {
    pub mode: Mode,
    /// As configured: `proxy:3128`, `http://user:secret@proxy:3128`; the script's URL for [`Mode::Pac`].
    pub url: Option<String>,
    /// Hosts reached without it: names, suffixes (`.corp.example`, `*.corp.example`), `<local>`, `*`.
    pub bypass: Vec<String>,
}

impl Setting {
    /// A proxy for all places but `bypass`, a list separated by commas, semicolons or white space.
    #[cfg_attr(
        all(target_os = "macos", not(test)),
        expect(dead_code, reason = "macOS keeps its exceptions in an array")
    )]
    pub(super) fn manual(url: &str, bypass: &str) -> Self {
        let bypass = bypass
            .split(|letter: char| matches!(letter, ',' | ';') || letter.is_whitespace())
            .filter(|entry| !entry.is_empty())
            .map(str::to_owned)
            .collect();
        Self { mode: Mode::Manual, url: Some(url.to_owned()), bypass }
    }

    /// Where to connect to, for a proxy that is one for HTTP.
    pub(super) fn server(&self) -> Option<Target> {
        if self.mode != Mode::Manual {
            return None;
        }
        server_of(self.url.as_deref()?).ok()
    }

    /// The proxy to use for a place, if any.
    pub(super) fn server_for(&self, target: &Target) -> Option<Target> {
        self.server().filter(|_| !self.bypasses(&target.host))
    }

    /// The URL without credentials, path or query: a script's URL may carry a token.
    pub(super) fn public_url(&self) -> Option<String> {
        let url = self.url.as_deref()?;
        server_of(url).ok().map(|server| {
            let scheme = url.split_once("://").map_or("http", |(scheme, _)| scheme);
            let path = if self.mode == Mode::Pac { server.path.split('?').next().unwrap_or_default() } else { "" };
            format!("{}://{}{path}", scheme.to_ascii_lowercase(), server.authority())
        })
    }

    fn bypasses(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        // What is on this machine is never reached through another one.
        if host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback()) {
            return true;
        }
        self.bypass.iter().any(|entry| {
            let entry = entry.to_ascii_lowercase();
            match entry.as_str() {
                "*" => true,
                "<local>" => !host.contains('.') && !host.contains(':'),
                _ => match entry.strip_prefix('*') {
                    // Windows: `*.corp.example`, `10.*`.
                    Some(suffix) => host.ends_with(suffix),
                    None if entry.ends_with('*') => host.starts_with(entry.trim_end_matches('*')),
                    None => {
                        let suffix = entry.trim_start_matches('.');
                        host == suffix || host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))
                    }
                },
            }
        })
    }
}

/// `host:port` without a scheme is HTTP; SOCKS is looked at as a bare port.
fn server_of(url: &str) -> Result<Target, BadUrl> {
    match url.split_once("://") {
        None => Target::parse(&format!("http://{url}")),
        Some((scheme, rest)) if scheme.to_ascii_lowercase().starts_with("socks") => {
            Target::parse(&format!("tcp://{rest}"))
        }
        Some(_) => Target::parse(url),
    }
}

/// The proxy from the variables programs on Unix follow; lower case wins, as in curl.
#[cfg(any(unix, test))]
pub(super) fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Option<Setting> {
    let either =
        |lower: &str, upper: &str| variable(lower).or_else(|| variable(upper)).filter(|value| !value.is_empty());
    let url = either("https_proxy", "HTTPS_PROXY")
        .or_else(|| variable("http_proxy").filter(|value| !value.is_empty()))
        .or_else(|| either("all_proxy", "ALL_PROXY"))?;
    let bypass = either("no_proxy", "NO_PROXY").unwrap_or_default();
    let bypass = bypass.split(',').map(|entry| entry.trim().to_owned()).filter(|entry| !entry.is_empty()).collect();
    Some(Setting { mode: Mode::Manual, url: Some(url), bypass })
}

/// The setting of Windows: a script's URL, `proxy:8080` or `http=proxy:80;https=proxy:8080`, and exceptions.
#[cfg(any(windows, test))]
pub(super) fn of_windows(script: Option<String>, server: Option<&str>, bypass: &str) -> Setting {
    if script.is_some() {
        return Setting { mode: Mode::Pac, url: script, bypass: Vec::new() };
    }
    let Some(server) = server else { return Setting::default() };
    let of_scheme = |scheme: &str| {
        server
            .split([';', ' '])
            .find_map(|pair| pair.split_once('=').filter(|(key, _)| key.eq_ignore_ascii_case(scheme)))
    };
    let url = if server.contains('=') {
        let socks = || of_scheme("socks").map(|(_, place)| format!("socks://{place}"));
        of_scheme("https").or_else(|| of_scheme("http")).map(|(_, place)| place.to_owned()).or_else(socks)
    } else {
        Some(server.to_owned())
    };
    url.map(|url| Setting::manual(&url, bypass)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_setting_of_windows() {
        let one = of_windows(None, Some("proxy.corp.example:8080"), "<local>;*.corp.example");
        assert_eq!(one.public_url().as_deref(), Some("http://proxy.corp.example:8080"));
        assert_eq!(one.bypass, ["<local>", "*.corp.example"]);
        let many = of_windows(None, Some("http=a:80;https=b:8443;ftp=c:21"), "");
        assert_eq!(many.server().unwrap().authority(), "b:8443");
        assert_eq!(of_windows(None, Some("socks=s:1080"), "").public_url().as_deref(), Some("socks://s:1080"));
        assert_eq!(of_windows(None, None, "").mode, Mode::None);
        assert_eq!(of_windows(Some("http://wpad/p.pac".to_owned()), Some("a:80"), "").mode, Mode::Pac);
    }

    fn setting(bypass: &str) -> Setting {
        Setting::manual("http://ivan:secret@proxy.corp.example:3128/", bypass)
    }

    #[test]
    fn a_proxys_credentials_are_never_told() {
        assert_eq!(setting("").public_url().as_deref(), Some("http://proxy.corp.example:3128"));
        let pac = Setting {
            mode: Mode::Pac,
            url: Some("http://wpad.corp.example/proxy.pac?token=abc".to_owned()),
            bypass: Vec::new(),
        };
        assert_eq!(pac.public_url().as_deref(), Some("http://wpad.corp.example:80/proxy.pac"));
        assert_eq!(pac.server(), None);
    }

    #[test]
    fn exceptions_are_read_in_the_dialects_of_unix_and_windows() {
        let through = |bypass: &str, url: &str| setting(bypass).server_for(&Target::parse(url).unwrap()).is_some();
        assert!(through("", "https://desk.corp.example"));
        assert!(!through(".corp.example", "https://desk.corp.example"));
        assert!(!through("corp.example", "https://corp.example"));
        assert!(through("corp.example", "https://notcorp.example"));
        assert!(!through("<local>;*.corp.example", "https://desk.corp.example"));
        assert!(!through("<local>", "http://intranet"));
        assert!(!through("10.*", "http://10.1.2.3"));
        assert!(!through("*", "http://anything.example"));
        assert!(!through("", "http://127.0.0.1:8080"));
        assert!(!through("", "http://localhost:8080"));
    }

    #[test]
    fn the_environment_names_a_proxy_as_curl_reads_it() {
        let of = |pairs: &'static [(&'static str, &'static str)]| {
            from_environment(&|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("https_proxy", "")]), None);
        let setting = of(&[("http_proxy", "proxy:3128"), ("NO_PROXY", "localhost, .corp.example")]).unwrap();
        assert_eq!(setting.server().unwrap().authority(), "proxy:3128");
        assert_eq!(setting.bypass, ["localhost", ".corp.example"]);
    }

    #[test]
    fn a_socks_proxy_is_a_bare_port() {
        let setting = Setting::manual("socks5://proxy:1080", "");
        assert_eq!(setting.server().unwrap().scheme, super::super::target::Scheme::Tcp);
        assert_eq!(setting.public_url().as_deref(), Some("socks5://proxy:1080"));
    }
}
