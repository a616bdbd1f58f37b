use chrono::{DateTime, Utc};
use report::EventPage;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Scope, StaffRef, StoreError};

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Actor {
    /// The person at the device.
    User,
    /// A member of staff.
    Staff(StaffRef),
    /// The collector itself.
    Collector,
}

/// One thing that happened to a ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEntry {
    /// Its position; grows within the organisation.
    pub seq: i64,
    /// When, by the collector's clock.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub kind: TimelineKind,
}

/// What can happen to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TimelineKind {
    /// A report opened it.
    Opened {
        /// Which.
        report_id: Uuid,
    },
    /// A report joined it.
    Joined {
        /// Which.
        report_id: Uuid,
    },
    /// The user added a sentence to a report.
    TextAdded {
        /// To which report.
        report_id: Uuid,
        /// What they wrote.
        text: String,
    },
    /// The user took a report back.
    ReportWithdrawn {
        /// Which.
        report_id: Uuid,
        /// Whether the ticket closed with it.
        closes: bool,
    },
    /// An attachment came.
    AttachmentStored {
        /// Of which report.
        report_id: Uuid,
        /// Which.
        n: u8,
    },
    /// An attachment will not come.
    AttachmentDropped {
        /// Of which report.
        report_id: Uuid,
        /// Which.
        n: u8,
    },
    /// Somebody took it.
    Taken {
        /// From whom, if somebody had it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<StaffRef>,
    },
    /// Its holder put it back.
    Released,
    /// Staff wrote to the user.
    Replied {
        /// What.
        text: String,
    },
    /// Staff asked the user.
    Asked {
        /// What.
        text: String,
    },
    /// Staff said it is done.
    Resolved {
        /// What was done, for the user.
        text: String,
    },
    /// The resolution was undone.
    Reopened,
}

impl Scope {
    /// What users of this device are to be told after `seq`, oldest first, at most `limit` (100 at most). An event
    /// concerns the device's newest live report in the ticket.
    pub async fn events_for_device(&self, _device_id: Uuid, _after: i64, _limit: u64) -> Result<EventPage, StoreError> {
        pending!()
    }
}
