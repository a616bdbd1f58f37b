use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// What was read from a screenshot.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScreenRead {
    /// The attachment.
    pub n: u8,
    /// Where its reading stands.
    pub state: ScreenState,
    /// Its text, at most 8,000 characters; empty where nothing stands on it.
    pub text: Option<String>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
}

/// Where the reading of a screenshot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScreenState {
    /// It will be read.
    Waiting,
    /// It was read.
    Read,
    /// It could not be read.
    Failed,
    /// No collector can read screens.
    Unavailable,
}

impl From<store::Screen> for ScreenRead {
    fn from(store::Screen { n, state, text, read_at }: store::Screen) -> Self {
        let state = match state {
            store::ScreenState::Waiting => ScreenState::Waiting,
            store::ScreenState::Read => ScreenState::Read,
            store::ScreenState::Failed => ScreenState::Failed,
            store::ScreenState::Unavailable => ScreenState::Unavailable,
        };
        Self { n, state, text, read_at }
    }
}
