use report::{LocalText, Notice};
use serde::Serialize;
use triage::Classifier;
use utoipa::ToSchema;

/// An open notice as staff see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenNotice {
    /// The notice.
    #[serde(flatten)]
    pub notice: Notice,
    /// What people call what its reports share, one for each of `factors`: "site Headquarters", «программа 1С».
    pub concerns: Vec<LocalText>,
}

impl OpenNotice {
    /// As it stands; `classifier` knows what sites, programs and findings are called.
    pub fn of(notice: Notice, classifier: &Classifier) -> Self {
        let concerns = notice.factors.iter().map(|factor| classifier.factor_words(factor)).collect();
        Self { notice, concerns }
    }
}
