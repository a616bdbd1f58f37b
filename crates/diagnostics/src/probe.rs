use std::time::Duration;

use report::{Privacy, Unavailable};
use serde::Serialize;
use serde_json::Value;

use crate::Context;

/// One question put to the machine.
#[derive(Debug, Clone, Copy)]
pub struct Probe {
    /// Its name on the wire and in rules, `snake_case`, the module's own.
    pub name: &'static str,
    /// How long it may take; after that it is left behind and the fact says `timed_out`.
    pub time_box: Duration,
    /// How personal its answer is. Parts above this level (a window's title) appear only where
    /// [`Context::max_privacy`] lets them.
    pub privacy: Privacy,
    /// Asks. Runs on a thread of its own; may block, fail or panic.
    pub run: fn(&Context) -> Result<Value, ProbeError>,
}

/// Why a probe has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// This system has no such thing (no Wi-Fi adapter, no journal).
    #[error("not present: {0}")]
    NotPresent(String),
    /// The OS does not let this user ask.
    #[error("access denied: {0}")]
    AccessDenied(String),
    /// Not written for this operating system.
    #[error("not supported on this system")]
    NotSupported,
    /// The thing asked did not answer in time, and the probe gave up before its own box ended.
    #[error("timed out: {0}")]
    TimedOut(String),
    /// The OS answered with an error.
    #[error("{0}")]
    Failed(String),
}

impl ProbeError {
    /// The reason as it stands in the fact.
    pub fn reason(&self) -> Unavailable {
        match self {
            Self::NotPresent(_) => Unavailable::NotPresent,
            Self::AccessDenied(_) => Unavailable::AccessDenied,
            Self::NotSupported => Unavailable::NotSupported,
            Self::TimedOut(_) => Unavailable::TimedOut,
            Self::Failed(_) => Unavailable::Failed,
        }
    }

    /// What stands in the fact's `detail`: the text without the reason, which has its own field.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::NotPresent(text) | Self::AccessDenied(text) | Self::TimedOut(text) | Self::Failed(text) => Some(text),
            Self::NotSupported => None,
        }
    }

    /// An error of the OS met while doing `what`, sorted by its kind.
    pub(crate) fn from_io(what: &str, error: &std::io::Error) -> Self {
        let text = format!("{what}: {error}");
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::NotPresent(text),
            std::io::ErrorKind::PermissionDenied => Self::AccessDenied(text),
            std::io::ErrorKind::TimedOut => Self::TimedOut(text),
            _ => Self::Failed(text),
        }
    }
}

/// The answer as it travels. Serialising a probe's own struct cannot fail unless a float is not finite in a map key,
/// which none has; an error is passed on rather than trusted away.
pub(crate) fn answer<T: Serialize>(data: T) -> Result<Value, ProbeError> {
    serde_json::to_value(data).map_err(|error| ProbeError::Failed(format!("serialise: {error}")))
}
