//! The detector of one organisation at work: what it knows, where in the log it is, what it makes of the next entries.

use std::collections::{BTreeSet, HashMap, HashSet};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use store::{IncidentBody, Logged, NewIncident, ReportFactors, Scope, SharedFactor, StoreError, StoredReport};
use triage::incidents::{Arrival, Detector, IncidentId, Outcome, Settings, Snapshot};
use uuid::Uuid;

use super::stream::{is_arrival, is_expected, is_late, person, report_of};
use crate::app::App;

/// What a snapshot holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Tells this detector's incidents from those of one before it, whose snapshot could not be read.
    life: Uuid,
    detector: Snapshot,
}

/// A detector at work.
pub(super) struct Work {
    life: Uuid,
    pub(super) detector: Detector,
    /// Position in the log up to which it has read.
    pub(super) cursor: i64,
    /// Position of the last snapshot, and when it was kept.
    pub(super) kept_at: DateTime<Utc>,
    pub(super) kept_cursor: i64,
    pub(super) held_until: DateTime<Utc>,
    /// Incidents that are proposed, as far as this life knows.
    proposed: HashSet<IncidentId>,
}

/// What a batch of the log came to.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) factors: Vec<ReportFactors>,
    pub(super) changed: BTreeSet<IncidentId>,
    /// New members by incident, as positions in the log.
    pub(super) joined: Vec<(IncidentId, Vec<u64>)>,
    pub(super) closed: BTreeSet<IncidentId>,
    /// Whether staff taught something: that is not to be learnt twice, so it is kept at once.
    pub(super) taught: bool,
}

impl Findings {
    pub(super) fn take(&mut self, outcomes: Vec<Outcome>) {
        for outcome in outcomes {
            match outcome {
                Outcome::Raised { incident, .. } => {
                    self.changed.insert(incident);
                }
                Outcome::Grew { incident, members } => {
                    self.changed.insert(incident);
                    self.joined.push((incident, members));
                }
                Outcome::Closed { incident } => {
                    self.changed.remove(&incident);
                    self.closed.insert(incident);
                }
            }
        }
    }
}

impl Work {
    /// One that knows nothing yet, before `cursor` of the log.
    pub(super) fn new(cursor: i64, now: DateTime<Utc>, held_until: DateTime<Utc>) -> Self {
        Self::of(Uuid::now_v7(), Detector::new(Settings::default()), cursor, now, held_until)
    }

    fn of(life: Uuid, detector: Detector, cursor: i64, now: DateTime<Utc>, held_until: DateTime<Utc>) -> Self {
        Self { life, detector, cursor, kept_at: now, kept_cursor: cursor, held_until, proposed: HashSet::new() }
    }

    /// Goes on from a snapshot; `None`, after saying so, where it cannot be read.
    pub(super) fn restore(snapshot: &[u8], cursor: i64, now: DateTime<Utc>, held_until: DateTime<Utc>) -> Option<Self> {
        let kept = serde_json::from_slice::<Kept>(snapshot)
            .inspect_err(|error| tracing::error!(%error, "the detector's snapshot cannot be read; it learns anew"));
        let Kept { life, detector } = kept.ok()?;
        let detector = Detector::restore(Settings::default(), detector)
            .inspect_err(|error| tracing::error!(%error, "the detector's snapshot cannot be used; it learns anew"));
        Some(Self::of(life, detector.ok()?, cursor, now, held_until))
    }

    pub(super) fn snapshot(&self) -> Result<(Bytes, i64), StoreError> {
        let kept = Kept { life: self.life, detector: self.detector.snapshot() };
        let bytes = serde_json::to_vec(&kept).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok((bytes.into(), self.cursor))
    }

    pub(super) fn key(&self, id: IncidentId) -> String {
        format!("{}:{}", self.life.simple(), id.0)
    }

    pub(super) fn id_of(&self, key: &str) -> Option<IncidentId> {
        let (life, id) = key.split_once(':')?;
        (life == self.life.simple().to_string()).then_some(())?;
        id.parse().ok().map(IncidentId)
    }

    /// Takes entries of the log in, in their order.
    pub(super) async fn read(
        &mut self,
        app: &App,
        scope: &Scope,
        log: &[Logged],
        now: DateTime<Utc>,
    ) -> Result<Findings, StoreError> {
        let mut findings = Findings::default();
        let named: Vec<Uuid> = log.iter().filter_map(|entry| report_of(&entry.what)).collect();
        let reports: HashMap<Uuid, StoredReport> = match named.is_empty() {
            true => HashMap::new(),
            false => scope.find_reports(&named).await?.into_iter().map(|one| (one.report.id, one)).collect(),
        };
        let rules = app.classifiers.of(scope, now).await;
        let longest = TimeDelta::seconds(self.detector.settings().longest_window_s());
        let ended = match reports.values().map(|stored| stored.received_at).min() {
            Some(first) => scope.ended_maintenance(first - longest).await?,
            None => Vec::new(),
        };
        for entry in log {
            self.cursor = entry.seq;
            if let Some(stored) = report_of(&entry.what).and_then(|id| reports.get(&id)) {
                let site = rules.classifier.site_of(&stored.report);
                let factors = triage::factors(&stored.verdict, &stored.report, site);
                if is_arrival(&entry.what)
                    && !is_late(stored, self.detector.settings())
                    && !is_expected(stored, &factors, &ended)
                {
                    let arrival = Arrival {
                        id: u64::try_from(entry.seq).unwrap_or(0),
                        at_s: stored.received_at.timestamp(),
                        person: person(stored),
                        factors: factors.clone(),
                    };
                    findings.take(self.detector.observe(&arrival));
                }
                findings.factors.retain(|known| known.report_id != stored.report.id);
                findings.factors.push(ReportFactors {
                    report_id: stored.report.id,
                    ticket_number: stored.ticket_number,
                    at: stored.received_at,
                    factors,
                });
            }
            self.learn(scope, entry, &mut findings).await?;
        }
        Ok(findings)
    }

    /// Whether an incident is for staff to decide about: it is proposed already, or enough of its tickets stand for
    /// themselves. Those that are merged into another are dealt with there.
    pub(super) async fn is_worth_proposing(&mut self, scope: &Scope, found: &NewIncident) -> Result<bool, StoreError> {
        let Some(id) = self.id_of(&found.detector_key) else { return Ok(false) };
        let is_worth = self.proposed.contains(&id)
            || scope.is_proposed(&found.detector_key).await?
            || scope.standing_of(&found.body.members).await?.len() >= self.detector.settings().min_people;
        if is_worth {
            self.proposed.insert(id);
        }
        Ok(is_worth)
    }

    /// Forgets that an incident was proposed: the detector has closed it.
    pub(super) fn closed(&mut self, id: IncidentId) {
        self.proposed.remove(&id);
    }

    pub(super) async fn proposal(
        &self,
        scope: &Scope,
        classifier: &triage::Classifier,
        found: &triage::incidents::Incident,
    ) -> Result<NewIncident, StoreError> {
        let entries: Vec<i64> = found.members.iter().filter_map(|seq| i64::try_from(*seq).ok()).collect();
        let shared = found.shared.iter().map(|shared| SharedFactor {
            factor: shared.factor.clone(),
            members_with: count(shared.members_with),
            members: count(shared.members),
            others_with: count(shared.others_with),
            others: count(shared.others),
        });
        Ok(NewIncident {
            id: Uuid::now_v7(),
            detector_key: self.key(found.id),
            body: IncidentBody {
                category: found.category().unwrap_or(report::Category::Other),
                people: count(found.people),
                reports: count(found.members.len()),
                members: scope.tickets_of_entries(&entries).await?,
                shared: shared.collect(),
                key: found.key.clone(),
                score: found.score,
                says: found.says(classifier),
                title: found.title(classifier),
            },
        })
    }
}

fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
