//! The tray app as a person meets it: a real panel, real clicks, real processes; only the support desk is a small
//! server of the tests, so that its answers can be held back.

#![cfg(target_os = "linux")]

mod app;
mod clicks;
mod desk;
mod memory;
mod tray_host;
mod window;

use std::sync::OnceLock;

use tests::desktop::Desktop;
use tokio::sync::{Mutex, MutexGuard};

/// A desktop wants a processor for itself: they are taken one after the other.
pub async fn turn() -> Option<MutexGuard<'static, ()>> {
    static ONE: OnceLock<Mutex<()>> = OnceLock::new();
    if let Some(command) = Desktop::missing() {
        let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
        assert!(!is_ci, "the desktop tests need: {command}");
        eprintln!("SKIPPED, no desktop can be started here; they run after: {command}");
        return None;
    }
    Some(ONE.get_or_init(Mutex::default).lock().await)
}
