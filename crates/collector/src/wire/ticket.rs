use chrono::{DateTime, Utc};
use report::{AgentInfo, AttachmentPlan, ErrorCode, Fact, FollowUpKind, Language, Notice, Omission, Verdict};
use serde::Serialize;
use store::{Scope, StoredReport};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ScreenRead, TicketSummary, TimelineEntry};
use crate::error::ApiError;

/// A ticket with everything in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ticket {
    /// Its line of the queue.
    pub summary: TicketSummary,
    /// Its reports, newest first, withdrawn ones included, at most 50.
    pub reports: Vec<TicketReport>,
    /// What happened, oldest first; the newest 500 entries.
    pub timeline: Vec<TimelineEntry>,
}

/// A report of a ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketReport {
    /// Its id.
    pub id: Uuid,
    /// The device that sent it.
    pub device_id: Uuid,
    /// When the button was pressed, by the device's clock.
    pub pressed_at: DateTime<Utc>,
    /// When the collector had it, by its own clock.
    pub received_at: DateTime<Utc>,
    /// The program that made it.
    pub agent: AgentInfo,
    /// Host name at the time of the press.
    pub hostname: String,
    /// Login of the person, where policy let it leave the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Language the person reads.
    pub language: Language,
    /// What the person wrote, oldest first.
    pub sentences: Vec<Sentence>,
    /// What triage concludes from all of it.
    pub verdict: Verdict,
    /// The notice that matched when it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// What the machine answered.
    pub facts: Vec<Fact>,
    /// Its attachments, by place.
    pub attachments: Vec<Attachment>,
    /// What was read, or will be, from its screenshots, by place.
    pub screens: Vec<ScreenRead>,
    /// What was left out on the device, and why.
    pub omissions: Vec<Omission>,
    /// When the user took it back, if they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// Something the person wrote.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sentence {
    /// When, by the device's clock.
    pub at: DateTime<Utc>,
    /// What.
    pub text: String,
}

/// An attachment of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attachment {
    /// What was announced.
    pub plan: AttachmentPlan,
    /// Where it stands.
    pub state: AttachmentState,
    /// When it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored_at: Option<DateTime<Utc>>,
}

/// Where an announced attachment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentState {
    /// It is expected.
    Announced,
    /// It is here.
    Stored,
    /// It will not come.
    Dropped,
}

impl Ticket {
    /// Reads a ticket of an organisation.
    pub async fn read(scope: &Scope, number: i64) -> Result<Self, ApiError> {
        let found = scope.find_ticket(number).await?.ok_or_else(|| ApiError::new(ErrorCode::NotFound))?;
        Ok(Self {
            summary: found.summary.into(),
            reports: found.reports.into_iter().map(Into::into).collect(),
            timeline: found.timeline.into_iter().map(Into::into).collect(),
        })
    }
}

impl From<StoredReport> for TicketReport {
    fn from(found: StoredReport) -> Self {
        let report = found.report;
        let at_press = report.text.map(|text| Sentence { at: report.pressed_at, text });
        let later = found.follow_ups.into_iter().filter_map(|stored| match stored.follow_up.kind {
            FollowUpKind::Text { text } => Some(Sentence { at: stored.follow_up.at, text }),
            _ => None,
        });
        Self {
            id: report.id,
            device_id: found.device_id,
            pressed_at: report.pressed_at,
            received_at: found.received_at,
            agent: report.agent,
            hostname: report.hostname,
            user: report.user,
            language: report.language,
            sentences: at_press.into_iter().chain(later).collect(),
            verdict: found.verdict,
            notice: found.notice,
            facts: report.facts,
            attachments: found.attachments.into_iter().map(Into::into).collect(),
            screens: found.screens.into_iter().map(Into::into).collect(),
            omissions: report.omissions,
            withdrawn_at: found.withdrawn_at,
        }
    }
}

impl From<store::Attachment> for Attachment {
    fn from(found: store::Attachment) -> Self {
        let state = match found.state {
            store::AttachmentState::Announced => AttachmentState::Announced,
            store::AttachmentState::Stored => AttachmentState::Stored,
            store::AttachmentState::Dropped => AttachmentState::Dropped,
        };
        Self { plan: found.plan, state, stored_at: found.stored_at }
    }
}
