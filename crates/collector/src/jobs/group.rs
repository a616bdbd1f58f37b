//! The grouping of one organisation: reads its log on, asks the detector, keeps what comes of it.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use report::{NoticeKind, NoticeOrigin};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{
    Actor, GroupingStep, Incident, IncidentBody, IncidentChange, IncidentState, Logged, LoggedWhat, NewIncident,
    NewMajor, ReportFactors, Scope, SharedFactor, StoreError, StoredReport, TimelineKind,
};
use triage::incidents::{Arrival, Detector, IncidentId, Outcome, Settings, Snapshot};
use uuid::Uuid;

use crate::{app::App, ingest, limits};

/// What a snapshot holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Tells this detector's incidents from those of one before it, whose snapshot could not be read.
    life: Uuid,
    detector: Snapshot,
}

/// A detector at work.
struct Work {
    life: Uuid,
    detector: Detector,
    /// Position in the log up to which it has read.
    cursor: i64,
    /// Position of the last snapshot, and when it was kept.
    kept_at: DateTime<Utc>,
    kept_cursor: i64,
    held_until: DateTime<Utc>,
}

/// The grouping of one organisation.
pub(super) struct Group {
    scope: Scope,
    holder: Uuid,
    work: Option<Work>,
}

/// What a batch of the log came to.
#[derive(Default)]
struct Findings {
    factors: Vec<ReportFactors>,
    changed: BTreeSet<IncidentId>,
    /// New members by incident, as positions in the log.
    joined: Vec<(IncidentId, Vec<u64>)>,
    closed: BTreeSet<IncidentId>,
    /// Whether staff taught something: that is not to be learnt twice, so it is kept at once.
    taught: bool,
}

impl Findings {
    fn take(&mut self, outcomes: Vec<Outcome>) {
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

impl Group {
    pub(super) fn new(scope: Scope, holder: Uuid) -> Self {
        Self { scope, holder, work: None }
    }

    /// Begins anew from what was kept, after a failure.
    pub(super) fn forget(&mut self) {
        self.work = None;
    }

    /// Reads the log to its end, if this collector is the one that groups.
    pub(super) async fn catch_up(&mut self, app: &App) -> Result<(), StoreError> {
        loop {
            let now = app.clock.now();
            if !self.hold(now).await? {
                return Ok(());
            }
            let Some(work) = &mut self.work else { return Ok(()) };
            let log = self.scope.log_since(work.cursor, limits::GROUPING_BATCH).await?;
            let more = log.len() as u64 >= limits::GROUPING_BATCH;
            let mut findings = work.read(app, &self.scope, &log, now).await?;
            // Only at the end of the log is it as late as the clock says: what is still to be read came earlier.
            if !more {
                findings.take(work.detector.tick(now.timestamp()));
            }
            if !self.keep(app, findings, now).await? {
                // Another collector has it now.
                self.work = None;
                return Ok(());
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// Keeps what the detector knows and lets others have it.
    pub(super) async fn stop(&mut self, app: &App) -> Result<(), StoreError> {
        if let Some(work) = self.work.take() {
            let now = app.clock.now();
            let step = GroupingStep { state: Some(work.snapshot()?), ..GroupingStep::default() };
            self.scope.keep_grouping(self.holder, &step, now).await?;
            self.scope.release_grouping(self.holder).await?;
        }
        Ok(())
    }

    /// Whether this collector groups. The lease is renewed when half of it is over.
    async fn hold(&mut self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let half = limits::GROUPING_LEASE / 2;
        if self.work.as_ref().is_some_and(|work| now + half < work.held_until && work.held_until - now <= delta()) {
            return Ok(true);
        }
        let until = now + limits::GROUPING_LEASE;
        let Some(state) = self.scope.hold_grouping(self.holder, now, until).await? else {
            self.work = None;
            return Ok(false);
        };
        match &mut self.work {
            // Nobody had it in between: positions move forward alone, and with the snapshot.
            Some(work) if work.kept_cursor == state.cursor => work.held_until = until,
            _ => {
                self.work = match state.snapshot.and_then(|kept| Work::restore(&kept, state.cursor, now, until)) {
                    Some(work) => Some(work),
                    None => self.begin(now, until).await?,
                }
            }
        }
        Ok(self.work.is_some())
    }

    /// A detector that knows nothing yet, before the newest part of the log. It is kept before it reads any of that: another
    /// one would call what it finds otherwise, and propose it again. `None` when another collector has the grouping.
    async fn begin(&self, now: DateTime<Utc>, held_until: DateTime<Utc>) -> Result<Option<Work>, StoreError> {
        let cursor = (self.scope.last_change().await? - limits::GROUPING_HISTORY).max(0);
        let (life, detector) = (Uuid::now_v7(), Detector::new(Settings::default()));
        let work = Work { life, detector, cursor, kept_at: now, kept_cursor: cursor, held_until };
        let step = GroupingStep { state: Some(work.snapshot()?), ..GroupingStep::default() };
        Ok(self.scope.keep_grouping(self.holder, &step, now).await?.map(|_| work))
    }

    /// Keeps what was found. `false` when another collector has the grouping.
    async fn keep(&mut self, app: &App, findings: Findings, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let Some(work) = &self.work else { return Ok(false) };
        let fresh_since = (now - limits::GROUPING_FRESH).timestamp();
        let mut step = GroupingStep { factors: findings.factors, ..GroupingStep::default() };
        for id in &findings.changed {
            // What happened long ago (the collector was away, or starts on an old database) is nothing to decide about.
            if let Some(found) = work.detector.incident(*id).filter(|found| found.last_at_s >= fresh_since) {
                let active = app.classifiers.of(&self.scope, now).await;
                step.incidents.push(work.proposal(&self.scope, &active.classifier, &found).await?);
            }
        }
        step.faded = findings.closed.iter().map(|id| work.key(*id)).collect();
        let read = work.cursor - work.kept_cursor;
        let due = findings.taught
            || read >= limits::GROUPING_KEPT_ENTRIES
            || (read > 0 && now - work.kept_at >= limits::GROUPING_KEPT_FOR.try_into_delta());
        let state = due.then(|| work.snapshot()).transpose()?;
        if !(step.factors.is_empty() && step.incidents.is_empty() && step.faded.is_empty()) {
            let Some(kept) = self.scope.keep_grouping(self.holder, &step, now).await? else { return Ok(false) };
            for incident in kept {
                self.act_on(app, &incident, &findings.joined, now).await?;
            }
        }
        // Last: a collector that dies on the way reads the same again, and does again what follows from it.
        if state.is_some() {
            let step = GroupingStep { state, ..GroupingStep::default() };
            if self.scope.keep_grouping(self.holder, &step, now).await?.is_none() {
                return Ok(false);
            }
            if let Some(work) = &mut self.work {
                (work.kept_at, work.kept_cursor) = (now, work.cursor);
            }
        }
        Ok(true)
    }

    /// What follows from a proposal by itself: accepted where that is wished and it is sure; joined by what came later
    /// and has everything its reports share.
    async fn act_on(
        &self,
        app: &App,
        incident: &Incident,
        joined: &[(IncidentId, Vec<u64>)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let Some(work) = &self.work else { return Ok(()) };
        let Some(id) = work.id_of(&incident.detector_key) else { return Ok(()) };
        match (incident.state, incident.accepted_as) {
            // One that was accepted before and taken back is for people to decide.
            (IncidentState::Open, None) if app.config.triage.automatic_incidents => {
                let certain = work.detector.incident(id).is_some_and(|found| found.is_certain);
                if certain && let Some(&number) = incident.body.members.first() {
                    accept(app, &self.scope, incident, number, now).await?;
                }
            }
            (IncidentState::Accepted, Some(major)) => {
                let new: Vec<i64> = joined
                    .iter()
                    .filter(|(joined, _)| *joined == id)
                    .flat_map(|(_, members)| members.iter().filter_map(|seq| i64::try_from(*seq).ok()))
                    .collect();
                let mut grew = false;
                for number in self.scope.tickets_of_entries(&new).await? {
                    let factors = self.scope.factors_of_ticket(number).await?;
                    if number != major && incident.body.key.iter().all(|factor| factors.contains(factor)) {
                        grew |= self.scope.join_major(number, major, now).await?;
                    }
                }
                if grew {
                    ingest::recount(app, &self.scope, major).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

async fn accept(
    app: &App,
    scope: &Scope,
    incident: &Incident,
    number: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let new = NewMajor {
        number,
        members: incident.body.members.clone(),
        notice_id: Uuid::now_v7(),
        title: incident.body.title.clone(),
        category: Some(incident.body.category),
        keywords: Vec::new(),
        factors: incident.body.key.clone(),
        origin: NoticeOrigin::Detector,
        next_news_at: None,
        incident: Some(incident.id),
        staff_id: None,
    };
    match scope.make_major(&new, now).await {
        // Staff were faster, with the ticket or with the proposal.
        Err(StoreError::Conflict(_)) => Ok(()),
        made => {
            made?;
            ingest::recount(app, scope, number).await
        }
    }
}

fn delta() -> chrono::TimeDelta {
    limits::GROUPING_LEASE.try_into_delta()
}

/// A span as the clock's arithmetic takes it.
trait IntoDelta {
    fn try_into_delta(self) -> chrono::TimeDelta;
}

impl IntoDelta for std::time::Duration {
    fn try_into_delta(self) -> chrono::TimeDelta {
        chrono::TimeDelta::from_std(self).unwrap_or(chrono::TimeDelta::MAX)
    }
}

impl Work {
    /// Goes on from a snapshot; `None`, after saying so, where it cannot be read.
    fn restore(snapshot: &[u8], cursor: i64, now: DateTime<Utc>, held_until: DateTime<Utc>) -> Option<Self> {
        let kept = serde_json::from_slice::<Kept>(snapshot)
            .inspect_err(|error| tracing::error!(%error, "the detector's snapshot cannot be read; it learns anew"));
        let Kept { life, detector } = kept.ok()?;
        let detector = Detector::restore(Settings::default(), detector)
            .inspect_err(|error| tracing::error!(%error, "the detector's snapshot cannot be used; it learns anew"));
        Some(Self { life, detector: detector.ok()?, cursor, kept_at: now, kept_cursor: cursor, held_until })
    }

    fn snapshot(&self) -> Result<(Bytes, i64), StoreError> {
        let kept = Kept { life: self.life, detector: self.detector.snapshot() };
        let bytes = serde_json::to_vec(&kept).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok((bytes.into(), self.cursor))
    }

    fn key(&self, id: IncidentId) -> String {
        format!("{}:{}", self.life.simple(), id.0)
    }

    fn id_of(&self, key: &str) -> Option<IncidentId> {
        let (life, id) = key.split_once(':')?;
        (life == self.life.simple().to_string()).then_some(())?;
        id.parse().ok().map(IncidentId)
    }

    /// Takes entries of the log in, in their order.
    async fn read(
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
                        person: person(stored.device_id),
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

    /// What people decided teaches the detector.
    async fn learn(&mut self, scope: &Scope, entry: &Logged, findings: &mut Findings) -> Result<(), StoreError> {
        let by_person = entry.actor != Actor::Collector;
        match &entry.what {
            LoggedWhat::Incident(incident, change @ (IncidentChange::Accepted | IncidentChange::Dismissed)) => {
                let found = scope.find_incident(*incident).await?;
                let Some(id) = found.and_then(|found| self.id_of(&found.detector_key)) else { return Ok(()) };
                findings.taught = true;
                if *change == IncidentChange::Dismissed {
                    if let Some(found) = self.detector.incident(id) {
                        let until = entry.at + limits::GROUPING_MUTED;
                        self.detector.mute(found.key, until.timestamp());
                    }
                    findings.take(self.detector.dismiss(id).into_iter().collect());
                } else {
                    self.detector.confirm(id);
                }
            }
            LoggedWhat::Incident(incident, IncidentChange::TakenBack) => {
                let found = scope.find_incident(*incident).await?;
                let Some(id) = found.and_then(|found| self.id_of(&found.detector_key)) else { return Ok(()) };
                findings.taught |= self.detector.doubt(id);
            }
            LoggedWhat::Ticket(number, TimelineKind::Split { .. }) if by_person => {
                let entries = positions(scope, *number).await?;
                let Some(id) = entries.iter().find_map(|entry| self.detector.incident_of(*entry)) else {
                    return Ok(());
                };
                findings.taught = true;
                self.detector.split(id, &entries);
                findings.changed.insert(id);
            }
            LoggedWhat::Ticket(number, TimelineKind::Merged { into }) if matches!(entry.actor, Actor::Staff(_)) => {
                let (theirs, own) = (positions(scope, *into).await?, positions(scope, *number).await?);
                let of = |entries: &[u64]| entries.iter().find_map(|entry| self.detector.incident_of(*entry));
                if let (Some(into), Some(from)) = (of(&theirs), of(&own))
                    && into != from
                {
                    findings.taught = true;
                    self.detector.merge(into, from);
                    findings.changed.insert(into);
                    findings.changed.remove(&from);
                    findings.closed.insert(from);
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn proposal(
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

/// Positions of a ticket's reports in the log, by which the detector knows them.
async fn positions(scope: &Scope, number: i64) -> Result<Vec<u64>, StoreError> {
    Ok(scope.entries_of_ticket(number).await?.into_iter().filter_map(|seq| u64::try_from(seq).ok()).collect())
}

/// A device as the detector knows it: 64 bits of a hash, the same on every collector.
fn person(device: Uuid) -> u64 {
    let hash = Sha256::digest(device.as_bytes());
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
