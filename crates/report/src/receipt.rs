use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{LocalText, Notice, Verdict};

/// The collector's answer to a report, sent only after the report is durable. Same report, same receipt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The report it answers.
    pub report_id: Uuid,
    /// When the collector had it, by its own clock.
    pub received_at: DateTime<Utc>,
    /// The ticket it opened or joined.
    pub ticket: TicketRef,
    /// Whether it joined a ticket that was open already.
    pub joined: bool,
    /// The verdict in the user's words, with a safe first step where there is one.
    pub says: LocalText,
    /// The verdict itself.
    pub verdict: Verdict,
    /// Something already known that concerns this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// Announced attachments that have not arrived.
    pub awaited: Vec<u8>,
}

/// A ticket as its reporter sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketRef {
    /// Number within the organisation; people read it as `INC-{number}`.
    pub number: i64,
    /// Where it stands.
    pub status: TicketStatus,
}

/// Where a ticket stands (ITIL incident states).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// Nobody has taken it.
    New,
    /// Somebody works on it.
    InProgress,
    /// Staff asked the user and wait.
    WaitingForUser,
    /// Staff say it is done.
    Resolved,
    /// The user took it back.
    Withdrawn,
}

impl TicketStatus {
    /// Every status.
    pub const ALL: &'static [Self] =
        &[Self::New, Self::InProgress, Self::WaitingForUser, Self::Resolved, Self::Withdrawn];

    /// As written on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InProgress => "in_progress",
            Self::WaitingForUser => "waiting_for_user",
            Self::Resolved => "resolved",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether reports may still join.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Resolved | Self::Withdrawn)
    }
}
