//! The page's commands. Each passes one thing on to the tray.

use agent::NoticeAnswer;
use serde_json::Value;
use tauri::{AppHandle, State};
use uuid::Uuid;

use crate::{window::Link, window_protocol::Call};

/// What the page shows: the agent's state and the language.
#[tauri::command]
pub async fn state(link: State<'_, Link>) -> Result<Value, String> {
    link.state().await
}

/// Adds a sentence to a report.
#[tauri::command]
pub async fn add_text(link: State<'_, Link>, report: Uuid, text: String) -> Result<(), String> {
    link.call(Call::AddText { report, text }).await
}

/// Takes a report back.
#[tauri::command]
pub async fn undo(link: State<'_, Link>, report: Uuid) -> Result<(), String> {
    link.call(Call::Undo { report }).await
}

/// Answers the notice in a report's receipt.
#[tauri::command]
pub async fn answer_notice(link: State<'_, Link>, report: Uuid, answer: NoticeAnswer) -> Result<(), String> {
    link.call(Call::AnswerNotice { report, answer }).await
}

/// Ends the window's process.
#[tauri::command]
pub fn close_window(app: AppHandle) {
    app.exit(0);
}
