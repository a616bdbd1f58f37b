use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use report::Privacy;

/// What probes need to know from outside: the time, what the company has, what policy allows.
#[derive(Debug, Clone)]
pub struct Context {
    /// The moment of the press, by this machine's clock.
    pub now: DateTime<Utc>,
    /// Base URL of the collector, if this machine is enrolled.
    pub collector_url: Option<String>,
    /// The company's own services, looked at by the network ladder.
    pub services: Vec<ServiceCheck>,
    /// What tells the internet from a captive portal; `None` asks nobody outside (a closed network).
    pub internet_check: Option<InternetCheck>,
    /// Facts above this level are `off_by_policy`, and parts of facts above it are left out.
    pub max_privacy: Privacy,
    /// Names of probes policy turned off.
    pub off: BTreeSet<String>,
    /// The last `Date` header of the collector.
    pub last_server_date: Option<ServerDate>,
    /// How far back `events` looks.
    pub events_window: Duration,
}

/// One of the company's own services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceCheck {
    /// What people call it.
    pub name: String,
    /// `http://`, `https://` or `tcp://host:port`.
    pub url: String,
}

/// A plain-HTTP address whose answer is known, as browsers use to find captive portals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InternetCheck {
    /// An `http://` URL. HTTPS would hide the portal, which can only answer in the clear.
    pub url: String,
    /// The status the real server gives.
    pub status: u16,
    /// Text the real server's body contains; a portal that answers 200 is told by its absence.
    pub body_contains: Option<String>,
}

/// A server's clock beside ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerDate {
    /// The `Date` header.
    pub server: DateTime<Utc>,
    /// This machine's clock when the header arrived.
    pub local_at_that_moment: DateTime<Utc>,
}

impl InternetCheck {
    /// The check at `url`: 204 is expected of a path that ends in `204` (`/generate_204`), 200 of any other.
    pub fn at(url: impl Into<String>) -> Self {
        let url = url.into();
        let status = if url.ends_with("204") { 204 } else { 200 };
        Self { url, status, body_contains: None }
    }
}

impl Context {
    /// A context at `now` with nothing configured: no collector, no services, nobody asked outside, personal facts allowed,
    /// sensitive ones not.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            collector_url: None,
            services: Vec::new(),
            internet_check: None,
            max_privacy: Privacy::Personal,
            off: BTreeSet::new(),
            last_server_date: None,
            events_window: Duration::from_secs(15 * 60),
        }
    }
}
