use report::{ErrorCode, FollowUp, FollowUpKind, Receipt};
use uuid::Uuid;

use super::{judge, known, receipt};
use crate::{app::App, auth::CallingDevice, error::ApiError};

/// Applies what the user added; a sentence has the report judged anew with everything they wrote and all that was read
/// from their screens, and what is known looked for again.
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
    let answers = matches!(
        follow_up.kind,
        FollowUpKind::MeToo { .. } | FollowUpKind::NotThis { .. } | FollowUpKind::AnswerTakenBack { .. }
    );
    let before = if answers { scope.find_receipt_row(report_id).await? } else { None };
    let verdict = judged.as_ref().map(|(verdict, _)| verdict);
    let applied = scope.follow_up(device.id, report_id, follow_up, verdict, app.clock.now()).await?;
    let mut row = applied.receipt_row().clone();
    let judged_anew = match judged {
        Some((_, screens)) => {
            let caught_up = judge::catch_up(app, &scope, report_id, screens).await?;
            known::look_again(app, &scope, report_id).await? || caught_up
        }
        // How many share an incident has changed: of the one it joined or left, and of its own ticket.
        _ if answers => {
            judge::recount(app, &scope, row.ticket.number).await?;
            if let Some(before) = before.filter(|before| before.ticket.number != row.ticket.number) {
                judge::recount(app, &scope, before.ticket.number).await?;
            }
            true
        }
        _ => false,
    };
    if judged_anew && let Some(newer) = scope.find_receipt_row(report_id).await? {
        row = newer;
    }
    Ok(receipt(row))
}
