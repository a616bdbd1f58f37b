//! The program in front at the press and the few before it: whose program it is names the team.

mod history;
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

pub use history::{App, Watch, watch};

/// The probe. Its box is wider than the 50 ms it needs: pictures are being packed at the same moment, and no fact is
/// worth more.
pub const PROBE: Probe =
    Probe { name: "foreground", time_box: Duration::from_millis(250), privacy: Privacy::Personal, run };

/// The program whose window has the focus.
#[derive(Debug, Serialize)]
struct Foreground {
    /// File name of its executable, as on the disk: `OUTLOOK.EXE`, `firefox-esr`. Never its path or command line.
    executable: String,
    /// What people call it: `Microsoft Outlook`, `Firefox`.
    name: String,
    /// Its version.
    version: Option<String>,
    /// Who made it, by its own word.
    publisher: Option<String>,
    /// Title of its window; only where policy lets sensitive data leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Process id.
    pid: Option<u32>,
    /// Whether it answers its window's messages; `null` where the system does not tell.
    responding: Option<bool>,
    /// `x11`, `wayland`, `windows`, `aqua`.
    session_type: &'static str,
    /// The programs before it, latest first, at most five; empty unless [`watch`] runs.
    recent: Vec<App>,
}

/// The window in front, as a system tells it.
struct Window {
    app: App,
    version: Option<String>,
    publisher: Option<String>,
    title: Option<String>,
    pid: Option<u32>,
    responding: Option<bool>,
    session_type: &'static str,
}

/// How much is to be found out about the window in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// Which program it is: asked every few seconds, so it must be cheap.
    App,
    /// Everything.
    Full,
}

/// Longest title told, in Unicode scalar values.
const MAX_TITLE_CHARS: usize = 200;

fn run(context: &Context) -> Result<Value, ProbeError> {
    let window = system::read(Detail::Full)?;
    answer(describe(window, context.max_privacy))
}

fn describe(window: Window, max_privacy: Privacy) -> Foreground {
    let title = window.title.filter(|title| !title.is_empty() && max_privacy >= Privacy::Sensitive);
    Foreground {
        recent: history::before(&window.app),
        executable: window.app.executable,
        name: window.app.name,
        version: window.version,
        publisher: window.publisher,
        title: title.map(|title| title.chars().take(MAX_TITLE_CHARS).collect()),
        pid: window.pid,
        responding: window.responding,
        session_type: window.session_type,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window() -> Window {
        Window {
            app: App { executable: "test-editor".to_owned(), name: "Editor".to_owned() },
            version: None,
            publisher: None,
            title: Some("Salaries 2026.xlsx — Editor".to_owned()),
            pid: Some(7),
            responding: None,
            session_type: "x11",
        }
    }

    #[test]
    fn a_title_leaves_only_where_policy_lets_sensitive_data_leave() {
        let personal = serde_json::to_value(describe(window(), Privacy::Personal)).unwrap();
        assert!(personal.get("title").is_none());
        let sensitive = serde_json::to_value(describe(window(), Privacy::Sensitive)).unwrap();
        assert_eq!(sensitive["title"], "Salaries 2026.xlsx — Editor");
    }
}
