//! The running tray app, seen from a second process: `redbutton report` hands its arguments over and waits for the
//! outcome. The channel is the single-instance plugin's own (D-Bus, a window message, a socket), spoken here without
//! an event loop, so that it works from a terminal and costs no display connection.

use std::{path::PathBuf, time::Duration};

use agent::PressView;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
use macos as platform;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as platform;

/// `identifier` of `tauri.conf.json`, from which the plugin derives the channel's name.
pub const IDENTIFIER: &str = "org.redbutton.desktop";

/// How much longer than asked a second process waits: handing over, writing and reading the outcome.
const GRACE: Duration = Duration::from_secs(5);

/// First argument of what a second process hands over; never typed by a person.
const HANDED_OVER: &str = "handed-over";

/// What names of outcomes' files begin with.
const OUTCOME: &str = "outcome-";

/// A press asked for by a second process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// Names the file in which the outcome is expected, see [`outcome_file`].
    pub reply: Uuid,
    /// The sentence of `--text`.
    pub text: Option<String>,
    /// `--no-screenshot`.
    pub without_screenshot: bool,
    /// Seconds to wait for the collector's answer before "saved" is all there is to say.
    pub wait_s: u64,
}

/// What became of a press asked for by a second process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Taken; how far it is.
    Pressed(Box<PressView>),
    /// Not taken, and why.
    Failed(String),
}

impl HandedOver {
    /// As command-line arguments, the program's name first as the plugin's callback expects it.
    pub fn into_arguments(self) -> anyhow::Result<Vec<String>> {
        Ok(vec!["redbutton".into(), HANDED_OVER.into(), serde_json::to_string(&self)?])
    }

    /// Reads what [`Self::into_arguments`] wrote; `None` for every other command line.
    pub fn from_arguments(arguments: &[String]) -> Option<Self> {
        match arguments {
            [_, first, json] if first == HANDED_OVER => serde_json::from_str(json).ok(),
            _ => None,
        }
    }
}

/// Where the running app writes the [`Outcome`] asked for under `reply`.
pub fn outcome_file(state_dir: &std::path::Path, reply: Uuid) -> PathBuf {
    state_dir.join(format!("{OUTCOME}{reply}.json"))
}

/// Hands `arguments` to the running app. `false` where none runs.
///
/// # Errors
/// Fails where one runs but does not take them.
pub async fn hand_over(arguments: Vec<String>) -> anyhow::Result<bool> {
    platform::hand_over(arguments).await
}

/// Waits until the running app has written its [`Outcome`]; `None` when it took longer than `wait_s` allows.
pub async fn await_outcome(file: &std::path::Path, wait_s: u64) -> Option<Outcome> {
    let reading = async {
        loop {
            // Written under another name and renamed, so what is there is whole.
            if let Ok(bytes) = tokio::fs::read(file).await {
                let _ = tokio::fs::remove_file(file).await;
                return serde_json::from_slice(&bytes).ok();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(wait_s) + GRACE, reading).await.ok().flatten()
}

/// Writes `outcome` where the second process waits for it.
///
/// # Errors
/// Fails where the state folder cannot be written.
pub async fn write_outcome(file: &std::path::Path, outcome: &Outcome) -> anyhow::Result<()> {
    let whole = file.with_extension("part");
    tokio::fs::write(&whole, serde_json::to_vec(outcome)?).await?;
    tokio::fs::rename(&whole, file).await?;
    Ok(())
}

/// Removes outcomes nobody came for.
pub fn sweep(state_dir: &std::path::Path) {
    let files = std::fs::read_dir(state_dir).into_iter().flatten().flatten();
    for file in files.filter(|file| file.file_name().to_string_lossy().starts_with(OUTCOME)) {
        if let Err(error) = std::fs::remove_file(file.path()) {
            tracing::debug!(%error, "an old outcome stays");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_survives_the_way_through_a_command_line() {
        let asked = HandedOver {
            reply: Uuid::now_v7(),
            text: Some("принтер «молчит» | \"да\"\nвторая строка".into()),
            without_screenshot: true,
            wait_s: 30,
        };
        let arguments = asked.clone().into_arguments().unwrap();
        assert_eq!(HandedOver::from_arguments(&arguments), Some(asked));
    }

    #[test]
    fn other_command_lines_ask_for_no_press() {
        for line in [&["redbutton"][..], &["redbutton", "report"], &["redbutton", HANDED_OVER, "{"]] {
            let line: Vec<String> = line.iter().map(ToString::to_string).collect();
            assert_eq!(HandedOver::from_arguments(&line), None);
        }
    }

    #[tokio::test]
    async fn an_outcome_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = outcome_file(folder.path(), Uuid::now_v7());
        let outcome = Outcome::Failed("the agent is stopping".into());
        let (read, written) = tokio::join!(await_outcome(&file, 5), write_outcome(&file, &outcome));
        written.unwrap();
        assert_eq!(read, Some(outcome));
        assert!(!file.exists());
    }
}
