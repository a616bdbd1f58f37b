//! Windows and macOS: the system's own list of windows (EnumWindows, CGWindowListCopyWindowInfo), through xcap.

use screenshots::{Monitor, Window, XCapError};

use super::{Place, Rectangle};

/// Taking the screen needs no consent of the moment here.
pub(super) fn is_consented_to() -> bool {
    false
}

/// Where windows stand whose application or title `is_private`; in the system's coordinates.
pub(super) fn private_windows(is_private: impl Fn(&str) -> bool) -> Result<Vec<Rectangle>, String> {
    let failed = |error: XCapError| error.to_string();
    let mut found = Vec::new();
    for window in Window::all().map_err(failed)? {
        // A name that cannot be read is no name: a protected process is known by its title then.
        let app = window.app_name().unwrap_or_default();
        let title = window.title().unwrap_or_default();
        if !is_private(&app) && !is_private(&title) {
            continue;
        }
        if window.is_minimized().unwrap_or(false) {
            continue;
        }
        // A private window that is there but does not say where must not be sent.
        found.push(Rectangle {
            x: window.x().map_err(failed)?,
            y: window.y().map_err(failed)?,
            width: window.width().map_err(failed)?,
            height: window.height().map_err(failed)?,
        });
    }
    Ok(found)
}

/// Windows counts pixels, macOS counts points: the picture's width tells which.
pub(super) fn place(monitor: &Monitor, picture_width: u32) -> Result<Place, XCapError> {
    let width = monitor.width()?.max(1);
    Ok(Place {
        x: monitor.x()?.into(),
        y: monitor.y()?.into(),
        scale: f64::from(picture_width) / f64::from(width),
        margin: 4.0,
    })
}
