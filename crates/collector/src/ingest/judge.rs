//! The verdict of a report that is here: made from the report, every sentence the user added and every screen read.

use report::{FollowUpKind, Notice, NoticeKind, Verdict};
use store::{Scope, ScreenState, StoreError, StoredReport, VerdictBasis};
use triage::{Classifier, Fit, Input, ScreenText};
use uuid::Uuid;

use crate::app::App;

/// Judges a report anew as its organisation wants it, with a sentence or a screen that is about to be stored.
pub async fn verdict(
    app: &App,
    scope: &Scope,
    stored: &StoredReport,
    sentence: Option<(Uuid, &str)>,
    screen: Option<(u8, &str)>,
) -> Result<Verdict, StoreError> {
    // A repetition is among the stored ones already.
    let earlier = stored.follow_ups.iter().filter(|earlier| sentence.is_none_or(|(id, _)| earlier.follow_up.id != id));
    let earlier = earlier.filter_map(|earlier| match &earlier.follow_up.kind {
        FollowUpKind::Text { text } => Some(text.as_str()),
        _ => None,
    });
    let texts: Vec<&str> = earlier.chain(sentence.map(|(_, text)| text)).collect();
    let mut screens = screen_texts(stored);
    if let Some((attachment, text)) = screen {
        screens.retain(|earlier| earlier.attachment != attachment);
        screens.push(ScreenText { attachment, text });
        screens.sort_by_key(|screen| screen.attachment);
    }
    let active = app.classifiers.of(scope, app.clock.now()).await;
    let classifier = &active.classifier;
    let alone = Input { texts: &texts, screen_texts: &screens, ..Input::new(&stored.report) };
    if let Some(people) = people_of_major(scope, stored.ticket_number).await? {
        return Ok(classifier.verdict(&Input { affected: Some(people), ..alone }));
    }
    let verdict = classifier.verdict(&alone);
    let named = scope.notice_of_report(stored.report.id).await?;
    let known = named.filter(|notice| concerns(notice, classifier, stored, &verdict, &alone));
    Ok(match known {
        Some(notice) => classifier.verdict(&Input { affected: Some(notice.affected), ..alone }),
        None => verdict,
    })
}

/// How many people have the same, where a ticket is a major incident or part of one.
async fn people_of_major(scope: &Scope, number: i64) -> Result<Option<u32>, StoreError> {
    let own = scope.find_ticket_summary(number).await?;
    let whole = match own.as_ref().and_then(|own| own.merged_into) {
        Some(into) => scope.find_ticket_summary(into).await?,
        None => own,
    };
    Ok(whole.filter(|whole| whole.major).map(|whole| whole.people))
}

/// Whether the people of a notice have what this report tells of: an incident without a ticket, which monitoring saw,
/// that fits the report for certain, or whose user said so. One with a ticket is told by its members.
fn concerns(
    notice: &Notice,
    classifier: &Classifier,
    stored: &StoredReport,
    verdict: &Verdict,
    input: &Input<'_>,
) -> bool {
    let me_too = FollowUpKind::MeToo { notice: notice.id };
    let fits = || {
        let factors = triage::factors(verdict, &stored.report, classifier.site_of(&stored.report));
        let fit = triage::match_notice(verdict, &factors, input, [notice], stored.received_at);
        matches!(fit, Some((_, Fit::Certain)))
    };
    notice.kind == NoticeKind::MajorIncident
        && notice.ticket.is_none()
        && (stored.follow_ups.iter().any(|said| said.follow_up.kind == me_too) || fits())
}

/// The ticket another was merged into, if it was.
pub async fn root_of(scope: &Scope, number: i64) -> Result<Option<i64>, StoreError> {
    Ok(scope.find_ticket_summary(number).await?.and_then(|own| own.merged_into))
}

/// Judges a ticket's newest report again after others joined it, or it left them: how pressing it is depends on how many it
/// affects.
pub async fn recount(app: &App, scope: &Scope, number: i64) -> Result<(), StoreError> {
    loop {
        let Some(newest) = scope.newest_of_ticket(number).await? else { return Ok(()) };
        let judged = verdict(app, scope, &newest, None, None).await?;
        let (id, basis) = (newest.report.id, newest.basis());
        // Refused where somebody added something meanwhile, or took it back: then there is something new to look at.
        if scope.refine_verdict(id, &judged, basis, app.clock.now()).await? {
            return Ok(());
        }
    }
}

/// What was read from a report's screens so far.
pub fn screen_texts(stored: &StoredReport) -> Vec<ScreenText<'_>> {
    let read = stored.screens.iter().filter(|screen| screen.state == ScreenState::Read);
    read.filter_map(|screen| Some(ScreenText { attachment: screen.n, text: screen.text.as_deref()? })).collect()
}

/// Judges a report again when another sentence came, or a screen of it was read, while a sentence was on its way in, whose
/// verdict was made from `known` and did not know of it. Returns whether it did.
pub async fn catch_up(app: &App, scope: &Scope, report_id: Uuid, known: VerdictBasis) -> Result<bool, StoreError> {
    loop {
        let Some(stored) = scope.find_report(report_id).await? else { return Ok(false) };
        let basis = stored.basis();
        if basis == known || stored.withdrawn_at.is_some() {
            return Ok(false);
        }
        let judged = verdict(app, scope, &stored, None, None).await?;
        // Refused only where somebody added even more.
        if scope.refine_verdict(report_id, &judged, basis, app.clock.now()).await? {
            return Ok(true);
        }
    }
}
