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
};

use crate::window_protocol::{Call, FromWindow, ToWindow};

/// A page is on the screen 0.4 s after the start on an ordinary machine; a window that is not there after this counts
/// as missing, and the person is told by a notification.
const READY_WITHIN: Duration = Duration::from_secs(10);

/// What the tray does for the window.
pub trait WindowOwner: Send + Sync + 'static {
    /// Does what the page asked; the error is a code from i18n's list.
    fn call(&self, call: Call) -> impl Future<Output = Result<(), String>> + Send;
    /// The person looks at the window.
    fn seen(&self);
    /// The window never came up, or died before it did: the person must hear of the report otherwise.
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
    let deadline = tokio::time::sleep(READY_WITHIN);
    tokio::pin!(deadline);
    loop {
        tokio::select! {
            message = receiver.recv() => {
                let Some(message) = message else { break };
                if message == ToWindow::Present {
                    // Asked for again: it must say that it is there, or the person is told otherwise.
                    is_ready = false;
                    deadline.as_mut().reset(tokio::time::Instant::now() + READY_WITHIN);
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
            () = &mut deadline, if !is_ready => {
                tracing::warn!("the window does not come up");
                break;
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
        owner.no_window();
    }
    // Closing its input asks it to go; it is waited for, so that no dead process is left in the table.
    drop(input);
    match child.wait().await {
        Ok(status) if status.success() => tracing::debug!("the window closed"),
        Ok(status) => tracing::warn!(%status, was_ready = is_ready, "the window's process ended badly"),
        Err(error) => tracing::warn!(%error, "the window's process cannot be waited for"),
    }
}
