//! The programs as they are shipped, built when they are not up to date. A variable names another build of each:
//! `REDBUTTON_BIN`, `REDBUTTON_AGENT_BIN`, `REDBUTTON_COLLECTOR_BIN`.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use anyhow::{Context as _, ensure};

/// The tray app, with its pages inside.
///
/// # Errors
/// Fails where it does not build.
pub fn tray_app() -> anyhow::Result<&'static Path> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    found(&PATH, "REDBUTTON_BIN", "redbutton", &["-p", "redbutton", "--features", "tauri/custom-protocol"])
}

/// The agent without a window.
///
/// # Errors
/// Fails where it does not build.
pub fn agent() -> anyhow::Result<&'static Path> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    found(&PATH, "REDBUTTON_AGENT_BIN", "redbutton-agent", &["-p", "agent", "--bin", "redbutton-agent"])
}

/// The collector, with the console inside.
///
/// # Errors
/// Fails where it does not build.
pub fn collector() -> anyhow::Result<&'static Path> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    found(&PATH, "REDBUTTON_COLLECTOR_BIN", "redbutton-collector", &["-p", "collector", "--bin", "redbutton-collector"])
}

fn found(
    once: &'static OnceLock<Result<PathBuf, String>>,
    variable: &str,
    name: &str,
    arguments: &[&str],
) -> anyhow::Result<&'static Path> {
    let path = once.get_or_init(|| built(variable, name, arguments).map_err(|error| format!("{error:#}")));
    path.as_deref().map_err(|error| anyhow::anyhow!("{error}"))
}

fn built(variable: &str, name: &str, arguments: &[&str]) -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Ok(path.into());
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--message-format=json-render-diagnostics"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(std::process::Stdio::inherit())
        .output()?;
    ensure!(built.status.success(), "{name} does not build");
    // Cargo says where it put each artefact; the target folder may be anywhere.
    String::from_utf8_lossy(&built.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .with_context(|| format!("cargo does not say where {name} is"))
}
