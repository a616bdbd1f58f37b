//! The one who presses: the agent's engine with its real screens and probes, each watched for when it ended.

use std::{
    hint::black_box,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use agent::{
    AgentState, CaptureError, Engine, FactSource, Flags, Machine, Parts, Paths, Policy, PressInput, PressStage,
    PressView, Question, Screen, ScreenSource, Shot, SystemScreens,
};
use anyhow::{Context as _, bail};
use report::Fact;
use screenshots::Monitor;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// First word of this life of the program; the number of presses follows.
pub const FLAG: &str = "--as-presser";
/// Longest one press may take to arrive with its picture.
const PATIENCE: Duration = Duration::from_secs(60);

/// One press, in milliseconds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sample {
    /// `capture_image()` of the same monitor just before the press; `None` without a screen.
    pub bare_ms: Option<f64>,
    /// Press → the agent has the pixels of every monitor, private windows found.
    pub captured_ms: Option<f64>,
    /// How long the probes took, side by side.
    pub probes_ms: f64,
    /// The last probe ended → the state says saved.
    pub after_probes_ms: f64,
    /// Press → the state says saved.
    pub saved_ms: f64,
    /// The state says sending → the state has the receipt.
    pub receipt_ms: f64,
    /// Press → the state has the receipt.
    pub whole_ms: f64,
}

/// Presses `count` times, one after the other has arrived whole, and prints the samples and the bytes of a picture.
pub async fn main(count: usize) -> anyhow::Result<()> {
    // Error: it is installed already, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let paths = Paths::of_this_user()?;
    let policy = Policy::load(&paths, Flags::default())?;
    let (screens, facts) = (Arc::new(WatchedScreens::default()), Arc::new(WatchedMachine::default()));
    let parts = Parts { screens: Arc::clone(&screens) as _, facts: Arc::clone(&facts) as _, ..Parts::default() };
    let engine = Engine::start_with(paths, policy, parts)?;
    let mut states = engine.subscribe();
    tokio::time::timeout(PATIENCE, states.wait_for(|state| state.enrolled)).await.context("not enrolled")??;

    let mut samples = Vec::new();
    for _ in 0..count {
        let bare_ms = tokio::task::spawn_blocking(bare_capture).await?;
        let pressed = Instant::now();
        let id = engine.press(PressInput::default()).await?.0;
        let seen =
            tokio::time::timeout(PATIENCE, follow(&mut states, id)).await.context("a press did not arrive")??;
        let (asked, answered) = taken(&facts.0).context("the machine was not asked")?;
        let captured = taken(&screens.0);
        samples.push(Sample {
            bare_ms,
            captured_ms: captured.map(|at| ms(at - pressed)),
            probes_ms: ms(answered - asked),
            after_probes_ms: ms(seen.saved - answered),
            saved_ms: ms(seen.saved - pressed),
            receipt_ms: ms(seen.answered - seen.sending),
            whole_ms: ms(seen.answered - pressed),
        });
    }
    engine.shutdown().await;
    println!("{}", serde_json::to_string(&(samples, picture_bytes()?))?);
    Ok(())
}

/// When the state showed each stage first.
struct Seen {
    saved: Instant,
    sending: Instant,
    answered: Instant,
}

/// Watches one press until its pictures have arrived too, so that nothing of it falls on the next.
async fn follow(states: &mut watch::Receiver<AgentState>, id: uuid::Uuid) -> anyhow::Result<Seen> {
    let (mut saved, mut sending, mut answered) = (None, None, None);
    loop {
        let view = states.borrow_and_update().presses.iter().find(|view| view.report_id == id).cloned();
        let now = Instant::now();
        match view.as_ref().map(|view| view.stage) {
            None | Some(PressStage::Captured | PressStage::Diagnosing) => {}
            Some(PressStage::Saved) => saved = saved.or(Some(now)),
            Some(PressStage::Sending) => sending = sending.or(Some(now)),
            Some(PressStage::Answered) => answered = answered.or(Some(now)),
            Some(other) => bail!("a press ended as {other:?}: {:?}", states.borrow().problem),
        }
        if let (Some(answered), true) = (answered, view.as_ref().is_some_and(is_whole)) {
            // A stage too short to be seen began no later than the next one.
            let sending = sending.or(saved).unwrap_or(answered);
            return Ok(Seen { saved: saved.unwrap_or(sending), sending, answered });
        }
        states.changed().await?;
    }
}

fn is_whole(view: &PressView) -> bool {
    let left_out = view.omissions.iter().filter(|omission| omission.item.starts_with("screenshot:")).count();
    view.pictures_sent as usize + left_out >= view.pictures_total as usize
}

fn bare_capture() -> Option<f64> {
    let monitor = Monitor::all().ok()?.into_iter().next()?;
    let began = Instant::now();
    black_box(monitor.capture_image().ok()?);
    Some(ms(began.elapsed()))
}

/// What a picture of this screen weighs on its way; `None` without a screen.
fn picture_bytes() -> anyhow::Result<Option<u64>> {
    let Some(monitor) = Monitor::all().ok().and_then(|all| all.into_iter().next()) else { return Ok(None) };
    let picture = monitor.capture_image()?;
    let (width, height) = picture.dimensions();
    let shot = Shot { width, height, rgba: picture.into_raw(), private: Vec::new() };
    Ok(Some(agent::encode(shot)?.bytes.len() as u64))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn taken<T>(place: &Mutex<Option<T>>) -> Option<T> {
    place.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn put<T>(place: &Mutex<Option<T>>, value: T) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
}

/// The real screens; remembers when they were taken.
#[derive(Default)]
struct WatchedScreens(Mutex<Option<Instant>>);

impl ScreenSource for WatchedScreens {
    fn capture(&self, private_windows: &[String]) -> Result<Vec<Screen>, CaptureError> {
        let outcome = SystemScreens.capture(private_windows);
        let is_whole = |screens: &Vec<Screen>| screens.iter().all(|screen| screen.shot.is_ok());
        if outcome.as_ref().is_ok_and(is_whole) {
            put(&self.0, Instant::now());
        }
        outcome
    }
}

/// The real probes; remembers when they began and ended.
#[derive(Default)]
struct WatchedMachine(Mutex<Option<(Instant, Instant)>>);

impl FactSource for WatchedMachine {
    fn ask(&self, question: &Question) -> Vec<Fact> {
        let began = Instant::now();
        let facts = Machine.ask(question);
        put(&self.0, (began, Instant::now()));
        facts
    }
}
