//! What the tray app and the command line call.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use uuid::Uuid;

use crate::{AgentState, Paths, Policy};

/// The running agent: cheap to clone, delivers and follows in the background until [`Engine::shutdown`].
#[derive(Clone)]
pub struct Engine {
    state: Arc<watch::Sender<AgentState>>,
}

/// The engine could not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The state folder cannot be made or written.
    #[error("{path}: {source}")]
    State {
        /// Which folder or file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// One press.
#[derive(Debug, Clone, Default)]
pub struct PressInput {
    /// The person's sentence, where it is known already.
    pub text: Option<String>,
    /// When the button was pressed; now, if the caller does not know.
    pub pressed_at: Option<DateTime<Utc>>,
    /// Takes no picture at this press, whatever policy allows.
    pub without_screenshot: bool,
}

/// The report a press makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PressId(pub Uuid);

/// A press could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    /// The engine is stopping.
    #[error("the agent is stopping")]
    Stopping,
}

/// A sentence could not be added.
#[derive(Debug, thiserror::Error)]
pub enum AddTextError {
    /// No such press.
    #[error("there is no such report")]
    UnknownReport,
    /// Empty, or longer than [`report::MAX_TEXT_CHARS`].
    #[error("the text must have 1 to {} characters", report::MAX_TEXT_CHARS)]
    Length,
    /// Redaction failed, so the text goes nowhere.
    #[error("the text could not be redacted and was dropped")]
    RedactionFailed,
    /// The press was taken back or refused.
    #[error("the report is closed")]
    Closed,
}

/// A press could not be taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// No such press.
    #[error("there is no such report")]
    UnknownReport,
    /// Too late, or done already.
    #[error("the report can no longer be taken back")]
    TooLate,
}

impl Engine {
    /// Starts the agent on the current tokio runtime, or on one of its own when there is none.
    ///
    /// # Errors
    /// [`EngineError`] when the state folder cannot be used.
    pub fn start(_paths: Paths, _policy: Policy) -> Result<Self, EngineError> {
        Ok(Self { state: Arc::new(watch::Sender::new(AgentState::default())) })
    }

    /// Files an incident. Answers as soon as the screen is captured; the rest goes on in the background.
    ///
    /// # Errors
    /// [`PressError`] when the engine is stopping.
    pub async fn press(&self, _input: PressInput) -> Result<PressId, PressError> {
        Err(PressError::Stopping)
    }

    /// The whole state, now and whenever it changes.
    pub fn subscribe(&self) -> watch::Receiver<AgentState> {
        self.state.subscribe()
    }

    /// Adds a sentence to a press.
    ///
    /// # Errors
    /// [`AddTextError`].
    pub async fn add_text(&self, _report: Uuid, _text: String) -> Result<(), AddTextError> {
        Err(AddTextError::UnknownReport)
    }

    /// Takes a press back: before delivery it leaves the outbox, after it the collector is told.
    ///
    /// # Errors
    /// [`UndoError`].
    pub async fn undo(&self, _report: Uuid) -> Result<(), UndoError> {
        Err(UndoError::UnknownReport)
    }

    /// Marks what happened to a report as read; all of them for `None`.
    pub fn mark_read(&self, _report: Option<Uuid>) {}

    /// Tries to deliver now, without waiting for the next attempt.
    pub fn retry_now(&self) {}

    /// Stops the background tasks after what is being written is durable.
    pub async fn shutdown(&self) {}
}
