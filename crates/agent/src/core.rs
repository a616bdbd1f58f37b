//! What every task of a running agent shares.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use report::{FollowUp, FollowUpKind};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::capture::ScreenSource;
use crate::collector::Collector;
use crate::diagnose::FactSource;
use crate::identity::{Identity, IdentityError};
use crate::outbox::{Lease, Outbox, OutboxError};
use crate::presses::Presses;
use crate::queue::{Pause, Queue};
use crate::redact::Redactor;
use crate::seal::Keys;
use crate::state::{AgentProblem, AgentState, IconState, MAX_PRESSES, PressStage};
use crate::{Paths, Policy, World};

/// A device that may speak, and the way to whom.
#[derive(Clone)]
pub(crate) struct Contact {
    pub identity: Arc<Identity>,
    pub collector: Collector,
}

/// A press whose report is not in the outbox yet.
#[derive(Debug, Default)]
pub(crate) struct Unfinished {
    /// Sentences added meanwhile, redacted.
    pub texts: Vec<String>,
    pub withdrawn: bool,
}

/// What every task shares. Locks are held for moments, never across an await, and one at a time.
pub(crate) struct Core {
    pub paths: Paths,
    pub policy: Arc<Policy>,
    pub world: World,
    pub keys: Keys,
    pub outbox: Outbox,
    pub screens: Arc<dyn ScreenSource>,
    pub facts: Arc<dyn FactSource>,
    pub redactor: Option<Arc<Redactor>>,
    pub presses: Mutex<Presses>,
    pub queue: Mutex<Queue>,
    pub unfinished: Mutex<HashMap<Uuid, Unfinished>>,
    pub contact: Mutex<Option<Contact>>,
    pub problems: Mutex<BTreeSet<AgentProblem>>,
    pub lease: Mutex<Option<Lease>>,
    /// The collector's clock and ours at that moment.
    pub server_date: Mutex<Option<(DateTime<Utc>, DateTime<Utc>)>>,
    /// How far our clock is off, once the collector has refused it.
    pub skew: Mutex<TimeDelta>,
    pub state: watch::Sender<AgentState>,
    /// Changes when there may be something to send.
    pub wake: watch::Sender<u64>,
    /// There may be news to ask for.
    pub news: Notify,
    pub cancel: CancellationToken,
    pub tasks: TaskTracker,
    pub runtime: tokio::runtime::Handle,
}

/// A lock whose poison does not spread: what it guards is whole between statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Core {
    /// Now, as the collector would have it.
    pub(crate) fn collector_now(&self) -> DateTime<Utc> {
        self.world.clock.now() + *lock(&self.skew)
    }

    pub(crate) fn note_date(&self, date: Option<DateTime<Utc>>) {
        if let Some(date) = date {
            *lock(&self.server_date) = Some((date, self.world.clock.now()));
        }
    }

    pub(crate) fn is_leader(&self) -> bool {
        lock(&self.lease).is_some()
    }

    pub(crate) fn contact(&self) -> Option<Contact> {
        lock(&self.contact).clone()
    }

    pub(crate) fn wake(&self) {
        self.wake.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn set_problem(&self, problem: AgentProblem, is_there: bool) {
        let mut problems = lock(&self.problems);
        if is_there {
            problems.insert(problem)
        } else {
            problems.remove(&problem)
        };
    }

    /// Work that blocks on the disk, away from the runtime's threads.
    pub(crate) async fn disk<T: Send + 'static>(&self, work: impl FnOnce(&Outbox) -> T + Send + 'static) -> T {
        let outbox = self.outbox.clone();
        match self.runtime.spawn_blocking(move || work(&outbox)).await {
            Ok(outcome) => outcome,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }

    /// Reads who this device is; another process may have enrolled.
    pub(crate) fn load_identity(&self) {
        let found = Identity::find(&self.paths.state, &self.keys);
        self.set_problem(AgentProblem::KeyStoreLocked, matches!(found, Err(IdentityError::Unseal(_))));
        let identity = found.unwrap_or_else(|error| {
            tracing::error!(%error, "the identity cannot be read");
            None
        });
        let configured = self.policy.collector_url.value.as_deref();
        // Credentials go to nobody but the collector that gave them.
        let identity = identity.filter(|identity| configured.is_none_or(|url| same_url(url, &identity.collector_url)));
        let contact = identity.and_then(|identity| match Collector::new(&identity.collector_url) {
            Ok(collector) => Some(Contact { identity: Arc::new(identity), collector }),
            Err(error) => {
                tracing::error!(%error, "the collector's address cannot be used");
                None
            }
        });
        let has_token = self.policy.enrolment_token.value.is_some();
        self.set_problem(AgentProblem::NoCollector, contact.is_none() && configured.is_none());
        self.set_problem(AgentProblem::NotEnrolled, contact.is_none() && configured.is_some() && !has_token);
        if contact.is_some() {
            for over in [AgentProblem::UnknownDevice, AgentProblem::DeviceRevoked, AgentProblem::InvalidEnrolmentToken]
            {
                self.set_problem(over, false);
            }
        }
        let device = |contact: &Option<Contact>| contact.as_ref().map(|contact| contact.identity.device_id);
        let is_another = device(&contact) != device(&self.contact());
        *lock(&self.contact) = contact;
        if is_another {
            lock(&self.queue).unpause();
        }
        self.wake();
    }

    /// Reads what is new in the outbox, if this process delivers.
    pub(crate) fn scan(&self) -> std::io::Result<()> {
        if !self.is_leader() {
            return Ok(());
        }
        // Read before the scan: what comes during it changes the stamp again.
        let found = {
            let known: BTreeSet<Uuid> = {
                let queue = lock(&self.queue);
                queue.entries().map(|entry| entry.item.id).collect()
            };
            // What is being made right now has not been committed to the queue, but will be by its maker.
            self.outbox.scan(|id| {
                // One lock at a time.
                let is_being_made = lock(&self.unfinished).contains_key(&id);
                known.contains(&id) || is_being_made || lock(&self.queue).knows(id)
            })?
        };
        self.set_problem(AgentProblem::KeyStoreLocked, found.locked || self.identity_is_locked());
        for item in found.items {
            let report = item.body.as_deref().and_then(|body| serde_json::from_str::<report::Report>(body).ok());
            if let Some(report) = &report {
                let mut presses = lock(&self.presses);
                presses.adopt(report);
                presses.save(report.id);
            }
            let withdrawn = lock(&self.presses).get(item.id).is_some_and(|view| view.stage == PressStage::Withdrawn);
            let mut queue = lock(&self.queue);
            let is_over = withdrawn && item.body.is_none();
            if !is_over && !queue.knows(item.id) {
                // It may have been sent before a crash; only the collector knows.
                queue.insert(item, None, true);
            }
        }
        let mut queue = lock(&self.queue);
        for found in found.follow_ups {
            if !queue.knows(found.follow_up.id) {
                queue.insert_follow_up(found.report, found.follow_up);
            }
        }
        drop(queue);
        self.wake();
        Ok(())
    }

    fn identity_is_locked(&self) -> bool {
        matches!(Identity::find(&self.paths.state, &self.keys), Err(IdentityError::Unseal(_)))
    }

    /// Puts something a person or this agent adds to a report on its way. Answers whether it is durable.
    pub(crate) async fn add(&self, report: Uuid, kind: FollowUpKind) -> bool {
        self.add_as(self.world.chance.id(), report, kind).await
    }

    /// [`Self::add`] under an id of the caller's.
    pub(crate) async fn add_as(&self, id: Uuid, report: Uuid, kind: FollowUpKind) -> bool {
        let follow_up = FollowUp { id, at: self.collector_now(), kind };
        let kept = follow_up.clone();
        // Known before it is on disk, or the scan would take it for another process's and send it twice.
        if self.is_leader() {
            lock(&self.queue).insert_follow_up(report, follow_up);
        }
        let outcome: Result<(), OutboxError> = self.disk(move |outbox| outbox.put_follow_up(report, &kept)).await;
        if let Err(error) = &outcome {
            tracing::error!(%error, "an addition could not be saved; it is kept in memory");
            self.set_problem(AgentProblem::NotSaved, true);
        }
        self.wake();
        outcome.is_ok()
    }

    /// Shows the state as it is now.
    pub(crate) fn publish(&self) {
        let now = self.world.clock.now();
        let undo_window = TimeDelta::seconds(i64::try_from(self.policy.undo_window_s.value).unwrap_or(i64::MAX / 1000));
        let (waiting, paused) = {
            let queue = lock(&self.queue);
            (queue.undelivered().count(), queue.pause())
        };
        let mut presses = lock(&self.presses);
        for view in presses.all_mut() {
            view.can_undo = !matches!(view.stage, PressStage::Refused | PressStage::Withdrawn)
                && now.signed_duration_since(view.pressed_at) <= undo_window;
            view.undo_until = view.pressed_at.checked_add_signed(undo_window).filter(|_| view.can_undo);
        }
        let shown: Vec<_> = presses.all().rev().take(MAX_PRESSES).cloned().collect();
        let stage_is = |wanted: PressStage| presses.all().any(|view| view.stage == wanted);
        let icon = if [PressStage::Captured, PressStage::Diagnosing, PressStage::Sending].into_iter().any(stage_is)
            || (stage_is(PressStage::Saved) && paused.is_none() && lock(&self.contact).is_some())
        {
            IconState::Sending
        } else if waiting > 0 || presses.all().any(|view| view.stage.is_under_way()) {
            IconState::WaitingForNetwork
        } else if presses.all().any(|view| view.unread) {
            IconState::Answered
        } else {
            IconState::Idle
        };
        let guests_waiting = presses.all().filter(|view| view.stage.is_under_way()).count();
        drop(presses);
        let contact = self.contact();
        let state = AgentState {
            icon,
            presses: shown,
            waiting: u32::try_from(waiting.max(guests_waiting)).unwrap_or(u32::MAX),
            set_aside: self.outbox.count_set_aside(),
            enrolled: contact.is_some(),
            organisation: contact.map(|contact| contact.identity.organisation.clone()),
            problem: lock(&self.problems).first().copied(),
        };
        self.state.send_if_modified(|shown| {
            let differs = *shown != state;
            *shown = state;
            differs
        });
    }

    /// Changes a press, keeps it and shows it.
    pub(crate) fn change(&self, id: Uuid, change: impl FnOnce(&mut crate::PressView)) {
        {
            let mut presses = lock(&self.presses);
            if let Some(view) = presses.get_mut(id) {
                change(view);
            }
            // The process that delivers writes; the other reads.
            if self.is_leader() {
                presses.save(id);
            }
        }
        self.publish();
    }

    /// Nothing is sent for a while; the presses that wait say until when.
    pub(crate) fn pause(&self, pause: Pause, wait: std::time::Duration) {
        let waiting: Vec<Uuid> = {
            let mut queue = lock(&self.queue);
            queue.pause_for(pause);
            queue.undelivered().collect()
        };
        let retry_at = self.world.clock.now() + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
        {
            let mut presses = lock(&self.presses);
            for id in waiting {
                if let Some(view) = presses.get_mut(id).filter(|view| view.stage.is_under_way()) {
                    view.stage = PressStage::WaitingForNetwork;
                    view.retry_at = Some(retry_at);
                }
                presses.save(id);
            }
        }
        self.publish();
    }
}

fn same_url(a: &str, b: &str) -> bool {
    a.trim_end_matches('/') == b.trim_end_matches('/')
}
