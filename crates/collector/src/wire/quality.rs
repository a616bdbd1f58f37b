use chrono::{DateTime, Utc};
use report::Category;
use serde::Serialize;
use utoipa::ToSchema;

use super::ModelVersion;

/// How right triage is. What a ticket really was is staff's category where they decided, else triage's own once the ticket
/// was resolved without anybody objecting. A figure nothing is known for is absent (`null`).
#[derive(Debug, Serialize, ToSchema)]
pub struct Quality {
    /// Tickets opened in that time, without withdrawn ones.
    pub tickets: u32,
    /// Of them, those of which it is known what they were; every share below is of these.
    pub known: u32,
    /// Those of which staff decided that they were of another category.
    pub corrected: u32,
    /// Tickets (of all) on which triage abstained.
    pub abstained: u32,
    /// Share triage had right; an abstention staff decided counts as wrong.
    #[schema(required)]
    pub accuracy: Option<f64>,
    /// Share triage had right where it answered.
    #[schema(required)]
    pub answered_accuracy: Option<f64>,
    /// Expected calibration error: how far confidence is from being right, 0 to 1.
    #[schema(required)]
    pub ece: Option<f64>,
    /// Answered tickets by confidence, lowest first; steps without tickets are left out.
    pub calibration: Vec<CalibrationStep>,
    /// Figures of each category that occurred.
    pub categories: Vec<CategoryFigures>,
    /// What triage said against what it was, most frequent first.
    pub confusion: Vec<Confusion>,
    /// Week by week, oldest first, at least the last twelve.
    pub drift: Vec<Week>,
    /// The text model that is active.
    pub model: ModelVersion,
    /// How it does on the texts kept aside.
    pub held_out: HeldOut,
}

/// Tickets triage was about equally sure of.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalibrationStep {
    /// From this confidence…
    pub from: f64,
    /// …to below this one (the last step includes 1).
    pub to: f64,
    /// How many.
    pub count: u32,
    /// Their mean confidence.
    pub said: f64,
    /// Share of them triage had right.
    pub right: f64,
}

/// Figures of one category.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryFigures {
    /// Which.
    pub category: Category,
    /// Tickets that were of it.
    pub count: u32,
    /// Share of those triage said it of that were of it.
    #[schema(required)]
    pub precision: Option<f64>,
    /// Share of those that were of it that triage said it of.
    #[schema(required)]
    pub recall: Option<f64>,
    /// Their harmonic mean.
    #[schema(required)]
    pub f1: Option<f64>,
}

/// Tickets triage said one thing of that were another, or the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct Confusion {
    /// What triage said; `other` where it abstained.
    pub said: Category,
    /// What they were.
    pub was: Category,
    /// How many.
    pub count: u32,
}

/// One week.
#[derive(Debug, Serialize, ToSchema)]
pub struct Week {
    /// Midnight UTC of its Monday.
    pub week_of: DateTime<Utc>,
    /// Tickets opened in it.
    pub tickets: u32,
    /// Share triage had right of those known.
    #[schema(required)]
    pub accuracy: Option<f64>,
    /// How sure it was on average.
    #[schema(required)]
    pub mean_confidence: Option<f64>,
    /// Population stability index of its categories against the weeks before: below 0.1 as ever, above 0.25 something
    /// else. Absent where there are too few tickets to tell.
    #[schema(required)]
    pub psi: Option<f64>,
}

/// How the active text model does on the texts kept aside, beside the shipped one.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldOut {
    /// Share it gets right.
    pub accuracy: f32,
    /// Mean of the categories' F1.
    pub macro_f1: f32,
    /// The shipped model's share.
    pub shipped_accuracy: f32,
    /// The shipped model's macro-F1.
    pub shipped_macro_f1: f32,
}

impl HeldOut {
    /// Of a version.
    pub fn of(model: &ModelVersion) -> Self {
        Self {
            accuracy: model.held_out_accuracy,
            macro_f1: model.held_out_macro_f1,
            shipped_accuracy: model.shipped_accuracy,
            shipped_macro_f1: model.shipped_macro_f1,
        }
    }
}
