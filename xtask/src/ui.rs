//! The pages: npm packages and what Vite makes of the sources.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, bail};

use crate::{command, repository};

/// The oldest Node that Vite 8 runs on.
const MIN_NODE: (u32, u32) = (20, 19);

/// An npm command in `ui/`.
pub fn npm(arguments: &[&str]) -> Command {
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(folder()).args(arguments);
    npm
}

fn folder() -> PathBuf {
    repository::root().join("ui")
}

/// Installs the npm packages when they are missing or older than the lock file.
pub fn ensure_packages() -> anyhow::Result<()> {
    check_node()?;
    // npm writes this file last.
    let installed = modified(&folder().join("node_modules/.package-lock.json"));
    let locked = modified(&folder().join("package-lock.json")).context("ui/package-lock.json is missing")?;
    if installed.is_some_and(|installed| installed >= locked) {
        eprintln!("      ui/node_modules is as new as the lock file");
        return Ok(());
    }
    command::run_quiet_stdout(&mut npm(&["ci", "--no-audit", "--no-fund"]))
}

/// Builds the pages of the console and of the tray app, unless nothing changed since.
pub fn ensure_built() -> anyhow::Result<()> {
    let built = ["console", "tray"].iter().map(|app| modified(&folder().join(app).join("dist/index.html")));
    let oldest = built.min().flatten(); // None when one of them is missing
    let newest_source = newest(&folder())?;
    if oldest.is_some_and(|oldest| oldest > newest_source) {
        eprintln!("      nothing changed since the last build");
        return Ok(());
    }
    build()
}

/// Builds the pages.
fn build() -> anyhow::Result<()> {
    command::run_quiet_stdout(&mut npm(&["run", "build"]))
}

fn check_node() -> anyhow::Result<()> {
    let version = command::output(Command::new("node").arg("--version"))
        .context("Node.js 20.19 or newer is needed (https://nodejs.org)")?;
    let version = String::from_utf8_lossy(&version).trim().to_owned();
    match parse_version(&version) {
        Some(found) if found >= MIN_NODE => Ok(()),
        _ => {
            bail!("Node.js {version} is too old: {}.{} or newer is needed (https://nodejs.org)", MIN_NODE.0, MIN_NODE.1)
        }
    }
}

fn parse_version(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}

/// When the newest source below `folder` was changed; what tools make is left out.
fn newest(folder: &Path) -> anyhow::Result<SystemTime> {
    let mut latest = SystemTime::UNIX_EPOCH;
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        if ["node_modules", "dist", "test-results"].iter().any(|made| name == *made) {
            continue;
        }
        let time = if entry.file_type()?.is_dir() { newest(&entry.path())? } else { entry.metadata()?.modified()? };
        latest = latest.max(time);
    }
    Ok(latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_compare_as_numbers() {
        assert!(parse_version("v20.19.0").unwrap() >= MIN_NODE);
        assert!(parse_version("v100.0.1").unwrap() >= MIN_NODE);
        assert!(parse_version("v20.9.0").unwrap() < MIN_NODE);
        assert_eq!(parse_version("unknown"), None);
    }

    #[test]
    fn what_tools_make_does_not_count_as_a_source() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("src")).unwrap();
        std::fs::write(folder.path().join("src/a.ts"), "").unwrap();
        let before = newest(folder.path()).unwrap();
        std::fs::create_dir_all(folder.path().join("dist")).unwrap();
        std::fs::write(folder.path().join("dist/index.html"), "").unwrap();
        assert_eq!(newest(folder.path()).unwrap(), before);
        assert!(before > SystemTime::UNIX_EPOCH);
    }
}
