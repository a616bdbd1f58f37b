use chrono::{DateTime, Utc};
use report::{Category, Factor, LocalText};
use serde::Serialize;
use triage::Classifier;
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
}

/// Something a group has in common, against everybody else of the same time.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedFactor {
    /// What.
    pub factor: Factor,
    /// What people call it: "gateway 10.2.0.1", «площадка Москва».
    pub says: LocalText,
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

impl Proposal {
    /// As it stands; `classifier` knows what sites, programs and findings are called.
    pub fn of(found: store::Incident, classifier: &Classifier) -> Self {
        let store::IncidentBody { category, people, reports, members, shared, says, title, .. } = found.body;
        Self {
            id: found.id,
            raised_at: found.raised_at,
            category,
            people,
            reports,
            members,
            shared: shared.into_iter().map(|one| SharedFactor::of(one, classifier)).collect(),
            says,
            title,
        }
    }
}

impl SharedFactor {
    fn of(found: store::SharedFactor, classifier: &Classifier) -> Self {
        let store::SharedFactor { factor, members_with, members, others_with, others } = found;
        Self { says: classifier.factor_words(&factor), factor, members_with, members, others_with, others }
    }
}
