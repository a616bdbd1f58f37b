use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the user adds to a report after the press. Body of `POST /api/v1/reports/{id}/follow-ups`;
/// the same id is the same follow-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FollowUp {
    /// UUIDv7 made on the device.
    pub id: Uuid,
    /// When, by the device's clock.
    pub at: DateTime<Utc>,
    /// What.
    #[serde(flatten)]
    pub kind: FollowUpKind,
}

/// What a follow-up does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FollowUpKind {
    /// A sentence; the verdict is refined with it.
    Text {
        /// At most [`crate::MAX_TEXT_CHARS`] characters.
        text: String,
    },
    /// Undo: the press was a mistake. The ticket closes as withdrawn (or loses this report, if others joined).
    Withdraw,
    /// "Me too": what the notice in the receipt says is this user's trouble. The ticket joins the notice's major incident.
    MeToo {
        /// The notice.
        notice: Uuid,
    },
    /// "Mine is another": the notice in the receipt is not this user's trouble. A ticket that joined leaves again.
    NotThis {
        /// The notice.
        notice: Uuid,
    },
    /// What was said of the notice is taken back: the ticket stands where it stood before "me too" or "mine is another".
    AnswerTakenBack {
        /// The notice.
        notice: Uuid,
    },
    /// An announced attachment will not come.
    AttachmentDropped {
        /// Which.
        n: u8,
    },
}
