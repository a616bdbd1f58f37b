use serde::{Deserialize, Serialize};

use crate::{Finding, LocalText, Owner, PriorityPart};

/// What the collector concludes before a person reads the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// What kind of incident it is; `other` exactly when `abstention` is present.
    pub category: Judged<Category>,
    /// How much it stops (ITIL impact).
    pub impact: Judged<Level>,
    /// How soon it must be fixed (ITIL urgency).
    pub urgency: Judged<Level>,
    /// Impact × urgency.
    pub priority: Judged<Priority>,
    /// Team that should have it, by its key.
    pub team: Judged<String>,
    /// Every step that led to impact and urgency, those that decided first.
    #[serde(default)]
    pub priority_parts: Vec<PriorityPart>,
    /// Where the fault lies along the way from the device to the service, where the network ladder or a finding tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Judged<Owner>>,
    /// Most probable cause, if one stands out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Judged<ProbableCause>>,
    /// Everything that was concluded, worst first.
    pub findings: Vec<Finding>,
    /// Ids of findings that spoke against the category.
    #[serde(default)]
    pub against: Vec<String>,
    /// Why there is no category, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abstention: Option<Abstention>,
    /// What it was made from; a picture read later adds `screen`.
    #[serde(default)]
    pub sources: Vec<VerdictSource>,
    /// Stable key of what went wrong on this device; presses with the same one join.
    pub signature: String,
    /// Version of rules and model that made it.
    pub triage_version: String,
}

/// What a verdict was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VerdictSource {
    /// What the machine answered.
    Facts,
    /// What the user wrote.
    Text,
    /// What stands on the screenshot.
    Screen,
    /// Other people's reports: how many have the same.
    Reports,
}

/// A conclusion, how sure it is, and the ids of the findings it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Judged<T> {
    /// The conclusion.
    pub value: T,
    /// Probability that it is right, 0 to 1.
    pub confidence: f32,
    /// Ids of the findings ([`Finding::rule`]) it rests on.
    #[serde(default)]
    pub evidence: Vec<String>,
}

impl<T> Judged<T> {
    /// A conclusion that rests on `evidence`.
    pub fn new(value: T, confidence: f32, evidence: Vec<String>) -> Self {
        Self { value, confidence, evidence }
    }
}

/// Kinds of incidents. `storage` is files and shares; disks are `hardware`, or `performance` when merely full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are the documentation; their meaning for people is in i18n")]
pub enum Category {
    Network,
    Access,
    Email,
    Printing,
    Hardware,
    Performance,
    Application,
    Storage,
    Conferencing,
    Security,
    OperatingSystem,
    Request,
    /// Only when the classifier abstains.
    Other,
}

impl Category {
    /// Every category but `other`.
    pub const KNOWN: &'static [Self] = &[
        Self::Network,
        Self::Access,
        Self::Email,
        Self::Printing,
        Self::Hardware,
        Self::Performance,
        Self::Application,
        Self::Storage,
        Self::Conferencing,
        Self::Security,
        Self::OperatingSystem,
        Self::Request,
    ];

    /// As written on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Access => "access",
            Self::Email => "email",
            Self::Printing => "printing",
            Self::Hardware => "hardware",
            Self::Performance => "performance",
            Self::Application => "application",
            Self::Storage => "storage",
            Self::Conferencing => "conferencing",
            Self::Security => "security",
            Self::OperatingSystem => "operating-system",
            Self::Request => "request",
            Self::Other => "other",
        }
    }
}

/// A step of impact or urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// One person, degraded; or it can wait.
    Low,
    /// One person blocked, or several degraded.
    Medium,
    /// Many people, or a critical service.
    High,
}

/// ITIL priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(missing_docs, reason = "ITIL's own names, P1 the most pressing")]
pub enum Priority {
    P1,
    P2,
    P3,
    P4,
}

impl Priority {
    /// ITIL's matrix of impact and urgency.
    pub fn from_matrix(impact: Level, urgency: Level) -> Self {
        use Level::{High, Low, Medium};
        match (impact, urgency) {
            (High, High) => Self::P1,
            (High, Medium) | (Medium, High) => Self::P2,
            (High, Low) | (Medium, Medium) | (Low, High) => Self::P3,
            (Medium, Low) | (Low, Medium) | (Low, Low) => Self::P4,
        }
    }
}

/// The most probable cause, with what to do first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProbableCause {
    /// The cause.
    pub says: LocalText,
    /// First step for staff.
    pub staff_step: LocalText,
    /// First step for the user, only where it is safe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_step: Option<LocalText>,
}

/// An honest "I do not know".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Abstention {
    /// The three best guesses, best first.
    pub candidates: Vec<Candidate>,
    /// The one question whose answer would split them best.
    pub question: LocalText,
}

/// A guess of an abstaining classifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Candidate {
    /// The category.
    pub category: Category,
    /// Its share of belief, 0 to 1.
    pub confidence: f32,
}
