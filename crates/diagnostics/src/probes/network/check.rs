//! The upper rungs: names, the proxy, the internet, the collector and services.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::dial::{self, DialError};
use super::proxy::{Mode, Setting};
use super::target::{BadUrl, Scheme, Target};
use crate::InternetCheck;

/// How a place was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    /// `null` where nothing can be said (not configured; a proxy script decides, and the direct way is closed).
    pub ok: Option<bool>,
    /// Connecting took, in ms; to the proxy, where there is one.
    pub tcp_ms: Option<u64>,
    /// Whether TLS was agreed upon; always `null`: the ladder speaks no TLS, the agent's own delivery does.
    pub tls: Option<bool>,
    /// HTTP status, for `http://` and for a proxy's refusal.
    pub status: Option<u16>,
    /// Why not: `name_not_found`, `dns_timed_out`, `refused`, `timed_out`, `unreachable`, `reset`, `not_http`, `failed`,
    /// `server_error`, `proxy_authentication`, `proxy_error`, `bad_url`, `not_configured`, `check_failed`.
    pub error: Option<String>,
}

/// One of the company's own services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Service {
    /// What people call it.
    pub name: String,
    #[serde(flatten)]
    pub check: Check,
}

impl Check {
    pub(super) fn unknown(why: &str) -> Self {
        Self { ok: None, tcp_ms: None, tls: None, status: None, error: Some(why.to_owned()) }
    }
}

/// What asking for a name gave.
pub(super) struct Asked {
    pub ok: Option<bool>,
    pub took_ms: u64,
}

/// Looks a name up.
pub(super) fn dns(name: &str, give_up: Instant) -> Asked {
    let started = Instant::now();
    let ok = dial::resolve(name, 80, give_up).is_ok();
    Asked { ok: Some(ok), took_ms: millis(started.elapsed()) }
}

/// Whether a place takes connections.
pub(super) fn accepts(target: &Target, give_up: Instant) -> bool {
    dial::connect(target, give_up).is_ok()
}

/// What the internet check gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Outside {
    pub ok: Option<bool>,
    pub status: Option<u16>,
    pub took_ms: Option<u64>,
    pub portal: Option<bool>,
}

/// Asks a known address for its known answer.
pub(super) fn internet(
    check: &InternetCheck,
    target: Result<Target, BadUrl>,
    setting: &Setting,
    give_up: Instant,
) -> Outside {
    let started = Instant::now();
    let Ok(target) = target else { return Outside::default() };
    let via = setting.server_for(&target);
    match get(&target, via.as_ref(), give_up) {
        Ok((answer, _)) => {
            let (ok, portal) = judge(check, &answer, via.is_some());
            Outside {
                ok: Some(ok),
                status: Some(answer.status),
                took_ms: Some(millis(started.elapsed())),
                portal: Some(portal),
            }
        }
        // A script decides here, and the direct way is closed: as it should be.
        Err(_) if setting.mode == Mode::Pac => Outside::default(),
        Err(_) => Outside { ok: Some(false), ..Outside::default() },
    }
}

/// Whether it is the known answer, and if not, whether it is a portal's. A proxy's own refusals and a server's errors
/// are no portal.
fn judge(check: &InternetCheck, answer: &dial::Answer, through_proxy: bool) -> (bool, bool) {
    let known = answer.status == check.status
        && check.body_contains.as_ref().is_none_or(|text| answer.body.contains(text.as_str()));
    let portal = !known
        && match answer.status {
            // Network Authentication Required (RFC 6585).
            511 => true,
            200..=399 => !through_proxy,
            _ => false,
        };
    (known, portal)
}

/// Connects to a service and, where it speaks plain HTTP, asks for `suffix` below its path.
pub(super) fn service(target: Result<Target, BadUrl>, suffix: &str, setting: &Setting, give_up: Instant) -> Check {
    let Ok(target) = target.map(|target| target.with_suffix(suffix)) else { return Check::unknown("bad_url") };
    let via = setting.server_for(&target);
    let outcome = match target.scheme {
        Scheme::Http => get(&target, via.as_ref(), give_up).map(|(answer, tcp)| (tcp, Some(answer.status))),
        Scheme::Https if via.as_ref().is_some_and(|proxy| proxy.scheme == Scheme::Http) => {
            tunnel(&target, via.as_ref(), give_up)
        }
        // A bare port is never reached through an HTTP proxy.
        Scheme::Https | Scheme::Tcp => dial::connect(&target, give_up).map(|(_, tcp)| (tcp, None)),
    };
    match outcome {
        Ok((tcp, status)) => {
            let error = match status {
                Some(407) => Some("proxy_authentication"),
                Some(500..) => Some(if via.is_some() { "proxy_error" } else { "server_error" }),
                // To CONNECT only success is success.
                Some(300..) if target.scheme == Scheme::Https => Some("proxy_error"),
                _ => None,
            };
            Check {
                ok: Some(error.is_none()),
                tcp_ms: Some(millis(tcp)),
                tls: None,
                status,
                error: error.map(str::to_owned),
            }
        }
        Err(error) => Check {
            ok: (setting.mode != Mode::Pac).then_some(false),
            tcp_ms: None,
            tls: None,
            status: None,
            error: Some(error.to_string()),
        },
    }
}

/// GET, through an HTTP proxy where there is one (RFC 9112, section 3.2.2).
fn get(target: &Target, via: Option<&Target>, give_up: Instant) -> Result<(dial::Answer, Duration), DialError> {
    let via = via.filter(|proxy| proxy.scheme == Scheme::Http);
    let (mut stream, tcp) = dial::connect(via.unwrap_or(target), give_up)?;
    let host = if target.port == 80 && !target.host.contains(':') { target.host.clone() } else { target.authority() };
    let place = if via.is_some() { format!("http://{host}{}", target.path) } else { target.path.clone() };
    let request = format!(
        "GET {place} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: redbutton\r\nAccept: */*\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n"
    );
    Ok((dial::exchange(&mut stream, &request, give_up)?, tcp))
}

/// CONNECT (RFC 9110, section 9.3.6).
fn tunnel(target: &Target, via: Option<&Target>, give_up: Instant) -> Result<(Duration, Option<u16>), DialError> {
    let (mut stream, tcp) = dial::connect(via.unwrap_or(target), give_up)?;
    let place = target.authority();
    let request = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: redbutton\r\n\r\n");
    let answer = dial::exchange(&mut stream, &request, give_up)?;
    Ok((tcp, Some(answer.status)))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// Ends a test that hangs; measures nothing.
    const LONG: Duration = Duration::from_secs(300);

    /// A server that answers every request with `answer`; its port, and what it was asked.
    fn server(answer: &'static str) -> (u16, std::sync::mpsc::Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, asked) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let mut bytes = [0; 4096];
                let length = stream.read(&mut bytes).unwrap_or(0);
                let _ = stream.write_all(answer.as_bytes());
                if sender.send(String::from_utf8_lossy(&bytes[..length]).into_owned()).is_err() {
                    break;
                }
            }
        });
        (port, asked)
    }

    fn looked_at(url: &str, setting: &Setting) -> Check {
        service(Target::parse(url), "/healthz", setting, Instant::now() + LONG)
    }

    /// A proxy setting that, unlike the real ones, is used for this machine too: through a name nobody bypasses.
    fn through(port: u16) -> Setting {
        Setting::manual(&format!("127.0.0.1:{port}"), "")
    }

    #[test]
    fn a_healthy_collector_is_reached_and_asked_for_its_health() {
        let (port, asked) = server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        let check = looked_at(&format!("http://127.0.0.1:{port}/desk/"), &Setting::default());
        assert_eq!((check.ok, check.status, check.error), (Some(true), Some(200), None));
        assert!(check.tcp_ms.is_some());
        assert!(asked.recv().unwrap().starts_with("GET /desk/healthz HTTP/1.1\r\n"));
    }

    #[test]
    fn a_failing_collector_is_not_ok() {
        let (port, _asked) = server("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        let check = looked_at(&format!("http://127.0.0.1:{port}"), &Setting::default());
        assert_eq!((check.ok, check.status, check.error.as_deref()), (Some(false), Some(503), Some("server_error")));
    }

    #[test]
    fn behind_https_a_connection_is_enough_and_nothing_is_said_of_tls() {
        let (port, _asked) = server("");
        let check = looked_at(&format!("https://127.0.0.1:{port}"), &Setting::default());
        assert_eq!((check.ok, check.tls, check.status), (Some(true), None, None));
    }

    #[test]
    fn a_proxy_is_asked_to_connect_and_its_refusal_is_told() {
        let (port, asked) = server("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        let check = looked_at("https://desk.corp.example", &through(port));
        assert_eq!((check.ok, check.error.as_deref()), (Some(false), Some("proxy_authentication")));
        assert!(asked.recv().unwrap().starts_with("CONNECT desk.corp.example:443 HTTP/1.1\r\n"));

        let (port, _asked) = server("HTTP/1.1 200 Connection established\r\n\r\n");
        assert_eq!(looked_at("https://desk.corp.example", &through(port)).ok, Some(true));
    }

    #[test]
    fn plain_http_goes_through_the_proxy_with_the_whole_url() {
        let (port, asked) = server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(looked_at("http://desk.corp.example:8080", &through(port)).ok, Some(true));
        assert!(asked.recv().unwrap().starts_with("GET http://desk.corp.example:8080/healthz HTTP/1.1\r\n"));
    }

    #[test]
    fn where_a_script_decides_a_closed_direct_way_says_nothing() {
        let closed = super::super::closed_port::ClosedPort::new();
        let url = format!("http://{}", closed.address());
        let pac = Setting { mode: Mode::Pac, url: None, bypass: Vec::new() };
        assert_eq!(looked_at(&url, &pac).ok, None);
        assert_eq!(looked_at(&url, &Setting::default()).ok, Some(false));
    }

    #[test]
    fn a_portal_is_told_from_the_internet_a_proxys_refusal_and_an_error() {
        let answer = Some("success".to_owned());
        let check = InternetCheck { body_contains: answer, ..InternetCheck::at("http://check.example.org/") };
        let judged = |status: u16, body: &str, through_proxy: bool| {
            judge(&check, &dial::Answer { status, body: body.to_owned() }, through_proxy)
        };
        assert_eq!(judged(200, "success\n", false), (true, false));
        assert_eq!(judged(200, "<html>Welcome, please sign in", false), (false, true));
        assert_eq!(judged(302, "", false), (false, true));
        assert_eq!(judged(511, "", false), (false, true));
        assert_eq!(judged(200, "<html>blocked by policy", true), (false, false));
        assert_eq!(judged(502, "", false), (false, false));
    }

    #[test]
    fn a_server_that_never_answers_is_given_up_in_time() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let started = Instant::now();
        let check = service(Target::parse(&url), "", &Setting::default(), started + Duration::from_millis(200));
        assert_eq!(check.error.as_deref(), Some("timed_out"));
        assert!(started.elapsed() < LONG);
    }
}
