//! The tray app: starts the agent, keeps the icon in the panel, and brings icon, menu, window and notifications into
//! line with the agent's state.

use std::time::Duration;

use agent::{AgentState, Engine, Flags, IconState, Paths, Policy};
use anyhow::Context as _;
use report::Language;
use tauri::{
    AppHandle, Manager, RunEvent, Wry,
    tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent},
};

use crate::{
    autostart,
    hotkey::{self, Hotkey},
    icon,
    instance::{self, HandedOver},
    menu::{Action, MenuModel},
    shell::{self, Shell},
    texts,
};

/// Id of the icon; part of its D-Bus description.
const ID: &str = "redbutton";
/// How often the icon is tried while no panel is up: the first try at sign-in is often too early.
const RETRY: Duration = Duration::from_secs(1);
/// How long a second start waits for this one to be ready.
const SET_UP_WITHIN: Duration = Duration::from_secs(10);
/// How long the end waits for what is being written to become durable.
const SHUTDOWN_WITHIN: Duration = Duration::from_secs(5);

/// Runs the tray app until the person quits it or the desktop ends.
///
/// # Errors
/// Fails where policy or the state folder cannot be used, or the toolkit does not start.
pub fn run() -> anyhow::Result<()> {
    crate::memory::keep_little();
    // Asked here and not left to the plugin alone, so that a second start touches neither outbox nor display.
    if tauri::async_runtime::block_on(instance::hand_over(vec!["redbutton".into()]))? {
        tracing::info!("another one runs and was asked to show its window");
        return Ok(());
    }
    let paths = Paths::of_this_user()?;
    let policy = Policy::load(&paths, Flags::default())?;
    let engine = start_engine(&paths, &policy)?;
    instance::sweep(&paths.state);

    let app = tauri::Builder::default()
        // Of two started at the same moment one ends here.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| second_start(app, arguments)))
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_autostart::Builder::new().app_name("redbutton").build())
        .setup(move |app| {
            set_up(app.handle(), engine, paths, &policy);
            Ok(())
        })
        .build(crate::context())
        .context("the tray app cannot start")?;

    app.run(|app, event| match event {
        // There is no window to keep the loop alive, and none is needed.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        RunEvent::Exit => {
            if let Some(shell) = shell::of(app) {
                // The timer is made inside: it belongs to the runtime, and this thread does not.
                let in_time = tauri::async_runtime::block_on(async {
                    tokio::time::timeout(SHUTDOWN_WITHIN, shell.engine().shutdown()).await.is_ok()
                });
                tracing::info!(in_time, "ended");
            }
        }
        _ => {}
    });
    Ok(())
}

/// Starts the agent in Tauri's runtime, but without leaving this thread inside of it: D-Bus code called there ties
/// itself to that runtime, and the icon has a loop of its own.
fn start_engine(paths: &Paths, policy: &Policy) -> anyhow::Result<Engine> {
    let runtime = tauri::async_runtime::handle();
    let _inside = runtime.inner().enter();
    Ok(Engine::start(paths.clone(), policy.clone())?)
}

fn set_up(app: &AppHandle, engine: Engine, paths: Paths, policy: &Policy) {
    let language = policy.language_of_person();
    let autostart = autostart::apply(app, policy, &paths.state);
    app.manage(Shell::new(app.clone(), engine, language, paths));
    app.on_menu_event(|app, event| on_menu(app, event.id().as_ref()));
    let hotkey = hotkey::register(app, &policy.hotkey, |app| {
        if let Some(shell) = shell::of(app) {
            shell.press(None);
        }
    });
    app.manage(Autostart(tokio::sync::watch::Sender::new(autostart)));
    tauri::async_runtime::spawn(keep(app.clone(), language, hotkey));
    end_with_the_desktop(app);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
}

/// How it stands with starting at sign-in; the menu follows it.
struct Autostart(tokio::sync::watch::Sender<crate::menu::Autostart>);

/// Keeps icon and menu as the state wants them, for as long as the app runs.
async fn keep(app: AppHandle, language: Language, hotkey: Hotkey) {
    let (Some(shell), Some(autostart)) = (shell::of(&app), app.try_state::<Autostart>()) else { return };
    let mut states = shell.engine().subscribe();
    let mut autostarts = autostart.0.subscribe();
    let mut before = states.borrow_and_update().clone();
    let mut shown: Option<Shown> = None;
    loop {
        let model = MenuModel::new(&before, language, &hotkey, *autostarts.borrow_and_update());
        match &mut shown {
            Some(shown) => shown.update(&app, before.icon, model, language),
            None => match Shown::build(&app, before.icon, model, language) {
                Ok(built) => {
                    tracing::info!("the icon is up");
                    shown = Some(built);
                }
                Err(error) => tracing::debug!(%error, "no panel takes the icon yet"),
            },
        }
        tokio::select! {
            changed = states.changed() => {
                if changed.is_err() {
                    return;
                }
                let after: AgentState = states.borrow_and_update().clone();
                shell.follow(&before, &after);
                before = after;
            }
            _ = autostarts.changed() => {}
            () = tokio::time::sleep(RETRY), if shown.is_none() => {}
        }
    }
}

/// The icon as it stands in the panel.
struct Shown {
    tray: TrayIcon,
    icon: IconState,
    model: MenuModel,
    dense: bool,
}

impl Shown {
    fn build(app: &AppHandle, icon: IconState, model: MenuModel, language: Language) -> tauri::Result<Self> {
        let dense = matches!(app.primary_monitor(), Ok(Some(monitor)) if monitor.scale_factor() >= 1.5);
        let builder = TrayIconBuilder::<Wry>::with_id(ID)
            .icon(icon::picture(icon, dense))
            .tooltip(tooltip(icon, language))
            .menu(&model.build(app)?)
            .show_menu_on_left_click(false)
            .on_tray_icon_event(|tray, event| on_icon(tray.app_handle(), &event));
        // On macOS a title stands in the menu bar beside the icon; on Linux it is the icon's name for screen readers.
        #[cfg(target_os = "linux")]
        let builder = builder.title("Redbutton");
        Ok(Self { tray: builder.build(app)?, icon, model, dense })
    }

    fn update(&mut self, app: &AppHandle, icon: IconState, model: MenuModel, language: Language) {
        if icon != self.icon {
            let drawn = self.tray.set_icon(Some(icon::picture(icon, self.dense)));
            if let Err(error) = drawn.and_then(|()| self.tray.set_tooltip(Some(tooltip(icon, language)))) {
                tracing::warn!(%error, "the icon cannot be changed");
            }
            self.icon = icon;
        }
        if model != self.model {
            if let Err(error) = model.build(app).and_then(|menu| self.tray.set_menu(Some(menu))) {
                tracing::warn!(%error, "the menu cannot be changed");
            }
            self.model = model;
        }
    }
}

/// What the pointer over the icon shows. Linux panels put the icon's title above it; elsewhere it stands alone.
fn tooltip(icon: IconState, language: Language) -> String {
    let says = match icon {
        IconState::Idle => texts::IDLE,
        IconState::Sending => texts::SENDING,
        IconState::WaitingForNetwork => texts::WAITING,
        IconState::Answered => texts::ANSWERED,
    };
    if cfg!(target_os = "linux") { says.get(language).to_owned() } else { format!("Redbutton: {}", says.get(language)) }
}

/// One left click files the incident. Presses close together are one: the agent sees to it, by policy.
fn on_icon(app: &AppHandle, event: &TrayIconEvent) {
    let TrayIconEvent::Click { button, button_state: MouseButtonState::Up, position, .. } = event else { return };
    let Some(shell) = shell::of(app) else { return };
    // Panels that know no place say 0,0.
    let near = (position.x != 0.0 || position.y != 0.0).then_some((position.x, position.y));
    match button {
        MouseButton::Left => shell.press(near),
        MouseButton::Middle => shell.open_window(near),
        MouseButton::Right => {}
    }
}

fn on_menu(app: &AppHandle, id: &str) {
    let (Some(shell), Some(action)) = (shell::of(app), Action::of_id(id)) else { return };
    match action {
        Action::Report => shell.press(None),
        Action::OpenWindow => shell.open_window(None),
        Action::Autostart => {
            if let Some(autostart) = app.try_state::<Autostart>() {
                let on = autostart::toggle(app);
                autostart.0.send_modify(|autostart| autostart.on = on);
            }
        }
        Action::Quit => app.exit(0),
    }
}

/// A second start reached this one: `redbutton report` files an incident here, a plain start shows the window.
fn second_start(app: &AppHandle, arguments: Vec<String>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let set_up = async {
            loop {
                match shell::of(&app) {
                    Some(shell) => return shell,
                    // The channel is open a moment before the rest.
                    None => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        };
        match (tokio::time::timeout(SET_UP_WITHIN, set_up).await, HandedOver::from_arguments(&arguments)) {
            (Ok(shell), Some(asked)) => shell.press_for(asked),
            (Ok(shell), None) => shell.open_window(None),
            (Err(_), _) => tracing::error!("a second start was not served"),
        }
    });
}

/// Ends in order when the desktop asks for it.
#[cfg(unix)]
fn end_with_the_desktop(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
            return tracing::warn!("signals are not heard");
        };
        tokio::select! { _ = term.recv() => {} _ = int.recv() => {} }
        app.exit(0);
    });
}

/// Windows sends a message that the event loop turns into the same end.
#[cfg(not(unix))]
fn end_with_the_desktop(_: &AppHandle) {}
