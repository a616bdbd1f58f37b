use bytes::Bytes;
use chrono::{DateTime, Utc};
use report::{Notice, Report, TicketRef, Verdict};
use uuid::Uuid;

use crate::{Attachment, Scope, StoreError, StoredFollowUp};

/// A report that has passed every check and is to be stored.
#[derive(Clone)]
pub struct NewReport<'a> {
    /// The report.
    pub report: &'a Report,
    /// Its JSON as received, kept byte for byte.
    pub body: Bytes,
    /// SHA-256 by which a repetition is told from a reused id (of the body, or of a canonical form of it).
    pub content_hash: [u8; 32],
    /// The device that sent it.
    pub device_id: Uuid,
    /// What triage concludes.
    pub verdict: &'a Verdict,
    /// The notice that matched, as it stands now.
    pub notice: Option<&'a Notice>,
    /// The collector's clock.
    pub received_at: DateTime<Utc>,
    /// It joins an open ticket only when that had a report since then.
    pub join_after: DateTime<Utc>,
}

/// What a receipt is built from.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceiptRow {
    /// The report.
    pub report_id: Uuid,
    /// The device that sent it.
    pub device_id: Uuid,
    /// When the collector had it, in whole milliseconds.
    pub received_at: DateTime<Utc>,
    /// Its ticket as it stands now.
    pub ticket: TicketRef,
    /// Whether it joined a ticket that was open already.
    pub joined: bool,
    /// The newest verdict.
    pub verdict: Verdict,
    /// The notice that matched when it came.
    pub notice: Option<Notice>,
    /// Announced attachments that have not arrived and may still.
    pub awaited: Vec<u8>,
}

/// Outcome of [`Scope::ingest_report`].
#[derive(Debug, Clone, PartialEq)]
pub enum Ingested {
    /// It is durable now.
    Stored(ReceiptRow),
    /// It was here before; nothing changed.
    Repeated(ReceiptRow),
    /// Its id belongs to another report (other content, device or organisation); nothing changed.
    IdReused,
}

/// A report read back.
#[derive(Debug, Clone)]
pub struct StoredReport {
    /// The report, read from the JSON that was received.
    pub report: Report,
    /// The device that sent it.
    pub device_id: Uuid,
    /// When the collector had it.
    pub received_at: DateTime<Utc>,
    /// Number of its ticket.
    pub ticket_number: i64,
    /// The newest verdict.
    pub verdict: Verdict,
    /// The notice that matched when it came.
    pub notice: Option<Notice>,
    /// When the user took it back.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Its attachments by place.
    pub attachments: Vec<Attachment>,
    /// What the user added, oldest first.
    pub follow_ups: Vec<StoredFollowUp>,
}

impl Scope {
    /// Stores a report and opens or joins its ticket, all or nothing; durable when it returns. It joins the device's
    /// open ticket with the same [`Verdict::signature`], else it opens one with the organisation's next number.
    /// The same report any number of times, at once or later, is stored once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the device is not of this organisation.
    pub async fn ingest_report(&self, _new: NewReport<'_>) -> Result<Ingested, StoreError> {
        pending!()
    }

    /// A report with everything that belongs to it.
    pub async fn find_report(&self, _id: Uuid) -> Result<Option<StoredReport>, StoreError> {
        pending!()
    }

    /// The report's JSON as it was received.
    pub async fn find_report_body(&self, _id: Uuid) -> Result<Option<Bytes>, StoreError> {
        pending!()
    }

    /// What the receipt is built from, as it stands now.
    pub async fn find_receipt_row(&self, _id: Uuid) -> Result<Option<ReceiptRow>, StoreError> {
        pending!()
    }
}
