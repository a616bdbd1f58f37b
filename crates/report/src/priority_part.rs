use serde::{Deserialize, Serialize};

use crate::{Level, LocalText};

/// One step on the way to a priority, so that staff see why it is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriorityPart {
    /// What was weighed.
    pub kind: PriorityPartKind,
    /// The level it came to.
    pub level: Level,
    /// In words, with its values ("13 people on this site").
    pub says: LocalText,
    /// Ids of findings it rests on; empty where it comes from policy or from other reports.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// What a priority is made of. The first three make impact, the fourth urgency; weights of policy move the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PriorityPartKind {
    /// How many people are affected.
    People,
    /// How critical the application or service is.
    Criticality,
    /// How important the site is, by policy.
    Site,
    /// Whether work is blocked or degraded.
    Disruption,
    /// Whether policy names this person.
    Vip,
}
