//! X11: the tree of windows itself, since the list of the window manager (EWMH `_NET_CLIENT_LIST`) knows neither
//! pop-ups nor the frames around windows, and is absent without a window manager. Wayland: the portal asks the
//! person; X11 windows there are the only ones that can be listed, and the picture shows more.

use screenshots::{Monitor, XCapError};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, MapState, Window};
use x11rb::rust_connection::RustConnection;

use super::{Place, Rectangle};

/// How deep below a top-level window its client window is looked for: frame, decoration, client, its own parts.
const DEPTH: usize = 4;
/// Most windows looked at, so that a hostile tree cannot hold up the press.
const MOST_WINDOWS: usize = 4_000;
/// Longest title or class read, in 4-byte units.
const MOST_UNITS: u32 = 256;

/// On Wayland a screenshot goes through the portal, which asks the person.
pub(super) fn is_consented_to() -> bool {
    std::env::var("XDG_SESSION_TYPE").is_ok_and(|kind| kind == "wayland")
        || std::env::var("WAYLAND_DISPLAY").is_ok_and(|display| display.to_lowercase().contains("wayland"))
}

/// Where top-level windows stand that hold a window whose class or title `is_private`; in pixels of the root.
pub(super) fn private_windows(is_private: impl Fn(&str) -> bool) -> Result<Vec<Rectangle>, String> {
    find(is_private).map_err(|error| error.to_string())
}

fn find(is_private: impl Fn(&str) -> bool) -> Result<Vec<Rectangle>, Box<dyn std::error::Error>> {
    let (connection, screen) = x11rb::connect(None)?;
    let root = connection.setup().roots.get(screen).ok_or("no such X11 screen")?.root;
    let net_wm_name = connection.intern_atom(false, b"_NET_WM_NAME")?;
    let net_wm_name = net_wm_name.reply()?.atom;
    let mut found = Vec::new();
    let mut seen = 0;
    let tops = connection.query_tree(root)?.reply()?.children;
    // Ask for all of them, then read: one round trip instead of one for each.
    let visible = tops.iter().map(|&top| connection.get_window_attributes(top)).collect::<Result<Vec<_>, _>>()?;
    for (top, attributes) in tops.into_iter().zip(visible) {
        // A window that is gone meanwhile answers with an error and is on no picture.
        if !attributes.reply().is_ok_and(|attributes| attributes.map_state == MapState::VIEWABLE) {
            continue;
        }
        if !holds_private(&connection, top, net_wm_name, &is_private, &mut seen)? {
            continue;
        }
        if let Ok(geometry) = connection.get_geometry(top)?.reply() {
            let border = u32::from(geometry.border_width) * 2;
            found.push(Rectangle {
                x: geometry.x.into(),
                y: geometry.y.into(),
                width: u32::from(geometry.width) + border,
                height: u32::from(geometry.height) + border,
            });
        }
    }
    Ok(found)
}

fn holds_private(
    connection: &RustConnection,
    top: Window,
    net_wm_name: u32,
    is_private: &impl Fn(&str) -> bool,
    seen: &mut usize,
) -> Result<bool, Box<dyn std::error::Error>> {
    let mut level = vec![top];
    for depth in 0..DEPTH {
        *seen += level.len();
        if *seen > MOST_WINDOWS {
            return Err("too many windows".into());
        }
        let text =
            |window, property: u32| connection.get_property(false, window, property, AtomEnum::ANY, 0, MOST_UNITS);
        let mut asked = Vec::with_capacity(level.len());
        for &window in &level {
            asked.push([
                text(window, AtomEnum::WM_CLASS.into())?,
                text(window, net_wm_name)?,
                text(window, AtomEnum::WM_NAME.into())?,
            ]);
        }
        for property in asked.into_iter().flatten() {
            if property.reply().is_ok_and(|value| is_private(&String::from_utf8_lossy(&value.value))) {
                return Ok(true);
            }
        }
        if depth + 1 == DEPTH {
            break;
        }
        let trees = level.iter().map(|&window| connection.query_tree(window)).collect::<Result<Vec<_>, _>>()?;
        level = trees.into_iter().filter_map(|tree| tree.reply().ok()).flat_map(|tree| tree.children).collect();
    }
    Ok(false)
}

/// xcap gives places divided by the text scale of the desktop, pictures in true pixels.
pub(super) fn place(monitor: &Monitor, _picture_width: u32) -> Result<Place, XCapError> {
    let scale = f64::from(monitor.scale_factor()?);
    Ok(Place { x: f64::from(monitor.x()?) * scale, y: f64::from(monitor.y()?) * scale, scale: 1.0, margin: 8.0 })
}
