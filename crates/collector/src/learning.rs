//! What corrections teach the text model: a new version for the organisation, made in the background, active only where it
//! does no worse than the shipped one on the sentences kept aside.
//!
//! It learns when [`limits::LEARNING_BATCH`] corrections are new, or [`limits::LEARNING_DELAY`] after the last of fewer; and
//! anew when an upgrade brought another shipped model, which the old version does not fit. Each version is learned from
//! the shipped model and all corrections that stand, so that one taken back is forgotten. Several collectors on one
//! database may learn at once; the store keeps the first.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use report::LocalText;
use store::{CorrectedText, CorrectionTally, ModelScores, NewTextModel, OrganisationId, Scope, StoreError};
use tokio::sync::OnceCell;
use triage::text_model::{self, Learned, ModelError};
use uuid::Uuid;

use crate::{
    app::{App, AppState},
    limits,
};

/// Why a model could not be learned.
#[derive(Debug, thiserror::Error)]
pub enum LearningError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The shipped model cannot be read.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Learning panicked.
    #[error("learning broke off: {0}")]
    BrokenOff(#[from] tokio::task::JoinError),
}

/// Learns where there is something to learn, until the collector stops.
pub async fn run(app: AppState) {
    let mut renewed = HashSet::new();
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = app.corrected.notified() => {}
            () = tokio::time::sleep(limits::LEARNING_BEAT) => {}
        }
        if let Err(error) = learn_where_due(&app, &mut renewed).await {
            tracing::error!(%error, "the text model could not learn");
        }
    }
}

/// `renewed`: who learned anew since this program was started. Once is enough: where the new version is refused, or staff went
/// back, the old one stays the active one, and nothing would come of learning the same again.
async fn learn_where_due(app: &App, renewed: &mut HashSet<OrganisationId>) -> Result<(), LearningError> {
    for organisation in app.store.list_organisations().await? {
        if app.stopping.is_cancelled() {
            return Ok(());
        }
        let scope = app.store.in_organisation(organisation.id);
        if let Err(error) = learn_if_due(app, &scope, renewed).await {
            tracing::error!(%error, organisation = %organisation.id, "the text model could not learn");
        }
    }
    Ok(())
}

async fn learn_if_due(app: &App, scope: &Scope, renewed: &mut HashSet<OrganisationId>) -> Result<(), LearningError> {
    let now = app.clock.now();
    let (_, learned) = scope.newest_text_model().await?;
    let new = scope.tally_corrections(learned).await?;
    let is_outdated =
        !renewed.contains(&scope.organisation_id()) && app.classifiers.of(scope, now).await.outdated_model;
    if is_due(&new, now) || is_outdated {
        learn(scope, None, now).await?;
        renewed.insert(scope.organisation_id());
        app.classifiers.reload(scope, app.clock.now()).await;
    }
    Ok(())
}

fn is_due(new: &CorrectionTally, now: DateTime<Utc>) -> bool {
    let rested = |last: DateTime<Utc>| (now - last).to_std().is_ok_and(|age| age >= limits::LEARNING_DELAY);
    new.changed >= limits::LEARNING_BATCH || (new.changed > 0 && new.last_at.is_some_and(rested))
}

/// Learns from the corrections that stand and keeps what came of it as the next version. Returns the version; `None` when
/// another was learned meanwhile.
///
/// # Errors
/// [`LearningError`].
pub async fn learn(scope: &Scope, asked_by: Option<Uuid>, now: DateTime<Utc>) -> Result<Option<i64>, LearningError> {
    let (after, learned) = scope.newest_text_model().await?;
    let revision = scope.tally_corrections(learned).await?.revision;
    let lessons = lessons(scope, revision).await?;
    let corrections = u32::try_from(lessons.len()).unwrap_or(u32::MAX);
    let learned = tokio::task::spawn_blocking(move || teach(&lessons)).await??;
    let new = NewTextModel {
        after,
        reason: (!learned.accepted).then(|| why_refused(&learned)),
        scores: scores(&learned),
        overlay: learned.accepted.then_some(learned.overlay),
        corrections,
        learned_revision: revision,
        created_by: asked_by,
    };
    let kept = scope.keep_text_model(&new, now).await?;
    let organisation = scope.organisation_id();
    match kept {
        Some(version) => tracing::info!(%organisation, version, corrections, accepted = learned.accepted, "learned"),
        None => tracing::info!(%organisation, "another collector learned first"),
    }
    Ok(kept)
}

/// The newest corrections up to a position, oldest first.
async fn lessons(scope: &Scope, revision: i64) -> Result<Vec<CorrectedText>, StoreError> {
    let mut lessons = Vec::new();
    let mut until = Some(revision);
    while let Some(place) = until.filter(|_| lessons.len() < limits::LEARNED_CORRECTIONS) {
        let (page, next) = scope.corrected_texts(place, limits::LEARNING_PAGE).await?;
        lessons.extend(page);
        until = next;
    }
    lessons.truncate(limits::LEARNED_CORRECTIONS);
    lessons.reverse();
    Ok(lessons)
}

fn teach(lessons: &[CorrectedText]) -> Result<Learned, ModelError> {
    let texts: Vec<String> = lessons.iter().map(|lesson| lesson.sentences.join("\n")).collect();
    let corrections: Vec<_> = lessons
        .iter()
        .zip(&texts)
        .map(|(lesson, text)| text_model::Correction { text, category: lesson.category })
        .collect();
    text_model::learn(&corrections)
}

#[expect(clippy::cast_possible_truncation, reason = "shares need no more digits")]
fn scores(learned: &Learned) -> ModelScores {
    ModelScores {
        held_out_accuracy: learned.learned.accuracy as f32,
        held_out_macro_f1: learned.learned.macro_f1 as f32,
        shipped_accuracy: learned.shipped.accuracy as f32,
        shipped_macro_f1: learned.shipped.macro_f1 as f32,
    }
}

fn why_refused(learned: &Learned) -> LocalText {
    let (own, shipped) = (&learned.learned, &learned.shipped);
    let percent = |share: f64| format!("{:.1}", share * 100.0);
    let (own_accuracy, accuracy) = (percent(own.accuracy), percent(shipped.accuracy));
    let (own_f1, f1) = (format!("{:.3}", own.macro_f1), format!("{:.3}", shipped.macro_f1));
    let comma = |figure: &str| figure.replace('.', ",");
    LocalText::new(
        format!(
            "On the sentences kept aside it is right in {own_accuracy} % (macro-F1 {own_f1}); the shipped model in \
             {accuracy} % ({f1}). The corrections contradict what is known of these words."
        ),
        format!(
            "На отложенных фразах она права в {} % случаев (макро-F1 {}), поставляемая модель — в {} % ({}). \
             Исправления противоречат тому, что известно об этих словах.",
            comma(&own_accuracy),
            comma(&own_f1),
            comma(&accuracy),
            comma(&f1),
        ),
    )
}

/// How the shipped model does on the sentences kept aside; measured once, off the async threads.
///
/// # Errors
/// [`LearningError`].
pub async fn shipped_scores() -> Result<ModelScores, LearningError> {
    static SCORES: OnceCell<ModelScores> = OnceCell::const_new();
    let measure = || async { Ok(scores(&tokio::task::spawn_blocking(|| teach(&[])).await??)) };
    SCORES.get_or_try_init(measure).await.copied()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_batch_is_learned_at_once_and_fewer_when_people_have_rested() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let new = |changed, minutes| CorrectionTally {
            revision: 9,
            changed,
            last_at: (changed > 0).then(|| now - TimeDelta::minutes(minutes)),
        };
        assert!(is_due(&new(5, 0), now));
        assert!(!is_due(&new(4, 9), now));
        assert!(is_due(&new(1, 10), now));
        assert!(!is_due(&new(0, 0), now));
        assert!(!is_due(&new(1, -60), now), "a clock that was set back does not hurry");
    }
}
