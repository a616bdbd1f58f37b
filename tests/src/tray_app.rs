//! The tray app, started inside a desktop.

use std::process::{Command, Stdio};

use crate::{
    PATIENCE,
    desktop::{Desktop, Guarded, descendants, until},
    programs,
};

/// The running app.
pub struct TrayApp(pub Guarded);

impl TrayApp {
    /// Starts it against the collector at `url` and waits for its icon.
    ///
    /// # Errors
    /// Fails where no icon appears.
    pub async fn start(desktop: &Desktop, url: &str, token: &str) -> anyhow::Result<Self> {
        let app = Self::spawn(desktop, url, token, &[])?;
        desktop.wait_for_icon(app.0.pid()).await?;
        Ok(app)
    }

    /// Starts it with further variables and waits for nothing.
    ///
    /// # Errors
    /// Fails where it cannot be started.
    pub fn spawn(desktop: &Desktop, url: &str, token: &str, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut command = command(desktop, url, token)?;
        command.envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        Ok(Self(Guarded::spawn(&mut command)?))
    }

    /// The process that owns the window, where there is one.
    pub fn window_process(&self) -> Option<u32> {
        let found = descendants(self.0.pid());
        found.into_iter().find(|(_, line)| line.split(' ').nth(1) == Some("window")).map(|(pid, _)| pid)
    }

    /// Waits until the window is on the screen and gives its process and its X id.
    ///
    /// # Errors
    /// Fails where none appears.
    pub async fn window(&self, desktop: &Desktop) -> anyhow::Result<(u32, String)> {
        until("a window appears", PATIENCE, async || {
            let Some(process) = self.window_process() else { return Ok(None) };
            Ok(desktop.windows_of(process)?.into_iter().next().map(|window| (process, window)))
        })
        .await
    }
}

/// `redbutton` inside the desktop, set up against the collector at `url`.
///
/// # Errors
/// Fails where the app does not build.
pub fn command(desktop: &Desktop, url: &str, token: &str) -> anyhow::Result<Command> {
    let mut command = desktop.command(programs::tray_app()?);
    command
        .env("REDBUTTON_COLLECTOR_URL", url)
        .env("REDBUTTON_ENROLMENT_TOKEN", token)
        .env("REDBUTTON_LANGUAGE", "en")
        .env("REDBUTTON_KEY_STORE", "off")
        .env("REDBUTTON_AUTOSTART", "false");
    Ok(command)
}
