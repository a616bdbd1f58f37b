use report::{ErrorCode, FollowUp, FollowUpKind, Receipt};
use uuid::Uuid;

use super::{judge, receipt};
use crate::{app::App, auth::CallingDevice, error::ApiError};

/// Applies what the user added; a sentence has the report judged anew with everything they wrote and all that was read
/// from their screens.
pub async fn follow_up(
    app: &App,
    device: &CallingDevice,
    report_id: Uuid,
    follow_up: &FollowUp,
) -> Result<Receipt, ApiError> {
    let scope = app.store.in_organisation(device.organisation_id);
    let judged = match &follow_up.kind {
        FollowUpKind::Text { text } => {
            let stored = scope.find_report(report_id).await?.filter(|stored| stored.device_id == device.id);
            let stored = stored.ok_or_else(|| ApiError::new(ErrorCode::NotFound))?;
            let verdict = judge::verdict(app, &scope, &stored, Some((follow_up.id, text)), None).await?;
            Some((verdict, stored.basis().screens))
        }
        _ => None,
    };
    let verdict = judged.as_ref().map(|(verdict, _)| verdict);
    let applied = scope.follow_up(device.id, report_id, follow_up, verdict, app.clock.now()).await?;
    let mut row = applied.receipt_row().clone();
    let judged_anew = match (&follow_up.kind, judged) {
        (_, Some((_, screens))) => judge::catch_up(app, &scope, report_id, screens).await?,
        // The incident that it joined, or its own ticket that left.
        (FollowUpKind::MeToo { .. } | FollowUpKind::NotThis { .. }, None) => {
            judge::recount(app, &scope, row.ticket.number).await?;
            true
        }
        _ => false,
    };
    if judged_anew && let Some(newer) = scope.find_receipt_row(report_id).await? {
        row = newer;
    }
    Ok(receipt(row))
}
