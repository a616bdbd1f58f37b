use report::{ErrorCode, FollowUp, FollowUpKind, Receipt};
use store::{StoredReport, VerdictBasis};
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
    let before = scope.find_receipt_row(report_id).await?.filter(|before| before.device_id == device.id);
    let before = before.ok_or_else(|| ApiError::new(ErrorCode::NotFound))?;
    let judged = match &follow_up.kind {
        FollowUpKind::Text { text } => {
            let stored = scope.find_report(report_id).await?.filter(|stored| stored.device_id == device.id);
            let stored = stored.ok_or_else(|| ApiError::new(ErrorCode::NotFound))?;
            let verdict = judge::verdict(app, &scope, &stored, Some((follow_up.id, text)), None).await?;
            Some((verdict, basis_with(&stored, follow_up)))
        }
        _ => None,
    };
    let answers = matches!(
        follow_up.kind,
        FollowUpKind::MeToo { .. } | FollowUpKind::NotThis { .. } | FollowUpKind::AnswerTakenBack { .. }
    );
    let verdict = judged.as_ref().map(|(verdict, _)| verdict);
    let applied = scope.follow_up(device.id, report_id, follow_up, verdict, app.clock.now()).await?;
    let mut row = applied.receipt_row().clone();
    let mut judged_anew = match judged {
        Some((_, made_from)) => {
            let caught_up = judge::catch_up(app, &scope, report_id, made_from).await?;
            known::look_again(app, &scope, report_id).await? || caught_up
        }
        None => false,
    };
    // How pressing they are changes with how many belong to them: the incident that its ticket joined or left, and it.
    if before.ticket.number != row.ticket.number {
        for number in [before.ticket.number, row.ticket.number] {
            judge::recount(app, &scope, number).await?;
        }
        judged_anew = true;
    } else if answers {
        // A notice without a ticket, or whose ticket this is.
        judge::recount(app, &scope, row.ticket.number).await?;
        judged_anew = true;
    }
    if judged_anew && let Some(newer) = scope.find_receipt_row(report_id).await? {
        row = newer;
    }
    Ok(receipt(row))
}

/// What a verdict is made from with a sentence that is about to be stored, or was stored before.
fn basis_with(stored: &StoredReport, sentence: &FollowUp) -> VerdictBasis {
    let basis = stored.basis();
    let is_here = stored.follow_ups.iter().any(|earlier| earlier.follow_up.id == sentence.id);
    VerdictBasis { sentences: basis.sentences + usize::from(!is_here), ..basis }
}
