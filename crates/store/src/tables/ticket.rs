use chrono::{DateTime, Utc};
use report::{Category, LocalText, Priority, TicketRef, TicketStatus};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Scope, StaffRef, StoreError, StoredReport, TimelineEntry};

/// Which tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketView {
    /// Everything that is not done.
    #[default]
    Open,
    /// Open ones held by [`TicketQuery::staff_id`].
    Mine,
    /// Open ones nobody holds.
    Unassigned,
    /// Resolved ones (withdrawn ones are in no view).
    Resolved,
}

/// A page of the queue to be read.
#[derive(Debug, Clone)]
pub struct TicketQuery {
    /// Which tickets.
    pub view: TicketView,
    /// Of which category; all when absent.
    pub category: Option<Category>,
    /// Words to look for; see `src/search.rs`.
    pub q: Option<String>,
    /// [`Page::next`] of the page before.
    pub cursor: Option<String>,
    /// How many, 1 to 200.
    pub limit: u64,
    /// Who asks, for [`TicketView::Mine`].
    pub staff_id: Uuid,
}

/// A page, most pressing first, then oldest, then by number.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What was found.
    pub items: Vec<T>,
    /// Where the next page starts, if there is one. Opaque.
    pub next: Option<String>,
}

/// A ticket as a line of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketSummary {
    /// Number within the organisation.
    pub number: i64,
    /// Where it stands.
    pub status: TicketStatus,
    /// How pressing it is.
    pub priority: Priority,
    /// What kind of incident.
    pub category: Category,
    /// Key of the team that should have it.
    pub team: String,
    /// What triage says: the probable cause, else the worst finding, if any.
    pub says: Option<LocalText>,
    /// How sure triage is of the category, 0 to 1.
    pub confidence: f32,
    /// The user's sentence, at most its first 280 characters.
    pub text: Option<String>,
    /// Host name of the device that opened it.
    pub hostname: String,
    /// Login of the person, where policy let it leave the device.
    pub user: Option<String>,
    /// The device that opened it.
    pub device_id: Uuid,
    /// Who works on it.
    pub holder: Option<StaffRef>,
    /// When its first report came.
    pub opened_at: DateTime<Utc>,
    /// When its last report came.
    pub last_report_at: DateTime<Utc>,
    /// When anything happened to it last.
    pub updated_at: DateTime<Utc>,
    /// When it was resolved, if it is.
    pub resolved_at: Option<DateTime<Utc>>,
    /// How many live reports are in it.
    pub reports: u32,
    /// How many announced attachments have not come yet.
    pub awaited: u32,
}

/// Tickets in each view; counted up to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TicketCounts {
    /// In [`TicketView::Open`].
    pub open: u32,
    /// In [`TicketView::Mine`].
    pub mine: u32,
    /// In [`TicketView::Unassigned`].
    pub unassigned: u32,
    /// In [`TicketView::Resolved`].
    pub resolved: u32,
}

/// A ticket with everything in it.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its line of the queue.
    pub summary: TicketSummary,
    /// Its reports, newest first, withdrawn ones included, at most 50.
    pub reports: Vec<StoredReport>,
    /// What happened, oldest first; the newest 500 entries.
    pub timeline: Vec<TimelineEntry>,
}

impl Scope {
    /// A page of the queue. Pages stay whole while reports arrive: nothing is shown twice or skipped because of them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the cursor is not one of ours.
    pub async fn list_tickets(&self, _query: &TicketQuery) -> Result<Page<TicketSummary>, StoreError> {
        pending!()
    }

    /// How many tickets are in each view, for this member of staff.
    pub async fn count_tickets(&self, _staff_id: Uuid) -> Result<TicketCounts, StoreError> {
        pending!()
    }

    /// A ticket.
    pub async fn find_ticket(&self, _number: i64) -> Result<Option<Ticket>, StoreError> {
        pending!()
    }

    /// A ticket's line of the queue.
    pub async fn find_ticket_summary(&self, _number: i64) -> Result<Option<TicketSummary>, StoreError> {
        pending!()
    }

    /// Gives an open ticket to `staff_id`; the user is told. Taking one's own ticket changes nothing.
    ///
    /// # Errors
    /// [`crate::Conflict::HeldBy`] when somebody else has it and `force` is off; [`crate::Conflict::Status`] when it is
    /// not open; [`StoreError::NotFound`] when ticket or person is not of this organisation.
    pub async fn take_ticket(
        &self,
        _number: i64,
        _staff_id: Uuid,
        _force: bool,
        _now: DateTime<Utc>,
    ) -> Result<TicketRef, StoreError> {
        pending!()
    }

    /// Puts a ticket held by `staff_id` back. Releasing one that nobody holds changes nothing.
    ///
    /// # Errors
    /// As [`Scope::take_ticket`].
    pub async fn release_ticket(
        &self,
        _number: i64,
        _staff_id: Uuid,
        _now: DateTime<Utc>,
    ) -> Result<TicketRef, StoreError> {
        pending!()
    }

    /// Writes to the user; `asks` makes the ticket wait for their answer. Takes a ticket nobody holds.
    ///
    /// # Errors
    /// As [`Scope::take_ticket`].
    pub async fn reply_to_ticket(
        &self,
        _number: i64,
        _staff_id: Uuid,
        _text: &str,
        _asks: bool,
        _now: DateTime<Utc>,
    ) -> Result<TicketRef, StoreError> {
        pending!()
    }

    /// Says it is done; the user is told `text`. Takes a ticket nobody holds.
    ///
    /// # Errors
    /// As [`Scope::take_ticket`].
    pub async fn resolve_ticket(
        &self,
        _number: i64,
        _staff_id: Uuid,
        _text: &str,
        _now: DateTime<Utc>,
    ) -> Result<TicketRef, StoreError> {
        pending!()
    }

    /// Undoes a resolution; the user is told.
    ///
    /// # Errors
    /// [`crate::Conflict::Status`] when it is not resolved; [`StoreError::NotFound`].
    pub async fn reopen_ticket(
        &self,
        _number: i64,
        _staff_id: Uuid,
        _now: DateTime<Utc>,
    ) -> Result<TicketRef, StoreError> {
        pending!()
    }
}
