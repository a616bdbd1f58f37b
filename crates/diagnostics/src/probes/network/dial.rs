//! Connecting and a plain-HTTP exchange, every step ended by the same moment.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::target::Target;

/// Why a place was not reached, a closed list for rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum DialError {
    /// DNS says there is no such name, or its servers said nothing useful.
    #[error("name_not_found")]
    NameNotFound,
    /// DNS did not answer.
    #[error("dns_timed_out")]
    DnsTimedOut,
    /// The machine is there, nobody listens.
    #[error("refused")]
    Refused,
    /// Nothing came back.
    #[error("timed_out")]
    TimedOut,
    /// No way there.
    #[error("unreachable")]
    Unreachable,
    /// Cut off in the middle.
    #[error("reset")]
    Reset,
    /// What came back is not HTTP.
    #[error("not_http")]
    NotHttp,
    /// Any other error of the OS.
    #[error("failed")]
    Failed,
}

impl From<io::Error> for DialError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::TimedOut,
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable => Self::Unreachable,
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => Self::Reset,
            _ => Self::Failed,
        }
    }
}

/// Most look-ups in flight. The system's resolver cannot be interrupted, only left behind; it ends by itself within half
/// a minute, and until then no more than these are started.
const MAX_LOOKUPS: usize = 32;
static LOOKUPS: AtomicUsize = AtomicUsize::new(0);

struct Lookup;

impl Lookup {
    fn start() -> Option<Self> {
        LOOKUPS
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |running| (running < MAX_LOOKUPS).then_some(running + 1))
            .ok()?;
        Some(Self)
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        LOOKUPS.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The addresses of a host through the system's resolver (files, mDNS, DNS, as configured).
pub(super) fn resolve(host: &str, port: u16, give_up: Instant) -> Result<Vec<SocketAddr>, DialError> {
    if let Ok(address) = host.parse() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let lookup = Lookup::start().ok_or(DialError::DnsTimedOut)?;
    let (sender, receiver) = mpsc::channel();
    let host = host.to_owned();
    std::thread::Builder::new()
        .name("look up a name".to_owned())
        .spawn(move || {
            let found: io::Result<Vec<SocketAddr>> = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
            drop(lookup);
            // Nobody listens any more if the time is over.
            let _ = sender.send(found);
        })
        .map_err(DialError::from)?;
    match receiver.recv_timeout(give_up.saturating_duration_since(Instant::now())) {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        Ok(_) => Err(DialError::NameNotFound),
        Err(_) => Err(DialError::DnsTimedOut),
    }
}

/// A connection to the first address that takes one, and how long that address took.
pub(super) fn connect(target: &Target, give_up: Instant) -> Result<(TcpStream, Duration), DialError> {
    const MAX_ADDRESSES: usize = 4;
    let addresses = resolve(&target.host, target.port, give_up)?;
    let mut last = DialError::Unreachable;
    let tried = addresses.len().min(MAX_ADDRESSES);
    for (index, address) in addresses.iter().take(MAX_ADDRESSES).enumerate() {
        let left = give_up.saturating_duration_since(Instant::now());
        // An equal share for each address still to be tried: a dead IPv6 must not eat IPv4's time.
        let share = left / u32::try_from(tried - index).unwrap_or(1);
        if share.is_zero() {
            return Err(DialError::TimedOut);
        }
        let started = Instant::now();
        match TcpStream::connect_timeout(address, share) {
            Ok(stream) => return Ok((stream, started.elapsed())),
            Err(error) => last = error.into(),
        }
    }
    Err(last)
}

/// The beginning of an HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub status: u16,
    /// The first few kilobytes after the header.
    pub body: String,
}

/// Sends `request` and reads the header and a little of the body.
pub(super) fn exchange(stream: &mut TcpStream, request: &str, give_up: Instant) -> Result<Answer, DialError> {
    const MAX_BYTES: usize = 8 * 1024;
    stream.set_write_timeout(Some(left(give_up)?))?;
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    let mut piece = [0; 2048];
    while bytes.len() < MAX_BYTES {
        stream.set_read_timeout(Some(left(give_up)?))?;
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => bytes.extend_from_slice(&piece[..length]),
            // Some servers keep the connection open whatever one asks: a whole answer is enough.
            Err(_) if is_complete(&bytes) => break,
            Err(error) => return Err(error.into()),
        }
        if is_complete(&bytes) {
            break;
        }
    }
    parse(&bytes).ok_or(if bytes.is_empty() { DialError::Reset } else { DialError::NotHttp })
}

fn left(give_up: Instant) -> Result<Duration, DialError> {
    let left = give_up.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(DialError::TimedOut) } else { Ok(left) }
}

/// Whether header and announced body are there. Without `Content-Length` only the end of the stream tells, except after
/// CONNECT, 204 and 304, which have no body.
fn is_complete(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((header, _)) = text.split_once("\r\n\r\n") else { return false };
    if parse(bytes).is_some_and(|answer| matches!(answer.status, 204 | 304)) {
        return true;
    }
    let length = header.lines().skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok()).flatten()
    });
    length.is_some_and(|length| bytes.len() >= header.len() + 4 + length)
        // `HTTP/1.1 200 Connection established` of a proxy: nothing follows until we speak.
        || header.lines().next().is_some_and(|line| line.to_ascii_lowercase().ends_with("connection established"))
}

/// Status line (RFC 9112, section 4) and body of what has come so far.
fn parse(bytes: &[u8]) -> Option<Answer> {
    let text = String::from_utf8_lossy(bytes);
    let (header, body) = text.split_once("\r\n\r\n")?;
    let mut line = header.lines().next()?.split(' ');
    line.next().filter(|version| version.starts_with("HTTP/1."))?;
    let status = line.next()?.parse().ok().filter(|status| (100..600).contains(status))?;
    Some(Answer { status, body: body.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_status_and_body_and_refuses_what_is_not_http() {
        let answer = parse(b"HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n<html>").unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (302, "<html>"));
        assert_eq!(parse(b"220 mail.example ESMTP\r\n\r\n"), None);
        assert_eq!(parse(b"HTTP/1.1 999999 x\r\n\r\n"), None);
    }

    #[test]
    fn an_answer_is_complete_when_its_announced_body_is_there() {
        assert!(!is_complete(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsucc"));
        assert!(is_complete(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nsucce"));
        assert!(!is_complete(b"HTTP/1.1 200 OK\r\n\r\nuntil the end"));
        assert!(is_complete(b"HTTP/1.1 204 No Content\r\n\r\n"));
        assert!(is_complete(b"HTTP/1.0 200 Connection established\r\n\r\n"));
    }

    #[test]
    fn an_address_needs_no_lookup() {
        assert_eq!(resolve("::1", 80, Instant::now()).unwrap()[0].to_string(), "[::1]:80");
    }

    #[test]
    fn a_refused_connection_is_told_as_such() {
        let closed = super::super::closed_port::ClosedPort::new();
        let target = Target::parse(&format!("tcp://{}", closed.address())).unwrap();
        let error = connect(&target, Instant::now() + Duration::from_secs(300)).unwrap_err();
        assert_eq!(error, DialError::Refused);
    }
}
