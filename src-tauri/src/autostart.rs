//! Starting with the desktop. IT may decide it; otherwise the default is set once and then the person's tick counts.

use agent::{Origin, Policy};
use tauri::AppHandle;
use tauri_plugin_autostart::ManagerExt as _;

use crate::menu::Autostart;

/// Exists once the default was set, so that it is not set again after the person unticked it.
const SET_ONCE: &str = "autostart-was-set";

/// Brings the system into line with policy, and says how it stands.
pub fn apply(app: &AppHandle, policy: &Policy, state_dir: &std::path::Path) -> Autostart {
    let by_policy = matches!(policy.autostart.origin, Origin::Machine(_));
    let mark = state_dir.join(SET_ONCE);
    // A debug build runs from a build folder, which must not end up in somebody's desktop by default.
    let is_wanted = policy.autostart.origin != Origin::Default || !cfg!(debug_assertions);
    if by_policy || (is_wanted && !mark.exists()) {
        set(app, policy.autostart.value);
        if let Err(error) = std::fs::write(&mark, []) {
            tracing::warn!(%error, "the choice about autostart is not remembered");
        }
    }
    Autostart { on: is_on(app), by_policy }
}

/// Turns it on or off, and says how it stands after.
pub fn toggle(app: &AppHandle) -> bool {
    set(app, !is_on(app));
    is_on(app)
}

fn set(app: &AppHandle, on: bool) {
    if on == is_on(app) {
        return;
    }
    let autostart = app.autolaunch();
    let done = if on { autostart.enable() } else { autostart.disable() };
    if let Err(error) = done {
        tracing::warn!(%error, on, "autostart cannot be changed");
    }
}

fn is_on(app: &AppHandle) -> bool {
    app.autolaunch().is_enabled().unwrap_or_else(|error| {
        tracing::warn!(%error, "autostart cannot be asked");
        false
    })
}
