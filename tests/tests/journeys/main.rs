//! The whole way with nothing in place of anything: a click in a real tray, the real collector, the ticket worked in a
//! real browser, the answer back in the tray.

#![cfg(target_os = "linux")]

mod browser;
mod tray_to_browser;

/// Whether this machine is to have everything the tests need.
pub fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}
