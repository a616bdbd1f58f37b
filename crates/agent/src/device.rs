//! What the operating system says of this machine and its user.

use report::{AgentInfo, DeviceInfo, Language, OsFamily};

/// Version of this agent.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Family of the operating system this runs on.
pub(crate) fn os_family() -> OsFamily {
    match std::env::consts::OS {
        "windows" => OsFamily::Windows,
        "macos" => OsFamily::Macos,
        _ => OsFamily::Linux,
    }
}

/// Host name as the operating system gives it.
pub(crate) fn hostname() -> String {
    whoami::hostname().unwrap_or_else(|_| "unknown".to_owned())
}

/// Login of the person.
pub(crate) fn login() -> Option<String> {
    whoami::username().ok().filter(|name| !name.is_empty())
}

/// Language of the system. POSIX variables first (POSIX.1-2017, 8.2), since they are what a shell shows;
/// then what the desktop says.
pub(crate) fn system_language() -> Language {
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        if let Some(value) = std::env::var(name).ok().filter(|value| !value.is_empty()) {
            return Language::from_locale(&value);
        }
    }
    whoami::lang_prefs()
        .ok()
        .and_then(|prefs| prefs.message_langs().next().map(|language| Language::from_locale(&language.to_string())))
        .unwrap_or_default()
}

/// What the device says of itself when it enrols.
pub(crate) fn info() -> DeviceInfo {
    DeviceInfo { hostname: hostname(), os: os_family(), agent_version: VERSION.to_owned() }
}

/// The program that makes the reports.
pub(crate) fn agent_info() -> AgentInfo {
    AgentInfo { version: VERSION.to_owned(), os: os_family() }
}
