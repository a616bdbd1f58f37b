//! What the tray app holds, and the ways into it: a click, a menu entry, the hotkey, a second process.

use std::{sync::Arc, time::Duration};

use agent::{AgentState, Engine, Paths, PressId, PressInput, PressStage};
use report::Language;
use serde_json::Value;
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt as _;

use crate::{
    instance::{self, HandedOver, Outcome},
    memory,
    news::{self, Notification},
    owner::Owner,
    texts,
    window_process::{Near, WindowProcess},
};

/// The tray app. Managed by Tauri; cheap to clone.
#[derive(Clone)]
pub struct Shell {
    app: AppHandle,
    engine: Engine,
    language: Language,
    paths: Paths,
    window: Arc<WindowProcess<Owner>>,
}

impl Shell {
    /// Holds a started engine.
    pub fn new(app: AppHandle, engine: Engine, language: Language, paths: Paths) -> Self {
        let owner = Owner::new(app.clone(), engine.clone(), language);
        Self { app, engine, language, paths, window: Arc::new(WindowProcess::new(Arc::new(owner))) }
    }

    /// The agent.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Files an incident and, once the screen is captured, shows the window near the click.
    pub fn press(&self, near: Near) {
        let shell = self.clone();
        tauri::async_runtime::spawn(async move {
            // A failure is told inside.
            let _ = shell.press_and_show(PressInput::default(), near).await;
        });
    }

    /// Files the incident a second process asked for, and writes it the outcome.
    pub fn press_for(&self, asked: HandedOver) {
        let shell = self.clone();
        tauri::async_runtime::spawn(async move {
            let HandedOver { reply, text, without_screenshot, wait_s } = asked;
            let input = PressInput { text, without_screenshot, ..PressInput::default() };
            let outcome = match shell.press_and_show(input, None).await {
                Ok(press) => shell.outcome(press, Duration::from_secs(wait_s)).await,
                Err(error) => Outcome::Failed(error.to_string()),
            };
            let file = instance::outcome_file(&shell.paths.state, reply);
            if let Err(error) = instance::write_outcome(&file, &outcome).await {
                tracing::warn!(%error, "the other process was not told");
            }
        });
    }

    /// Shows the window with what is known.
    pub fn open_window(&self, near: Near) {
        let shell = self.clone();
        // The child's pipes belong to a runtime, and the menu calls from outside of one.
        tauri::async_runtime::spawn(async move { shell.show(near) });
    }

    /// Tells an open window, and the person by notification, what changed.
    pub fn follow(&self, before: &AgentState, after: &AgentState) {
        self.window.update(payload(after, self.language));
        memory::give_back_between(before, after);
        for notification in news::between(before, after, self.language, self.window.is_open()) {
            notify(&self.app, notification);
        }
    }

    async fn press_and_show(&self, input: PressInput, near: Near) -> Result<PressId, agent::PressError> {
        // Answers when the screen is captured, so the window is not on the picture.
        let pressed = self.engine.press(input).await;
        match &pressed {
            Ok(press) => {
                tracing::info!(report = %press.0, "pressed");
                self.show(near);
            }
            Err(error) => {
                tracing::error!(%error, "the press was not taken");
                let (title, body) = (texts::PRESS_FAILED, texts::PRESS_FAILED_BODY);
                notify(&self.app, Notification::new(title.get(self.language), body.get(self.language)));
            }
        }
        pressed
    }

    fn show(&self, near: Near) {
        let state = payload(&self.engine.subscribe().borrow(), self.language);
        self.window.open(state, near);
    }

    /// How far `press` came: waits for the collector's answer or refusal, but no longer than `patience`.
    async fn outcome(&self, press: PressId, patience: Duration) -> Outcome {
        let mut states = self.engine.subscribe();
        let ended = states.wait_for(|state| {
            let view = state.presses.iter().find(|view| view.report_id == press.0);
            view.is_some_and(|view| !view.stage.is_under_way() || view.stage == PressStage::WaitingForNetwork)
        });
        // Late is no failure: what is known then is the outcome.
        let _ = tokio::time::timeout(patience, ended).await.map(|_| ());
        let view = self.engine.subscribe().borrow().presses.iter().find(|view| view.report_id == press.0).cloned();
        match view {
            Some(view) => Outcome::Pressed(Box::new(view)),
            None => Outcome::Failed("the report was taken back".into()),
        }
    }
}

/// Shows a desktop notification; where the desktop has none, the icon and the window still say it.
pub fn notify(app: &AppHandle, notification: Notification) {
    let shown = app.notification().builder().title(notification.title).body(notification.body).icon("redbutton").show();
    if let Err(error) = shown {
        tracing::warn!(%error, "no notification");
    }
}

/// The managed shell, once setup is through.
pub fn of(app: &AppHandle) -> Option<Shell> {
    app.try_state::<Shell>().map(|shell| shell.inner().clone())
}

/// What the page gets: the agent's state, and the language to show it in.
fn payload(state: &AgentState, language: Language) -> Value {
    let mut value = serde_json::to_value(state).unwrap_or_default();
    value["language"] = serde_json::to_value(language).unwrap_or_default();
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_gets_the_state_with_its_language() {
        let value = payload(&AgentState::default(), Language::Ru);
        assert_eq!(value["language"], "ru");
        assert_eq!(value["icon"], "idle");
        assert!(value["presses"].is_array());
    }
}
