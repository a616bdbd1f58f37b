//! The window's process: one webview, told what to show by the tray, asking the tray for everything it does.
//! It has no access to the agent, the outbox or the network.

use std::{
    collections::HashMap,
    io::{BufRead, Write},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::Context as _;
use serde_json::Value;
use tauri::{
    AppHandle, Emitter, LogicalSize, Manager, PhysicalPosition, PhysicalSize, RunEvent, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent, webview::PageLoadEvent,
};
use tokio::sync::{oneshot, watch};

use crate::{
    commands,
    window_protocol::{Call, FromWindow, ToWindow},
};

/// Label of the only window; capabilities name it.
const LABEL: &str = "main";
/// Size in logical pixels: a card beside the tray, not a program.
const SIZE: (f64, f64) = (420.0, 560.0);
/// Distance from the work area's edge, in physical pixels.
const MARGIN: i32 = 12;

/// What the commands work with.
pub struct Link {
    state: watch::Sender<Option<Value>>,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Option<String>>>>,
    next: AtomicU64,
}

impl Link {
    fn new() -> Self {
        Self { state: watch::Sender::new(None), waiting: Mutex::default(), next: AtomicU64::new(1) }
    }

    /// The state last told; waits for the first.
    pub async fn state(&self) -> Result<Value, String> {
        let mut states = self.state.subscribe();
        let state = states.wait_for(Option::is_some).await.map_err(|_| "unavailable".to_owned())?;
        Ok(state.clone().unwrap_or_default())
    }

    /// Asks the tray and waits for its answer; the error is a code.
    pub async fn call(&self, call: Call) -> Result<(), String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.waiting().insert(id, answer);
        say(&FromWindow::Call { id, call }).map_err(|_| "unavailable".to_owned())?;
        match answered.await {
            Ok(None) => Ok(()),
            Ok(Some(code)) => Err(code),
            Err(_) => Err("unavailable".into()),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Option<String>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs the window until it is closed or the tray goes away. `near` is where the person clicked, in physical pixels.
///
/// # Errors
/// Fails where no webview can be made; the tray then notifies instead.
pub fn run(near: Option<(f64, f64)>) -> anyhow::Result<()> {
    tauri::Builder::default()
        .manage(Link::new())
        .invoke_handler(tauri::generate_handler![
            commands::state,
            commands::add_text,
            commands::undo,
            commands::answer_notice,
            commands::close_window
        ])
        .setup(move |app| {
            build(app.handle(), near)?;
            let handle = app.handle().clone();
            std::thread::Builder::new().name("tray-messages".into()).spawn(move || listen(&handle))?;
            Ok(())
        })
        .build(crate::context())
        .context("the window cannot be made")?
        .run(|_, event| {
            if let RunEvent::WindowEvent { event: WindowEvent::Focused(true), .. } = event
                && let Err(error) = say(&FromWindow::Seen)
            {
                tracing::warn!(%error, "the tray was not told");
            }
        });
    Ok(())
}

fn build(app: &AppHandle, near: Option<(f64, f64)>) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Redbutton")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(320.0, 360.0)
        // Above the rest but without the keyboard: whoever was typing goes on typing.
        .always_on_top(true)
        .focused(false)
        .skip_taskbar(true)
        .visible(false)
        .on_page_load(move |window, page| {
            if page.event() == PageLoadEvent::Finished {
                present(&window, near);
            }
        })
        .build()?;
    Ok(())
}

/// Puts the loaded window on the screen and tells the tray.
fn present(window: &WebviewWindow, near: Option<(f64, f64)>) {
    if let Err(error) = place(window, near) {
        tracing::warn!(%error, "the window stands where the desktop puts it");
    }
    match window.show().map_err(anyhow::Error::from).and_then(|()| say(&FromWindow::Ready)) {
        Ok(()) => tracing::debug!("the window is up"),
        Err(error) => tracing::error!(%error, "the window cannot be shown"),
    }
}

/// Moves the window into the corner of the work area that is nearest to the click. Wayland places windows itself and
/// ignores this.
fn place(window: &WebviewWindow, near: Option<(f64, f64)>) -> tauri::Result<()> {
    let clicked = match near {
        Some((x, y)) => window.monitor_from_point(x, y)?,
        None => None,
    };
    let monitor = match clicked {
        Some(monitor) => Some(monitor),
        None => window.primary_monitor()?,
    };
    let Some(monitor) = monitor else { return Ok(()) };
    let area = monitor.work_area();
    // Not `outer_size`: on X11 it is not known before the window is on the screen.
    let size = LogicalSize::<f64>::from(SIZE).to_physical(monitor.scale_factor());
    let position = corner((area.position, area.size), size, near);
    window.set_position(position)
}

/// Top-left of a window of `size` that stands as near as it can to `near` inside the work area; without a click it
/// stands where trays usually are: bottom right, on macOS top right.
fn corner(
    (origin, area): (PhysicalPosition<i32>, PhysicalSize<u32>),
    size: PhysicalSize<u32>,
    near: Option<(f64, f64)>,
) -> PhysicalPosition<i32> {
    let right = origin.x + area.width as i32 - size.width as i32 - MARGIN;
    let bottom = origin.y + area.height as i32 - size.height as i32 - MARGIN;
    let (left, top) = (origin.x + MARGIN, origin.y + MARGIN);
    let (x, y) = match near {
        Some((x, y)) => (x as i32 - size.width as i32 / 2, y as i32 - size.height as i32 / 2),
        None if cfg!(target_os = "macos") => (i32::MAX, i32::MIN),
        None => (i32::MAX, i32::MAX),
    };
    // A window larger than the work area keeps its top-left corner visible.
    PhysicalPosition::new(x.min(right).max(left), y.min(bottom).max(top))
}

/// Reads the tray's messages until its end of the pipe closes, then ends this process.
fn listen(app: &AppHandle) {
    let link = app.state::<Link>();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        match serde_json::from_str(&line) {
            Ok(ToWindow::State { state }) => {
                link.state.send_replace(Some(state.clone()));
                if let Err(error) = app.emit_to(LABEL, "state", state) {
                    tracing::warn!(%error, "the page was not told");
                }
            }
            Ok(ToWindow::Present) => {
                if let Some(window) = app.get_webview_window(LABEL) {
                    let _ = window.unminimize();
                    let _ = window.show();
                    let _ = window.set_focus();
                    if let Err(error) = say(&FromWindow::Ready) {
                        tracing::warn!(%error, "the tray was not told");
                    }
                }
            }
            Ok(ToWindow::Answer { id, refused }) => {
                if let Some(answer) = link.waiting().remove(&id) {
                    let _ = answer.send(refused);
                }
            }
            Err(error) => tracing::warn!(%error, "the tray said something unknown"),
        }
    }
    app.exit(0);
}

/// Writes one message to the tray.
fn say(message: &FromWindow) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    let mut output = std::io::stdout().lock();
    output.write_all(&line)?;
    Ok(output.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: PhysicalSize<u32> = PhysicalSize::new(420, 560);
    const DESK: (PhysicalPosition<i32>, PhysicalSize<u32>) =
        (PhysicalPosition::new(0, 32), PhysicalSize::new(1920, 1048));

    #[test]
    fn stands_under_a_tray_at_the_top_right() {
        assert_eq!(corner(DESK, WINDOW, Some((1904.0, 16.0))), PhysicalPosition::new(1488, 44));
    }

    #[test]
    fn stands_above_a_tray_at_the_bottom_right() {
        let desk = (PhysicalPosition::new(0, 0), PhysicalSize::new(1920, 1040));
        assert_eq!(corner(desk, WINDOW, Some((1700.0, 1060.0))), PhysicalPosition::new(1488, 468));
    }

    #[test]
    fn stands_on_the_monitor_that_was_clicked() {
        let second = (PhysicalPosition::new(1920, 0), PhysicalSize::new(1280, 1000));
        assert_eq!(corner(second, WINDOW, Some((1930.0, 10.0))), PhysicalPosition::new(1932, 12));
    }

    #[test]
    fn keeps_its_corner_visible_on_a_screen_too_small() {
        let small = (PhysicalPosition::new(0, 0), PhysicalSize::new(400, 300));
        assert_eq!(corner(small, WINDOW, None), PhysicalPosition::new(12, 12));
    }
}
