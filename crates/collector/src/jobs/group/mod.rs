//! The grouping of one organisation: reads its log on, asks the detector, keeps what comes of it.

mod consequences;
mod lessons;
mod stream;
mod work;

use chrono::{DateTime, Utc};
use store::{GroupingStep, Scope, StoreError};
use uuid::Uuid;

use self::work::{Findings, Work};
use crate::{app::App, limits};

/// The grouping of one organisation.
pub(super) struct Group {
    scope: Scope,
    holder: Uuid,
    work: Option<Work>,
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
        let work = Work::new(cursor, now, held_until);
        let step = GroupingStep { state: Some(work.snapshot()?), ..GroupingStep::default() };
        Ok(self.scope.keep_grouping(self.holder, &step, now).await?.map(|_| work))
    }

    /// Keeps what was found. `false` when another collector has the grouping.
    async fn keep(&mut self, app: &App, findings: Findings, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let Some(work) = &mut self.work else { return Ok(false) };
        let fresh_since = (now - limits::GROUPING_FRESH).timestamp();
        let mut step = GroupingStep { factors: findings.factors, ..GroupingStep::default() };
        for id in &findings.changed {
            // What happened long ago (the collector was away, or starts on an old database) is nothing to decide about.
            if let Some(found) = work.detector.incident(*id).filter(|found| found.last_at_s >= fresh_since) {
                let active = app.classifiers.of(&self.scope, now).await;
                let proposal = work.proposal(&self.scope, &active.classifier, &found).await?;
                if work.is_worth_proposing(&self.scope, &proposal).await? {
                    step.incidents.push(proposal);
                }
            }
        }
        step.faded = findings.closed.iter().map(|id| work.key(*id)).collect();
        findings.closed.iter().for_each(|id| work.closed(*id));
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
