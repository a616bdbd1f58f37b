//! The global hotkey. Failing to get it is no reason to fail: it is logged, and the menu says so.

use tauri::AppHandle;
use tauri_plugin_global_shortcut::{GlobalShortcutExt as _, Shortcut, ShortcutState};

/// How it stands with the hotkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hotkey {
    /// Policy names none.
    Off,
    /// Registered, as a person reads it.
    On(String),
    /// Not to be had: another program has it, the desktop gives none (Wayland), or policy misspelt it.
    Unavailable(String),
}

/// Registers `keys` (`Ctrl+Alt+F12`) from policy; `press` is called each time they go down.
pub fn register(app: &AppHandle, keys: &str, press: impl Fn(&AppHandle) + Send + Sync + 'static) -> Hotkey {
    if keys.is_empty() {
        return Hotkey::Off;
    }
    match try_register(app, keys, press) {
        Ok(()) => Hotkey::On(as_read(keys)),
        Err(error) => {
            tracing::warn!(keys, %error, "the hotkey is not available");
            Hotkey::Unavailable(as_read(keys))
        }
    }
}

/// The keys as a person finds them on the keyboard.
fn as_read(keys: &str) -> String {
    let main = if cfg!(target_os = "macos") { "⌘" } else { "Ctrl" };
    ["CommandOrControl", "CmdOrCtrl", "CmdOrControl", "CommandOrCtrl"]
        .into_iter()
        .fold(keys.to_owned(), |keys, name| keys.replace(name, main))
}

fn try_register(app: &AppHandle, keys: &str, press: impl Fn(&AppHandle) + Send + Sync + 'static) -> anyhow::Result<()> {
    // Without an X server the plugin reports success and never fires.
    #[cfg(target_os = "linux")]
    if std::env::var_os("DISPLAY").is_none() || std::env::var_os("WAYLAND_DISPLAY").is_some() {
        anyhow::bail!("global hotkeys need an X11 desktop");
    }
    let shortcut: Shortcut = keys.parse()?;
    // Here and not at the start: on X11 the plugin's thread looks for keys 20 times a second, which nobody should pay
    // for who has no hotkey.
    app.plugin(tauri_plugin_global_shortcut::Builder::new().build())?;
    app.global_shortcut().on_shortcut(shortcut, move |app, _, event| {
        if event.state() == ShortcutState::Pressed {
            press(app);
        }
    })?;
    Ok(())
}
