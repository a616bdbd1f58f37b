//! The detector of one organisation at work: what it knows, where in the log it is, what it makes of the next entries.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use report::NoticeKind;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{
    IncidentBody, Logged, LoggedWhat, NewIncident, ReportFactors, Scope, SharedFactor, StoreError, StoredReport,
    TimelineKind,
};
use triage::incidents::{Arrival, Detector, IncidentId, Outcome, Settings, Snapshot};
use uuid::Uuid;

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
        let (life, detector) = (Uuid::now_v7(), Detector::new(Settings::default()));
        Self { life, detector, cursor, kept_at: now, kept_cursor: cursor, held_until }
    }

    /// Goes on from a snapshot; `None`, after saying so, where it cannot be read.
    pub(super) fn restore(snapshot: &[u8], cursor: i64, now: DateTime<Utc>, held_until: DateTime<Utc>) -> Option<Self> {
        let kept = serde_json::from_slice::<Kept>(snapshot)
            .inspect_err(|error| tracing::error!(%error, "the detector's snapshot cannot be read; it learns anew"));
        let Kept { life, detector } = kept.ok()?;
        let detector = Detector::restore(Settings::default(), detector)
            .inspect_err(|error| tracing::error!(%error, "the detector's snapshot cannot be used; it learns anew"));
        Some(Self { life, detector: detector.ok()?, cursor, kept_at: now, kept_cursor: cursor, held_until })
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
        for entry in log {
            self.cursor = entry.seq;
            if let Some(stored) = report_of(&entry.what).and_then(|id| reports.get(&id)) {
                let site = rules.classifier.site_of(&stored.report);
                let factors = triage::factors(&stored.verdict, &stored.report, site);
                if is_arrival(&entry.what) && !is_expected(stored) {
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

/// The report an entry is about, where its factors may have changed with it.
fn report_of(what: &LoggedWhat) -> Option<Uuid> {
    match what {
        LoggedWhat::Ticket(
            _,
            TimelineKind::Opened { report_id }
            | TimelineKind::Joined { report_id }
            | TimelineKind::TextAdded { report_id, .. }
            | TimelineKind::VerdictRefined { report_id, .. },
        ) => Some(*report_id),
        _ => None,
    }
}

fn is_arrival(what: &LoggedWhat) -> bool {
    matches!(what, LoggedWhat::Ticket(_, TimelineKind::Opened { .. } | TimelineKind::Joined { .. }))
}

/// Whether planned maintenance explains the report: it is no sign of anything.
fn is_expected(stored: &StoredReport) -> bool {
    stored.notice.as_ref().is_some_and(|notice| notice.kind == NoticeKind::Maintenance)
}

/// A user of a device as the detector knows them: 64 bits of a hash, the same on every collector.
fn person(stored: &StoredReport) -> u64 {
    let hash = Sha256::new_with_prefix(stored.device_id.as_bytes());
    let hash = hash.chain_update(stored.report.user.as_deref().unwrap_or_default()).finalize();
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
