use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{LocalText, TicketRef};

/// What happened to a ticket, as told to the user without asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// Ever-growing position; pass the last seen one as `after`.
    pub seq: i64,
    /// The device's report it concerns.
    pub report_id: Uuid,
    /// The ticket, as it stands now.
    pub ticket: TicketRef,
    /// When, by the collector's clock.
    pub at: DateTime<Utc>,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// Kinds of events a user is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// Somebody took the ticket.
    Accepted {
        /// Name of the person, as users see it.
        by: String,
    },
    /// Staff wrote to the user.
    Reply {
        /// Name of the person.
        by: String,
        /// What they wrote.
        text: String,
    },
    /// Staff asked the user something.
    Question {
        /// Name of the person.
        by: String,
        /// What they ask.
        text: String,
    },
    /// Staff say it is done.
    Resolved {
        /// Name of the person.
        by: String,
        /// What was done, for the user.
        text: String,
    },
    /// The ticket now belongs to a major incident: we know, we are on it.
    Known {
        /// Number of the major incident's ticket.
        major: i64,
        /// What is wrong, for users.
        title: LocalText,
        /// When there will be news, if promised.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_news_at: Option<DateTime<Utc>>,
    },
    /// What the user was told of, an outage or maintenance, is over; their ticket stays open.
    Over {
        /// The notice that closed.
        notice: Uuid,
        /// What was wrong or planned, for users.
        title: LocalText,
    },
    /// It was opened again.
    Reopened {
        /// Name of the person.
        by: String,
    },
}

/// Answer of `GET /api/v1/events?after={seq}` for a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventPage {
    /// Oldest first, at most 100.
    pub events: Vec<Event>,
    /// What to pass as `after` next time.
    pub next: i64,
}
