//! Where the person sits: at the console, over RDP, in a virtual desktop; and who else is on the machine.

#[cfg(unix)]
mod login;
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
mod system;

use std::time::Duration;

use report::Privacy;
use serde::Serialize;
use serde_json::Value;

use crate::probe::answer;
use crate::{Context, Probe, ProbeError};

/// The probe.
pub const PROBE: Probe =
    Probe { name: "session", time_box: Duration::from_millis(250), privacy: Privacy::Personal, run };

/// The session the agent runs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Session {
    /// Where the screen is.
    kind: Kind,
    /// How it is carried, where it is remote: `rdp`, `ssh`, `citrix`, `horizon`, `x2go`, `nx`, `vnc`.
    protocol: Option<&'static str>,
    /// Login of the person.
    user: String,
    /// Other people with a session on this machine now.
    other_users: u32,
    /// BCP 47 or POSIX locale as the system has it: `ru-RU`, `ru_RU.UTF-8`.
    locale: String,
    /// Desktop environment, where there is a choice: `KDE`, `GNOME`, `fly`, `MATE`.
    desktop: Option<String>,
}

/// Where the screen of a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_os = "macos", expect(dead_code, reason = "macOS sessions are at the console, over SSH, or not told"))]
enum Kind {
    /// At the machine.
    Console,
    /// Carried over the network.
    Remote,
    /// A virtual desktop (Citrix, Horizon).
    Vdi,
    /// The system does not say.
    Unknown,
}

fn run(_: &Context) -> Result<Value, ProbeError> {
    answer(system::read()?)
}
