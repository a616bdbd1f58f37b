//! A verdict made again because more is known: what it was made from, and what changes with it.

use chrono::{DateTime, Utc};
use report::{FollowUpKind, Verdict, VerdictSource};
use sea_orm::entity::prelude::*;

use crate::codec::{from_json, to_ms};
use crate::tables::{follow_up, report as report_table, screen_text, ticket, ticket_event};
use crate::write::Tx;
use crate::{
    Actor, OrganisationId, Scope, Screen, ScreenState, StoreError, StoredFollowUp, StoredReport, TimelineKind,
};

/// A change of confidence from which staff are told.
const WORTH_TELLING: f32 = 0.05;

/// What a verdict was made from besides the report itself. Both only grow, so counts tell whether anything was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerdictBasis {
    /// Sentences the user added.
    pub sentences: usize,
    /// Screens that were read.
    pub screens: usize,
}

impl VerdictBasis {
    fn of(follow_ups: &[StoredFollowUp], screens: &[Screen]) -> Self {
        let is_text = |stored: &&StoredFollowUp| matches!(stored.follow_up.kind, FollowUpKind::Text { .. });
        Self {
            sentences: follow_ups.iter().filter(is_text).count(),
            screens: screens.iter().filter(|screen| screen.state == ScreenState::Read).count(),
        }
    }
}

impl StoredReport {
    /// What there is to make a verdict from.
    pub fn basis(&self) -> VerdictBasis {
        VerdictBasis::of(&self.follow_ups, &self.screens)
    }
}

/// The basis as it stands inside a transaction.
pub(crate) async fn basis<C: ConnectionTrait>(db: &C, report_id: Uuid) -> Result<VerdictBasis, StoreError> {
    let follow_ups = follow_up::of_reports(db, vec![report_id]).await?.remove(&report_id).unwrap_or_default();
    let screens = screen_text::of_reports(db, vec![report_id]).await?.remove(&report_id).unwrap_or_default();
    Ok(VerdictBasis::of(&follow_ups, &screens))
}

/// Replaces a report's verdict by one that knows more, its screens or how many others have the same; its ticket follows
/// while it is open. Returns whether the timeline says so. The organisation is locked by then.
pub(crate) async fn apply(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    report: &report_table::Model,
    verdict: &Verdict,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let before: Verdict = from_json(&report.verdict)?;
    if before == *verdict {
        return Ok(false);
    }
    report_table::set_verdict(tx, report.id, verdict).await?;
    let followed = ticket::refined(tx, organisation, report.ticket_number, verdict, now_ms).await?;
    if !followed || !is_worth_telling(&before, verdict) {
        return Ok(false);
    }
    let kind = TimelineKind::VerdictRefined {
        report_id: report.id,
        from: before.category.value,
        to: verdict.category.value,
        confidence_from: before.category.confidence,
        confidence_to: verdict.category.confidence,
        source: added_source(&before, verdict),
    };
    ticket_event::append(tx, organisation, report.ticket_number, &Actor::Collector, &kind, now_ms).await?;
    Ok(true)
}

/// Other people's reports where they are new to the verdict; else it is a screen that was read.
fn added_source(before: &Verdict, after: &Verdict) -> VerdictSource {
    let counts = |verdict: &Verdict| verdict.sources.contains(&VerdictSource::Reports);
    if counts(after) && !counts(before) { VerdictSource::Reports } else { VerdictSource::Screen }
}

fn is_worth_telling(before: &Verdict, after: &Verdict) -> bool {
    let cause = |verdict: &Verdict| verdict.cause.as_ref().map(|cause| cause.value.says.clone());
    before.category.value != after.category.value
        || before.priority.value != after.priority.value
        || cause(before) != cause(after)
        || (before.category.confidence - after.category.confidence).abs() >= WORTH_TELLING
}

impl Scope {
    /// Replaces a report's verdict by one made from all that `basis` counts, screens among it. Returns whether it did: not where somebody has
    /// added more meanwhile, or the report was taken back.
    pub async fn refine_verdict(
        &self,
        report_id: Uuid,
        verdict: &Verdict,
        basis: VerdictBasis,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let input = (report_id, verdict.clone(), basis, to_ms(now));
        self.write(input, |tx, (organisation, (report_id, verdict, made_from, now_ms))| {
            Box::pin(async move {
                tx.lock_organisation(*organisation).await?;
                let report = report_table::find(tx.db, *organisation, *report_id).await?.ok_or(StoreError::NotFound)?;
                if report.withdrawn_at.is_some() || self::basis(tx.db, *report_id).await? != *made_from {
                    return Ok(false);
                }
                apply(tx, *organisation, &report, verdict, *now_ms).await?;
                Ok(true)
            })
        })
        .await
    }
}
