use chrono::{DateTime, Utc};
use report::{Category, Factor, LocalText};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A group of tickets that look like one cause, for staff to decide about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Proposal)]
pub struct Proposal {
    /// Its id.
    pub id: Uuid,
    /// When it was proposed.
    pub raised_at: DateTime<Utc>,
    /// Category of most of its reports.
    pub category: Category,
    /// Distinct people.
    pub people: u32,
    /// Reports.
    pub reports: u32,
    /// Their tickets, oldest first.
    pub members: Vec<i64>,
    /// What they share, most telling first.
    pub shared: Vec<SharedFactor>,
    /// Why it is proposed.
    pub says: LocalText,
    /// What users may be told.
    pub title: LocalText,
    /// The ticket it was made a major incident of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_as: Option<i64>,
}

/// Something a group has in common, against everybody else of the same time.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedFactor {
    /// What.
    pub factor: Factor,
    /// People of the group who have it.
    pub members_with: u32,
    /// People of the group.
    pub members: u32,
    /// Others who have it.
    pub others_with: u32,
    /// Others.
    pub others: u32,
}

/// Data of the live stream's event `incident`.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentChange {
    /// Which proposal changed.
    pub id: Uuid,
    /// Position of the change.
    pub seq: i64,
}

impl From<store::Incident> for Proposal {
    fn from(found: store::Incident) -> Self {
        let store::IncidentBody { category, people, reports, members, shared, says, title, .. } = found.body;
        Self {
            id: found.id,
            raised_at: found.raised_at,
            category,
            people,
            reports,
            members,
            shared: shared.into_iter().map(Into::into).collect(),
            says,
            title,
            accepted_as: found.accepted_as,
        }
    }
}

impl From<store::SharedFactor> for SharedFactor {
    fn from(found: store::SharedFactor) -> Self {
        let store::SharedFactor { factor, members_with, members, others_with, others } = found;
        Self { factor, members_with, members, others_with, others }
    }
}
