//! Whether there is a display to show a tray on. Asked first, because the event loop panics where there is none.

/// Fails with what to do instead where no display answers.
#[cfg(target_os = "linux")]
pub fn require() -> anyhow::Result<()> {
    gtk::init().map_err(|_| anyhow::anyhow!(crate::texts::NO_DISPLAY))
}

/// Windows and macOS have one wherever this program can run.
#[cfg(not(target_os = "linux"))]
pub fn require() -> anyhow::Result<()> {
    Ok(())
}
