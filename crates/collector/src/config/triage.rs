use serde::{Deserialize, Serialize};

/// What is done with what triage finds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TriageSection {
    /// Make a mass incident that is found a major incident at once, where it is sure and many people are in it; else
    /// staff decide about each.
    pub automatic_incidents: bool,
}
