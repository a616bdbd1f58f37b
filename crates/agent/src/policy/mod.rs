//! Settings and where each comes from: defaults → machine policy → user file → environment → flags, later ones
//! win, except for keys the machine policy lists under `enforced`.

mod settings;
mod sources;

pub use settings::{Flags, Policy, ServiceSetting};

use std::path::PathBuf;

/// Where a setting's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Built in.
    Default,
    /// The policy file of the machine.
    Machine(PathBuf),
    /// The settings file of the user.
    User(PathBuf),
    /// An environment variable, by name.
    Environment(String),
    /// A flag on the command line, or code.
    Flag,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Machine(path) | Self::User(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag => f.write_str("flag"),
        }
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

impl<T> std::ops::Deref for Setting<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A file is there but cannot be read.
    #[error("{origin}: {reason}")]
    Unreadable {
        /// Which file.
        origin: Origin,
        /// Why.
        reason: String,
    },
    /// No such key.
    #[error("{key} (from {origin}): there is no such setting")]
    UnknownKey {
        /// The key.
        key: String,
        /// Where it was found.
        origin: Origin,
    },
    /// A value that does not fit.
    #[error("{key} = {value} (from {origin}): {reason}")]
    Invalid {
        /// The key.
        key: String,
        /// The value as found; `…` for secrets.
        value: String,
        /// Where it was found.
        origin: Origin,
        /// What is wrong with it.
        reason: String,
    },
}
