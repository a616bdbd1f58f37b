use chrono::{DateTime, Utc};
use report::{FollowUp, Verdict};
use uuid::Uuid;

use crate::{ReceiptRow, Scope, StoreError};

/// A follow-up read back.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredFollowUp {
    /// What the user sent.
    pub follow_up: FollowUp,
    /// When the collector had it.
    pub received_at: DateTime<Utc>,
}

/// Outcome of [`Scope::follow_up`].
#[derive(Debug, Clone, PartialEq)]
pub enum FollowedUp {
    /// It took effect.
    Applied(ReceiptRow),
    /// It was here before; nothing changed.
    Repeated(ReceiptRow),
}

impl FollowedUp {
    /// What the receipt is built from.
    pub fn receipt_row(&self) -> &ReceiptRow {
        match self {
            Self::Applied(row) | Self::Repeated(row) => row,
        }
    }
}

impl Scope {
    /// Applies a follow-up to a report of `device_id`, once for each follow-up id. A sentence goes to the timeline, with
    /// `new_verdict` (when given) replacing the report's; it answers a question staff had asked. A withdrawal closes the
    /// ticket when no other live report is in it. A dropped attachment is no longer awaited.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the device has no such report.
    pub async fn follow_up(
        &self,
        _device_id: Uuid,
        _report_id: Uuid,
        _follow_up: &FollowUp,
        _new_verdict: Option<&Verdict>,
        _now: DateTime<Utc>,
    ) -> Result<FollowedUp, StoreError> {
        pending!()
    }
}
