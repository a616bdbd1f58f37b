use chrono::{DateTime, Utc};
use report::{Category, LocalText, Priority, TicketStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::StaffRef;

/// Which tickets.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketView {
    /// Everything that is not done.
    #[default]
    Open,
    /// Open ones I hold.
    Mine,
    /// Open ones nobody holds.
    Unassigned,
    /// Resolved ones.
    Resolved,
}

/// A page of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketPage {
    /// Most pressing first, then oldest.
    pub tickets: Vec<TicketSummary>,
    /// Where the next page starts; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many tickets each view has.
    pub counts: TicketCounts,
}

/// How many tickets each view has; counted up to 10,000.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketCounts {
    /// In `open`.
    pub open: u32,
    /// In `mine`.
    pub mine: u32,
    /// In `unassigned`.
    pub unassigned: u32,
    /// In `resolved`.
    pub resolved: u32,
}

/// A ticket as a line of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketSummary {
    /// Number within the organisation; people read it as `INC-{number}`.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<LocalText>,
    /// How sure triage is of the category, 0 to 1.
    pub confidence: f32,
    /// The user's sentence, at most its first 280 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Host name of the device that opened it.
    pub hostname: String,
    /// Login of the person, where policy let it leave the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Who works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<StaffRef>,
    /// When its first report came.
    pub opened_at: DateTime<Utc>,
    /// When its last report came.
    pub last_report_at: DateTime<Utc>,
    /// When anything happened to it last.
    pub updated_at: DateTime<Utc>,
    /// When it was resolved, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<DateTime<Utc>>,
    /// How many live reports are in it.
    pub reports: u32,
    /// How many announced attachments have not come yet.
    pub awaited: u32,
    /// Whether staff decided category or team otherwise than triage; later verdicts leave both alone.
    pub corrected: bool,
    /// Whether it is a major incident: it stands for many, and users are told of it.
    pub major: bool,
    /// The ticket it was merged into; such a ticket is in no view of the queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<i64>,
    /// How many tickets were merged into it.
    pub members: u32,
    /// How many devices are affected: those with a live report in it or in a ticket merged into it.
    pub people: u32,
}

/// Data of a live stream's event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum QueueChange {
    /// Of the event `ticket`.
    Ticket(TicketChange),
    /// Of the event `incident`.
    Incident(super::IncidentChange),
}

/// Data of the live stream's event `ticket`.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketChange {
    /// Which ticket changed.
    pub number: i64,
    /// Position of the change; absent where more of the same change follows at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
}

impl From<TicketView> for store::TicketView {
    fn from(view: TicketView) -> Self {
        match view {
            TicketView::Open => Self::Open,
            TicketView::Mine => Self::Mine,
            TicketView::Unassigned => Self::Unassigned,
            TicketView::Resolved => Self::Resolved,
        }
    }
}

impl From<store::TicketCounts> for TicketCounts {
    fn from(store::TicketCounts { open, mine, unassigned, resolved }: store::TicketCounts) -> Self {
        Self { open, mine, unassigned, resolved }
    }
}

impl From<store::TicketSummary> for TicketSummary {
    fn from(found: store::TicketSummary) -> Self {
        Self {
            number: found.number,
            status: found.status,
            priority: found.priority,
            category: found.category,
            team: found.team,
            says: found.says,
            confidence: found.confidence,
            text: found.text,
            hostname: found.hostname,
            user: found.user,
            holder: found.holder.map(Into::into),
            opened_at: found.opened_at,
            last_report_at: found.last_report_at,
            updated_at: found.updated_at,
            resolved_at: found.resolved_at,
            reports: found.reports,
            awaited: found.awaited,
            corrected: found.corrected,
            major: found.major,
            merged_into: found.merged_into,
            members: found.members,
            people: found.people,
        }
    }
}
