use chrono::{DateTime, Utc};
use report::AttachmentPlan;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Scope, StoreError};

/// Where an announced attachment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentState {
    /// It is expected.
    Announced,
    /// It is here.
    Stored,
    /// It will not come.
    Dropped,
}

/// An attachment of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// The report.
    pub report_id: Uuid,
    /// The device whose report it is.
    pub device_id: Uuid,
    /// What was announced.
    pub plan: AttachmentPlan,
    /// Where it stands.
    pub state: AttachmentState,
    /// When it came.
    pub stored_at: Option<DateTime<Utc>>,
}

impl Scope {
    /// An attachment of a report.
    pub async fn find_attachment(&self, _report_id: Uuid, _n: u8) -> Result<Option<Attachment>, StoreError> {
        pending!()
    }

    /// Marks an attachment as stored, after its blob is durable. Repeatable; one that was dropped may still come.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when no such attachment was announced.
    pub async fn attachment_stored(&self, _report_id: Uuid, _n: u8, _now: DateTime<Utc>) -> Result<(), StoreError> {
        pending!()
    }
}
