//! Where the agent keeps its things.

use std::path::{Path, PathBuf};

/// Folders and files of one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// State of this user: outbox, presses, identity. Created on start, mode 0700.
    pub state: PathBuf,
    /// Policy of the machine, written by IT.
    pub machine_policy: PathBuf,
    /// Settings of the user.
    pub user_policy: PathBuf,
}

/// The operating system does not say where to keep things.
#[derive(Debug, thiserror::Error)]
#[error("the home directory of this user is unknown; set REDBUTTON_STATE_DIR")]
pub struct PathsError;

impl Paths {
    /// The places of this user on this operating system.
    ///
    /// State: `$XDG_STATE_HOME/redbutton` (XDG Base Directory Specification), `%LOCALAPPDATA%\Redbutton`,
    /// `~/Library/Application Support/Redbutton`; `REDBUTTON_STATE_DIR` overrides it. Machine policy:
    /// `/etc/redbutton/policy.toml`, `%ProgramData%\Redbutton\policy.toml`,
    /// `/Library/Application Support/Redbutton/policy.toml`; `REDBUTTON_POLICY_FILE` overrides it.
    ///
    /// # Errors
    /// [`PathsError`] when there is no home directory and no override.
    pub fn of_this_user() -> Result<Self, PathsError> {
        let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let state = match variable("REDBUTTON_STATE_DIR") {
            Some(path) => path,
            None => dirs::state_dir().or_else(dirs::data_local_dir).ok_or(PathsError)?.join(folder_name()),
        };
        let user_policy = match dirs::config_dir() {
            Some(config) => config.join(folder_name()).join("policy.toml"),
            None => state.join("policy.toml"),
        };
        let machine_policy = variable("REDBUTTON_POLICY_FILE").unwrap_or_else(machine_policy_file);
        Ok(Self { state, machine_policy, user_policy })
    }

    /// Everything under one folder, for tests and portable use.
    pub fn under(folder: &Path) -> Self {
        Self {
            state: folder.join("state"),
            machine_policy: folder.join("machine-policy.toml"),
            user_policy: folder.join("user-policy.toml"),
        }
    }
}

/// `Redbutton` where folders of programs are capitalised, `redbutton` elsewhere.
fn folder_name() -> &'static str {
    if std::env::consts::OS == "linux" { "redbutton" } else { "Redbutton" }
}

fn machine_policy_file() -> PathBuf {
    match std::env::consts::OS {
        "windows" => std::env::var_os("ProgramData")
            .map_or_else(|| PathBuf::from(r"C:\ProgramData"), PathBuf::from)
            .join("Redbutton")
            .join("policy.toml"),
        "macos" => PathBuf::from("/Library/Application Support/Redbutton/policy.toml"),
        _ => PathBuf::from("/etc/redbutton/policy.toml"),
    }
}
