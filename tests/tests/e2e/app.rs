//! The tray app against the desk of these tests.

use std::process::Command;

use tests::{
    desktop::Desktop,
    tray_app::{self, TrayApp},
};

use crate::desk::Desk;

/// Any token is good for the desk.
const TOKEN: &str = "token-of-the-tests";

/// Starts the app and waits for its icon.
pub async fn start(desktop: &Desktop, desk: &Desk) -> anyhow::Result<TrayApp> {
    TrayApp::start(desktop, desk.url(), TOKEN).await
}

/// Starts the app with further variables and waits for nothing.
pub fn spawn(desktop: &Desktop, desk: &Desk, variables: &[(&str, &str)]) -> anyhow::Result<TrayApp> {
    TrayApp::spawn(desktop, desk.url(), TOKEN, variables)
}

/// `redbutton`, set up against the desk.
pub fn command(desktop: &Desktop, desk: &Desk) -> anyhow::Result<Command> {
    tray_app::command(desktop, desk.url(), TOKEN)
}
