//! The window's process as the tray sees it: started when a window is needed, told every state, gone when it closes.
//! The memory of GTK and WebKit (or WebView2) goes with it; a crash in it cannot take the tray along.

use std::{
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
    sync::mpsc,
    time::Instant,
};

use crate::window_protocol::{Call, FromWindow, ToWindow};

/// A page is on the screen 0.4 s after the start on an ordinary machine; where it is not there after this, the person is
/// told by a notification meanwhile.
const TOLD_AFTER: Duration = Duration::from_secs(10);

/// A cold web view on an old or busy machine takes its time and is still wanted; after this it counts as hung.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(90);

/// What the tray does for the window.
pub trait WindowOwner: Send + Sync + 'static {
    /// Does what the page asked; the error is a code from i18n's list.
    fn call(&self, call: Call) -> impl Future<Output = Result<(), String>> + Send;
    /// The person looks at the window.
    fn seen(&self);
    /// The window is not up when it should be, or died before it was: the person must hear of the report otherwise.
    fn no_window(&self);
}

/// Where the window should stand: near this place on the screen (physical pixels), or in the tray's usual corner.
pub type Near = Option<(f64, f64)>;

/// Starts the window's process when needed and speaks with it.
pub struct WindowProcess<O> {
    owner: Arc<O>,
    running: Arc<Mutex<Option<mpsc::UnboundedSender<ToWindow>>>>,
}

impl<O: WindowOwner> WindowProcess<O> {
    /// Nothing is started yet.
    pub fn new(owner: Arc<O>) -> Self {
        Self { owner, running: Arc::default() }
    }

    /// Shows the window with `state`: the open one comes to the front, else a process is started.
    /// Must be called inside a tokio runtime.
    pub fn open(&self, state: Value, near: Near) {
        let mut running = lock(&self.running);
        if let Some(window) = running.as_ref() {
            // An error means that it is just closing; then a new one is started below.
            if window.send(ToWindow::State { state: state.clone() }).is_ok() && window.send(ToWindow::Present).is_ok() {
                return;
            }
        }
        let child = match start(near) {
            Ok(child) => child,
            Err(error) => {
                tracing::error!(%error, "the window's process does not start");
                return self.owner.no_window();
            }
        };
        let (sender, receiver) = mpsc::unbounded_channel();
        let _ = sender.send(ToWindow::State { state });
        *running = Some(sender.clone());
        tokio::spawn(accompany(child, sender, receiver, Arc::clone(&self.owner), Arc::clone(&self.running)));
    }

    /// Tells an open window the new state; nothing happens where none is open.
    pub fn update(&self, state: Value) {
        if let Some(window) = lock(&self.running).as_ref() {
            let _ = window.send(ToWindow::State { state });
        }
    }

    /// Whether a window is open or coming up.
    pub fn is_open(&self) -> bool {
        lock(&self.running).as_ref().is_some_and(|window| !window.is_closed())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What is held is a channel's end: a panic elsewhere cannot leave it half done.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn start(near: Near) -> std::io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("window").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    if let Some((x, y)) = near {
        command.arg(format!("--near={x},{y}"));
    }
    command.spawn()
}

/// What a window that owes a sign of life is still given.
struct Patience {
    /// When the person is told otherwise; `None` once that was done.
    tell_at: Option<Instant>,
    give_up_at: Instant,
}

impl Patience {
    fn new(now: Instant) -> Self {
        Self { tell_at: Some(now + TOLD_AFTER), give_up_at: now + GIVEN_UP_AFTER }
    }

    /// Asked for once more while it owes: the person hears of that too, but a hung window gets no more time by it.
    fn asked_again(&mut self, now: Instant) {
        self.tell_at = Some(now + TOLD_AFTER);
    }

    fn next(&self) -> Instant {
        self.tell_at.map_or(self.give_up_at, |at| at.min(self.give_up_at))
    }
}

/// Carries messages both ways until the process ends.
async fn accompany<O: WindowOwner>(
    mut child: Child,
    sender: mpsc::UnboundedSender<ToWindow>,
    mut receiver: mpsc::UnboundedReceiver<ToWindow>,
    owner: Arc<O>,
    running: Arc<Mutex<Option<mpsc::UnboundedSender<ToWindow>>>>,
) {
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else { return owner.no_window() };
    let mut lines = BufReader::new(output).lines();
    let mut is_ready = false;
    let mut patience = Patience::new(Instant::now());
    loop {
        tokio::select! {
            message = receiver.recv() => {
                let Some(message) = message else { break };
                if message == ToWindow::Present {
                    // It must say that it is there, or the person is told otherwise.
                    if is_ready {
                        is_ready = false;
                        patience = Patience::new(Instant::now());
                    } else {
                        patience.asked_again(Instant::now());
                    }
                }
                let Ok(mut line) = serde_json::to_vec(&message) else { continue };
                line.push(b'\n');
                // A closed pipe is a window that just went; the end of its output says so below.
                let _ = input.write_all(&line).await;
            }
            line = lines.next_line() => match line {
                Ok(Some(line)) => match serde_json::from_str(&line) {
                    Ok(FromWindow::Ready) => is_ready = true,
                    Ok(FromWindow::Seen) => owner.seen(),
                    Ok(FromWindow::Call { id, call }) => {
                        // Apart, so that a slow disk does not hold up the states.
                        let (owner, sender) = (Arc::clone(&owner), sender.clone());
                        tokio::spawn(async move {
                            let refused = owner.call(call).await.err();
                            let _ = sender.send(ToWindow::Answer { id, refused });
                        });
                    }
                    Err(error) => tracing::warn!(%error, "the window said something unknown"),
                },
                Ok(None) | Err(_) => break,
            },
            () = tokio::time::sleep_until(patience.next()), if !is_ready => {
                if Instant::now() >= patience.give_up_at {
                    tracing::warn!("the window does not come up");
                    break;
                }
                tracing::warn!("the window is slow to come up");
                patience.tell_at = None;
                owner.no_window();
            }
        }
    }
    receiver.close();
    {
        let mut running = lock(&running);
        if running.as_ref().is_some_and(|current| current.same_channel(&sender)) {
            *running = None;
        }
    }
    if !is_ready {
        let _ = child.start_kill();
        if patience.tell_at.is_some() {
            owner.no_window();
        }
    }
    // Closing its input asks it to go; it is waited for, so that no dead process is left in the table.
    drop(input);
    match child.wait().await {
        Ok(status) if status.success() => tracing::debug!("the window closed"),
        Ok(status) => tracing::warn!(%status, was_ready = is_ready, "the window's process ended badly"),
        Err(error) => tracing::warn!(%error, "the window's process cannot be waited for"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_person_is_told_long_before_a_slow_window_is_given_up() {
        let start = Instant::now();
        let mut patience = Patience::new(start);
        assert_eq!(patience.next(), start + TOLD_AFTER);
        patience.tell_at = None;
        assert_eq!(patience.next(), start + GIVEN_UP_AFTER);
    }

    #[test]
    fn asking_again_and_again_does_not_keep_a_hung_window_alive() {
        let start = Instant::now();
        let mut patience = Patience::new(start);
        patience.asked_again(start + GIVEN_UP_AFTER - TOLD_AFTER / 2);
        assert_eq!(patience.next(), start + GIVEN_UP_AFTER);
    }

    #[test]
    fn a_second_press_is_told_of_as_well() {
        let start = Instant::now();
        let mut patience = Patience::new(start);
        patience.tell_at = None;
        patience.asked_again(start + TOLD_AFTER * 2);
        assert_eq!(patience.next(), start + TOLD_AFTER * 3);
    }
}
