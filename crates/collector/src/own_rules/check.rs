//! Judges stored reports by the active rules and by proposed ones, and says what differs.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use report::{Category, FollowUpKind, Priority, Verdict};
use store::{Scope, StoredReport};
use triage::{Classifier, Input};
use uuid::Uuid;

use super::judging_time::timed;
use crate::{error::ApiError, ingest, limits};

/// The first reports are judged more than once each and the quickest counts: where few are stored, each weighs much.
const SETTLING_REPORTS: u32 = 8;
const SETTLING_ROUNDS: u32 = 3;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Checked {
    /// How many reports were judged.
    pub judged: u32,
    /// Those whose verdict would be another, newest first.
    pub changed: Vec<Changed>,
    /// Median processor time of a verdict by the active rules.
    pub before: Duration,
    /// Median processor time of a verdict by the proposed ones.
    pub after: Duration,
}

/// A report whose verdict would be another.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// Which.
    pub report_id: Uuid,
    /// Number of its ticket.
    pub ticket: i64,
    /// What the active rules say.
    pub before: Stand,
    /// What the proposed ones say.
    pub after: Stand,
    /// Ids of the findings only one of them has.
    pub because: Vec<String>,
}

/// What a verdict comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand {
    /// Its category; [`Category::Other`] where it abstains.
    pub category: Category,
    /// How sure it is of that, 0 to 1.
    pub confidence: f32,
    /// Its priority.
    pub priority: Priority,
    /// Key of its team.
    pub team: String,
}

impl Stand {
    fn of(verdict: &Verdict) -> Self {
        Self {
            category: verdict.category.value,
            confidence: verdict.category.confidence,
            priority: verdict.priority.value,
            team: verdict.team.value.clone(),
        }
    }

    /// Whether people would see a difference; a confidence alone that moves by less than a hundredth is none.
    fn differs(&self, other: &Self) -> bool {
        (self.category, self.priority, &self.team) != (other.category, other.priority, &other.team)
            || (self.confidence - other.confidence).abs() >= 0.01
    }
}

/// The two classifiers, and what came out so far.
struct Comparison {
    active: Arc<Classifier>,
    proposed: Arc<Classifier>,
    until: Instant,
    judged: u32,
    changed: Vec<Changed>,
    before_times: Vec<Duration>,
    after_times: Vec<Duration>,
}

/// Judges the newest `last` reports, with what their users added and what was read from their screens, by both. Ends early when
/// [`limits::RULES_CHECK_TIME`] is over. Reports are read a page at a time and judged off the async threads.
pub async fn check(
    scope: &Scope,
    active: Arc<Classifier>,
    proposed: Arc<Classifier>,
    last: u32,
) -> Result<Checked, ApiError> {
    let mut comparison = Comparison {
        active,
        proposed,
        until: Instant::now() + limits::RULES_CHECK_TIME,
        judged: 0,
        changed: Vec::new(),
        before_times: Vec::new(),
        after_times: Vec::new(),
    };
    let mut place = None;
    loop {
        let left = u64::from(last - comparison.judged);
        let (page, next) = scope.newest_reports(place, left.min(limits::RULES_CHECK_PAGE)).await?;
        let judging = tokio::task::spawn_blocking(move || {
            comparison.judge(&page);
            comparison
        });
        comparison = judging.await.map_err(ApiError::internal)?;
        place = next;
        if place.is_none() || comparison.judged >= last || Instant::now() >= comparison.until {
            return Ok(comparison.end());
        }
    }
}

impl Comparison {
    fn judge(&mut self, page: &[StoredReport]) {
        for stored in page {
            if Instant::now() >= self.until {
                return;
            }
            let later: Vec<&str> = stored
                .follow_ups
                .iter()
                .filter_map(|added| match &added.follow_up.kind {
                    FollowUpKind::Text { text } => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            let screens = ingest::screen_texts(stored);
            let input = Input { texts: &later, screen_texts: &screens, ..Input::new(&stored.report) };
            // In turns: whichever comes second finds the report warm in the processor's caches.
            let rounds = if self.judged < SETTLING_REPORTS { SETTLING_ROUNDS } else { 1 };
            let ((before, before_took), (after, after_took)) = if self.judged.is_multiple_of(2) {
                let before = timed(&self.active, &input, rounds);
                (before, timed(&self.proposed, &input, rounds))
            } else {
                let after = timed(&self.proposed, &input, rounds);
                (timed(&self.active, &input, rounds), after)
            };
            self.judged += 1;
            self.before_times.push(before_took);
            self.after_times.push(after_took);
            let (was, becomes) = (Stand::of(&before), Stand::of(&after));
            if was.differs(&becomes) {
                self.changed.push(Changed {
                    report_id: stored.report.id,
                    ticket: stored.ticket_number,
                    before: was,
                    after: becomes,
                    because: only_in_one(&before, &after),
                });
            }
        }
    }

    fn end(self) -> Checked {
        let Self { judged, changed, before_times, after_times, .. } = self;
        Checked { judged, changed, before: median(before_times), after: median(after_times) }
    }
}

/// Ids of the findings only one of two verdicts has.
fn only_in_one(before: &Verdict, after: &Verdict) -> Vec<String> {
    let ids = |verdict: &Verdict| verdict.findings.iter().map(|f| f.rule.clone()).collect::<BTreeSet<_>>();
    ids(before).symmetric_difference(&ids(after)).cloned().collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_not_moved_by_one_slow_report() {
        assert_eq!(median(vec![]), Duration::ZERO);
        assert_eq!(median([9_000, 10, 11].map(Duration::from_micros).to_vec()), Duration::from_micros(11));
    }

    #[test]
    fn a_hair_of_confidence_is_no_difference_but_a_team_is() {
        let stand = |confidence, team: &str| Stand {
            category: Category::Email,
            confidence,
            priority: Priority::P3,
            team: team.to_owned(),
        };
        assert!(!stand(0.8, "a").differs(&stand(0.805, "a")));
        assert!(stand(0.8, "a").differs(&stand(0.82, "a")));
        assert!(stand(0.8, "a").differs(&stand(0.8, "b")));
    }
}
