use report::{ErrorCode, FollowUp, FollowUpKind, Receipt, Verdict};
use store::StoredReport;
use triage::{Classifier, Input};
use uuid::Uuid;

use super::receipt;
use crate::{app::App, auth::CallingDevice, error::ApiError};

/// Applies what the user added; a sentence has the report judged anew with everything they wrote.
pub async fn follow_up(
    app: &App,
    device: &CallingDevice,
    report_id: Uuid,
    follow_up: &FollowUp,
) -> Result<Receipt, ApiError> {
    let scope = app.store.in_organisation(device.organisation_id);
    let verdict = match &follow_up.kind {
        FollowUpKind::Text { text } => {
            let stored = scope.find_report(report_id).await?.filter(|stored| stored.device_id == device.id);
            let stored = stored.ok_or_else(|| ApiError::new(ErrorCode::NotFound))?;
            let active = app.classifiers.of(&scope, app.clock.now()).await;
            Some(refined(&active.classifier, &stored, follow_up.id, text))
        }
        _ => None,
    };
    let applied = scope.follow_up(device.id, report_id, follow_up, verdict.as_ref(), app.clock.now()).await?;
    Ok(receipt(applied.receipt_row().clone()))
}

fn refined(classifier: &Classifier, stored: &StoredReport, id: Uuid, text: &str) -> Verdict {
    // A repetition is among the stored ones already.
    let earlier = stored.follow_ups.iter().filter(|earlier| earlier.follow_up.id != id);
    let earlier = earlier.filter_map(|earlier| match &earlier.follow_up.kind {
        FollowUpKind::Text { text } => Some(text.as_str()),
        _ => None,
    });
    let texts: Vec<&str> = earlier.chain([text]).collect();
    classifier.verdict(&Input { report: &stored.report, texts: &texts, screen_texts: &[], affected: None })
}
