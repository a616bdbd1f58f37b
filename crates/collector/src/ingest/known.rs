//! What is known already, for a report: as it comes, and again when its user says more. A press from the tray carries no
//! sentence; often it is the sentence that shows what it is about.

use chrono::{DateTime, Utc};
use report::{FollowUpKind, Notice, Verdict};
use store::{Scope, StoreError};
use triage::{Classifier, Fit, Input};
use uuid::Uuid;

use super::judge;
use crate::app::App;

/// The open notice that fits a report best among those its user has not refused, and how surely.
pub async fn matching<'n>(
    scope: &Scope,
    device: Uuid,
    classifier: &Classifier,
    verdict: &Verdict,
    input: &Input<'_>,
    notices: &'n [Notice],
    now: DateTime<Utc>,
) -> Result<Option<(&'n Notice, Fit)>, StoreError> {
    let factors = triage::factors(verdict, input.report, classifier.site_of(input.report));
    let found = triage::match_notice(verdict, &factors, input, notices, now);
    if found.is_none() {
        return Ok(None);
    }
    let refused = scope.refused_notices(device, notices.iter().map(|notice| notice.id)).await?;
    if refused.is_empty() {
        return Ok(found);
    }
    let others = notices.iter().filter(|notice| !refused.contains(&notice.id));
    Ok(triage::match_notice(verdict, &factors, input, others, now))
}

/// Looks for a notice again after the user said more of a report that names none; its receipt shows it from then on. A
/// ticket that certainly belongs to the major incident joins it. Returns whether anything changed.
pub async fn look_again(app: &App, scope: &Scope, report_id: Uuid) -> Result<bool, StoreError> {
    let Some(stored) = scope.find_report(report_id).await? else { return Ok(false) };
    if stored.notice.is_some() || stored.withdrawn_at.is_some() {
        return Ok(false);
    }
    let now = app.clock.now();
    let active = app.classifiers.of(scope, now).await;
    let texts: Vec<&str> = stored.follow_ups.iter().filter_map(|added| sentence(&added.follow_up.kind)).collect();
    let screens = judge::screen_texts(&stored);
    let input = Input { texts: &texts, screen_texts: &screens, ..Input::new(&stored.report) };
    let (device, classifier) = (stored.device_id, &active.classifier);
    let notices = scope.open_notices(now).await?;
    let found = matching(scope, device, classifier, &stored.verdict, &input, &notices, now).await?;
    let Some((notice, fit)) = found else { return Ok(false) };
    if !scope.tell_notice(report_id, notice.id, now).await? {
        return Ok(false);
    }
    if let Some(major) = notice.ticket.filter(|_| fit == Fit::Certain)
        && scope.join_major(stored.ticket_number, major, now).await?
    {
        judge::recount(app, scope, major).await?;
    }
    Ok(true)
}

fn sentence(kind: &FollowUpKind) -> Option<&str> {
    match kind {
        FollowUpKind::Text { text } => Some(text),
        _ => None,
    }
}
