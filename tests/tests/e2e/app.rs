//! The tray app, started inside a desktop.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use tests::desktop::{Desktop, Guarded, descendants, until};

use crate::desk::Desk;

/// The running app.
pub struct App(pub Guarded);

impl App {
    /// Starts it against `desk` and waits for its icon.
    pub async fn start(desktop: &Desktop, desk: &Desk) -> anyhow::Result<Self> {
        let app = Self::spawn(desktop, desk, &[])?;
        desktop.wait_for_icon(app.0.pid()).await?;
        Ok(app)
    }

    /// Starts it with further variables and waits for nothing.
    pub fn spawn(desktop: &Desktop, desk: &Desk, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut command = command(desktop, desk)?;
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
    pub async fn window(&self, desktop: &Desktop) -> anyhow::Result<(u32, String)> {
        until("a window appears", Duration::from_secs(30), async || {
            let Some(process) = self.window_process() else { return Ok(None) };
            Ok(desktop.windows_of(process)?.into_iter().next().map(|window| (process, window)))
        })
        .await
    }
}

/// `redbutton` inside the desktop, set up against `desk`.
pub fn command(desktop: &Desktop, desk: &Desk) -> anyhow::Result<Command> {
    let mut command = desktop.command(binary()?);
    command
        .env("REDBUTTON_COLLECTOR_URL", desk.url())
        .env("REDBUTTON_ENROLMENT_TOKEN", "token-of-the-tests")
        .env("REDBUTTON_LANGUAGE", "en")
        .env("REDBUTTON_KEY_STORE", "file")
        .env("REDBUTTON_AUTOSTART", "false");
    Ok(command)
}

/// The program as it is shipped, with its pages inside. `REDBUTTON_BIN` names another; else it is built, which takes
/// a moment where nothing changed.
fn binary() -> anyhow::Result<&'static Path> {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let built = BINARY.get_or_init(|| build().map_err(|error| format!("{error:#}")));
    built.as_deref().map_err(|error| anyhow::anyhow!("{error}"))
}

fn build() -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("REDBUTTON_BIN") {
        return Ok(path.into());
    }
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "-p", "redbutton", "--features", "tauri/custom-protocol"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()?;
    ensure!(status.success(), "redbutton does not build");
    // target/tmp is given; what is built stands beside it.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().context("no target folder")?;
    let path = target.join("debug/redbutton");
    ensure!(path.is_file(), "{} is not there", path.display());
    Ok(path)
}
