//! The first line in Chromium: `ui/e2e/journey.mjs`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use tests::collector_process::SignIn;

/// What the browser saw.
#[derive(Debug, serde::Deserialize)]
pub struct Seen {
    /// Category of the ticket as the page names it.
    pub category: String,
    /// Errors the page wrote to its console.
    pub complaints: Vec<String>,
}

fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui")
}

/// What is missing on this machine, as the command that installs it.
pub fn missing() -> Option<&'static str> {
    if !Path::new("/usr/bin/chromium").exists() && std::env::var_os("CHROMIUM").is_none() {
        return Some("apt-get install chromium");
    }
    (!pages().join("node_modules/playwright-core").exists()).then_some("npm ci (in ui/)")
}

/// Signs in, waits for ticket `number`, looks at its picture of `width` pixels, takes it and resolves it.
pub async fn work_ticket(address: &str, who: &SignIn, number: i64, width: u32) -> anyhow::Result<Seen> {
    let task = serde_json::json!({
        "address": address, "login": who.login, "password": who.password, "number": number, "width": width,
        "pictures": std::env::var("REDBUTTON_PICTURES").ok(),
    });
    let output = tokio::process::Command::new("node")
        .arg(pages().join("e2e/journey.mjs"))
        .arg(task.to_string())
        .current_dir(pages())
        .kill_on_drop(true)
        .output()
        .await
        .context("node")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}
