use chrono::{DateTime, Utc};
use report::LocalText;
use serde::Serialize;
use store::Scope;
use utoipa::ToSchema;

use crate::{error::ApiError, learning};

/// A version of the text model.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ModelVersion {
    /// From 1; 0 is the shipped one.
    pub version: i64,
    /// When it was learned; the shipped one has no time.
    #[schema(required)]
    pub created_at: Option<DateTime<Utc>>,
    /// Name of whoever asked for it; nobody when the collector learned by itself.
    #[schema(required)]
    pub created_by: Option<String>,
    /// From how many corrections it was learned.
    pub corrections: u32,
    /// Share of the held-out texts it gets right, 0 to 1.
    pub held_out_accuracy: f32,
    /// Mean of the categories' F1 on them.
    pub held_out_macro_f1: f32,
    /// The shipped model's share, measured with it.
    pub shipped_accuracy: f32,
    /// The shipped model's macro-F1, measured with it.
    pub shipped_macro_f1: f32,
    /// Where it stands.
    pub state: ModelState,
    /// Why, where that needs saying.
    #[schema(required)]
    pub reason: Option<LocalText>,
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TextModelState)]
pub enum ModelState {
    /// Reports are judged by it.
    Active,
    /// It may be made active.
    Available,
    /// It is worse than the shipped one and never judges.
    Refused,
}

impl ModelVersion {
    /// Versions of an organisation that can be made active or were refused, newest first, the shipped one last.
    pub async fn list(scope: &Scope) -> Result<Vec<Self>, ApiError> {
        let learned = scope.list_text_models().await?;
        let nothing_else = !learned.iter().any(|model| model.state == store::ModelState::Active);
        let shipped = learning::shipped_scores().await.map_err(ApiError::internal)?;
        let mut versions: Vec<Self> = learned
            .into_iter()
            .filter(|model| model.kept || model.state == store::ModelState::Refused)
            .map(Into::into)
            .collect();
        versions.push(Self {
            version: 0,
            created_at: None,
            created_by: None,
            corrections: 0,
            held_out_accuracy: shipped.shipped_accuracy,
            held_out_macro_f1: shipped.shipped_macro_f1,
            shipped_accuracy: shipped.shipped_accuracy,
            shipped_macro_f1: shipped.shipped_macro_f1,
            state: if nothing_else { ModelState::Active } else { ModelState::Available },
            reason: None,
        });
        Ok(versions)
    }
}

impl From<store::TextModelVersion> for ModelVersion {
    fn from(found: store::TextModelVersion) -> Self {
        let scores = found.scores;
        Self {
            version: found.version,
            created_at: Some(found.created_at),
            created_by: found.created_by.map(|author| author.name),
            corrections: found.corrections,
            held_out_accuracy: scores.held_out_accuracy,
            held_out_macro_f1: scores.held_out_macro_f1,
            shipped_accuracy: scores.shipped_accuracy,
            shipped_macro_f1: scores.shipped_macro_f1,
            state: match found.state {
                store::ModelState::Active => ModelState::Active,
                store::ModelState::Available => ModelState::Available,
                store::ModelState::Refused => ModelState::Refused,
            },
            reason: found.reason,
        }
    }
}
