//! What the tray app and the command line call.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use report::{FollowUpKind, MAX_TEXT_CHARS};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::capture::{ScreenSource, SystemScreens};
use crate::core::{Core, Unfinished, lock};
use crate::diagnose::{FactSource, Machine};
use crate::outbox::{Lease, Outbox};
use crate::presses::Presses;
use crate::queue::{Lane, Queue};
use crate::redact::Redactor;
use crate::seal::{KeyPlace, KeyStore, Keys, NoKeyStore, OsKeyStore};
use crate::state::{PressStage, PressView};
use crate::{AgentState, Paths, Policy, World, deliver, durable, enrol, follow, maintain, press};

/// Longest the start waits for the key store.
const KEY_STORE_PATIENCE: Duration = Duration::from_secs(2);

/// The running agent: cheap to clone, delivers and follows in the background until [`Engine::shutdown`].
#[derive(Clone)]
pub struct Engine {
    core: Arc<Core>,
    last_press: Arc<Mutex<Option<(Instant, Uuid)>>>,
    /// Where the caller has no runtime.
    _own_runtime: Option<Arc<OwnRuntime>>,
}

/// A runtime that may be dropped anywhere.
struct OwnRuntime(Option<tokio::runtime::Runtime>);

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// What an engine is made of; [`Parts::default`] is this machine.
#[derive(Clone)]
pub struct Parts {
    /// Time, ids, randomness.
    pub world: World,
    /// Where keys are kept.
    pub key_store: Arc<dyn KeyStore>,
    /// How long the start waits for it.
    pub key_store_patience: Duration,
    /// Who takes the screens.
    pub screens: Arc<dyn ScreenSource>,
    /// Who answers for the machine.
    pub facts: Arc<dyn FactSource>,
}

impl Default for Parts {
    fn default() -> Self {
        // For machines whose key store asks a person who is not there.
        let is_off = std::env::var("REDBUTTON_KEY_STORE").is_ok_and(|value| value == "off");
        Self {
            world: World::default(),
            key_store: if is_off { Arc::new(NoKeyStore) } else { Arc::new(OsKeyStore) },
            key_store_patience: KEY_STORE_PATIENCE,
            screens: Arc::new(SystemScreens),
            facts: Arc::new(Machine),
        }
    }
}

/// The engine could not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The state folder cannot be made or written.
    #[error("{path}: {source}")]
    State {
        /// Which folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No runtime could be made.
    #[error("no runtime: {0}")]
    Runtime(#[source] std::io::Error),
}

/// One press.
#[derive(Debug, Clone, Default)]
pub struct PressInput {
    /// The person's sentence, where it is known already.
    pub text: Option<String>,
    /// When the button was pressed; now, if the caller does not know.
    pub pressed_at: Option<DateTime<Utc>>,
    /// Takes no picture at this press, whatever policy allows.
    pub without_screenshot: bool,
}

/// The report a press makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PressId(pub Uuid);

/// A press could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    /// The engine is stopping.
    #[error("the agent is stopping")]
    Stopping,
}

/// A sentence could not be added.
#[derive(Debug, thiserror::Error)]
pub enum AddTextError {
    /// No such press.
    #[error("there is no such report")]
    UnknownReport,
    /// Empty, or longer than [`report::MAX_TEXT_CHARS`].
    #[error("the text must have 1 to {MAX_TEXT_CHARS} characters")]
    Length,
    /// Redaction failed, so the text goes nowhere.
    #[error("the text could not be redacted and was dropped")]
    RedactionFailed,
    /// The press was taken back or refused.
    #[error("the report is closed")]
    Closed,
    /// It is on its way, but only in memory: there was no room on disk.
    #[error("the text could not be saved; it is sent from memory")]
    NotSaved,
}

/// A press could not be taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// No such press.
    #[error("there is no such report")]
    UnknownReport,
    /// Too late, or done already.
    #[error("the report can no longer be taken back")]
    TooLate,
}

impl Engine {
    /// Starts the agent on the current tokio runtime, or on one of its own when there is none. Blocks for two
    /// seconds at most, on a key store that does not answer.
    ///
    /// # Errors
    /// [`EngineError`] when the state folder cannot be used.
    pub fn start(paths: Paths, policy: Policy) -> Result<Self, EngineError> {
        Self::start_with(paths, policy, Parts::default())
    }

    /// [`Engine::start`] with other parts.
    ///
    /// # Errors
    /// [`EngineError`] when the state folder cannot be used.
    pub fn start_with(paths: Paths, policy: Policy, parts: Parts) -> Result<Self, EngineError> {
        let state_folder = paths.state.clone();
        let in_folder = |source| EngineError::State { path: state_folder.clone(), source };
        durable::make_private_folder(&paths.state).map_err(in_folder)?;
        let keys = Keys::open(&paths.state, parts.key_store, parts.key_store_patience).map_err(in_folder)?;
        let outbox = Outbox::open(&paths.state, keys.clone(), policy.outbox_max_bytes.value).map_err(in_folder)?;
        let presses = Presses::open(&paths.state, keys.clone()).map_err(in_folder)?;
        let lease = Lease::try_take(&paths.state).map_err(in_folder)?;

        let (runtime, own_runtime) = match tokio::runtime::Handle::try_current() {
            Ok(handle) => (handle, None),
            Err(_) => {
                let own = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(2)
                    .thread_name("agent")
                    .enable_all()
                    .build()
                    .map_err(EngineError::Runtime)?;
                (own.handle().clone(), Some(Arc::new(OwnRuntime(Some(own)))))
            }
        };
        let redactor = Redactor::new().map(Arc::new).ok();
        let core = Arc::new(Core {
            policy: Arc::new(policy),
            world: parts.world,
            outbox,
            screens: parts.screens,
            facts: parts.facts,
            redactor,
            presses: Mutex::new(presses),
            queue: Mutex::new(Queue::default()),
            unfinished: Mutex::new(HashMap::new()),
            contact: Mutex::new(None),
            problems: Mutex::new(BTreeSet::new()),
            lease: Mutex::new(lease),
            server_date: Mutex::new(None),
            skew: Mutex::new(chrono::TimeDelta::zero()),
            state: watch::Sender::new(AgentState::default()),
            wake: watch::Sender::new(0),
            news: Notify::new(),
            cancel: CancellationToken::new(),
            tasks: TaskTracker::new(),
            runtime,
            paths,
            keys,
        });
        core.load_identity();
        maintain::recover(&core).map_err(in_folder)?;
        core.publish();
        let spawn = |task: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>| {
            core.tasks.spawn_on(task, &core.runtime);
        };
        spawn(Box::pin(deliver::run(Arc::clone(&core), Lane::Words)));
        spawn(Box::pin(deliver::run(Arc::clone(&core), Lane::Pictures)));
        spawn(Box::pin(follow::run(Arc::clone(&core))));
        spawn(Box::pin(enrol::run(Arc::clone(&core))));
        spawn(Box::pin(maintain::run(Arc::clone(&core))));
        Ok(Self { core, last_press: Arc::new(Mutex::new(None)), _own_runtime: own_runtime })
    }

    /// Files an incident. Answers as soon as the screen is captured; the rest goes on in the background. A press
    /// close to the one before it (`press_debounce_ms`) is the same press.
    ///
    /// # Errors
    /// [`PressError`] when the engine is stopping.
    pub async fn press(&self, input: PressInput) -> Result<PressId, PressError> {
        let core = &self.core;
        if core.cancel.is_cancelled() {
            return Err(PressError::Stopping);
        }
        let (id, is_new) = {
            let mut last = lock(&self.last_press);
            let debounce = Duration::from_millis(core.policy.press_debounce_ms.value);
            match *last {
                Some((at, id)) if at.elapsed() < debounce => (id, false),
                _ => {
                    let id = core.world.chance.id();
                    *last = Some((Instant::now(), id));
                    (id, true)
                }
            }
        };
        if !is_new {
            if let Some(text) = input.text {
                drop(self.add_text(id, text).await);
            }
            return Ok(PressId(id));
        }
        let pressed_at = input.pressed_at.unwrap_or_else(|| core.world.clock.now());
        lock(&core.unfinished).insert(id, Unfinished::default());
        let started = Instant::now();
        let screens = if core.policy.screenshots.value && !input.without_screenshot {
            let source = Arc::clone(&core.screens);
            let policy = Arc::clone(&core.policy);
            let taken = core.runtime.spawn_blocking(move || source.capture(&policy.private_windows.value)).await;
            press::Screens::Taken(
                taken.unwrap_or_else(|_| Err(crate::CaptureError::System("the capture panicked".to_owned()))),
            )
        } else {
            press::Screens::Off
        };
        tracing::info!(report = %id, ms = started.elapsed().as_millis(), "captured");
        lock(&core.presses).begin(id, pressed_at);
        core.publish();
        let captured = press::Captured { id, pressed_at, text: input.text, screens };
        core.tasks.spawn_on(press::finish(Arc::clone(core), captured), &core.runtime);
        Ok(PressId(id))
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// The whole state, now and whenever it changes.
    pub fn subscribe(&self) -> watch::Receiver<AgentState> {
        self.core.state.subscribe()
    }

    /// One press, also one too old for the state.
    pub fn find_press(&self, report: Uuid) -> Option<PressView> {
        lock(&self.core.presses).get(report).cloned()
    }

    /// Adds a sentence to a press; redacted and durable when this answers.
    ///
    /// # Errors
    /// [`AddTextError`].
    pub async fn add_text(&self, report: Uuid, text: String) -> Result<(), AddTextError> {
        let core = &self.core;
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MAX_TEXT_CHARS {
            return Err(AddTextError::Length);
        }
        let redactor = core.redactor.as_ref().ok_or(AddTextError::RedactionFailed)?;
        let text = redactor.text(text).map_err(|_| AddTextError::RedactionFailed)?;
        let text: String = text.chars().take(MAX_TEXT_CHARS).collect();
        if let Some(unfinished) = lock(&core.unfinished).get_mut(&report) {
            if unfinished.withdrawn {
                return Err(AddTextError::Closed);
            }
            unfinished.texts.push(text);
            return Ok(());
        }
        let stage = lock(&core.presses).get(report).map(|view| view.stage).ok_or(AddTextError::UnknownReport)?;
        if matches!(stage, PressStage::Refused | PressStage::Withdrawn) {
            return Err(AddTextError::Closed);
        }
        let is_durable = core.add(report, FollowUpKind::Text { text: text.clone() }).await;
        core.change(report, |view| {
            view.text = Some(match view.text.take() {
                Some(before) => format!("{before}\n{text}"),
                None => text,
            });
        });
        if is_durable { Ok(()) } else { Err(AddTextError::NotSaved) }
    }

    /// Takes a press back: before delivery it leaves the outbox, after it the collector is told.
    ///
    /// # Errors
    /// [`UndoError`].
    pub async fn undo(&self, report: Uuid) -> Result<(), UndoError> {
        let core = &self.core;
        core.publish();
        let can_undo = lock(&core.presses).get(report).map(|view| view.can_undo).ok_or(UndoError::UnknownReport)?;
        if !can_undo {
            return Err(UndoError::TooLate);
        }
        let is_unfinished = match lock(&core.unfinished).get_mut(&report) {
            Some(unfinished) => {
                unfinished.withdrawn = true;
                true
            }
            None => false,
        };
        if is_unfinished {
            core.change(report, |view| view.stage = PressStage::Withdrawn);
        } else {
            press::withdraw(core, report).await;
        }
        Ok(())
    }

    /// Marks what happened to a report as read; everything for `None`.
    pub fn mark_read(&self, report: Option<Uuid>) {
        let unread: Vec<Uuid> = {
            let presses = lock(&self.core.presses);
            let wanted = |view: &&PressView| view.unread && report.is_none_or(|id| id == view.report_id);
            presses.all().filter(wanted).map(|view| view.report_id).collect()
        };
        for id in unread {
            self.core.change(id, |view| view.unread = false);
        }
    }

    /// Tries to deliver now, without waiting for the next attempt; what the collector asked for is kept.
    pub fn retry_now(&self) {
        lock(&self.core.queue).hurry();
        self.core.wake();
    }

    /// Where the key lies that protects the outbox.
    pub fn key_place(&self) -> KeyPlace {
        self.core.keys.place()
    }

    /// Whether this process delivers; otherwise another one with the same state folder does.
    pub fn delivers(&self) -> bool {
        self.core.is_leader()
    }

    /// Stops: presses being made become durable first, requests under way are given up (they are idempotent).
    pub async fn shutdown(&self) {
        let core = &self.core;
        core.tasks.close();
        core.cancel.cancel();
        core.tasks.wait().await;
        let unsaved = lock(&core.queue).entries().filter(|entry| entry.in_memory.is_some()).count();
        if unsaved > 0 {
            tracing::error!(unsaved, "stopping with reports the disk had no room for");
        }
        lock(&core.lease).take();
    }
}
