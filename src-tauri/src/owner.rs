//! What the tray does for the window: passes its calls to the agent, and tells the person otherwise if it never comes.

use agent::{AddTextError, AnswerNoticeError, Engine, UndoError};
use report::Language;
use tauri::AppHandle;

use crate::{news, shell::notify, window_process::WindowOwner, window_protocol::Call};

/// See the module.
pub struct Owner {
    app: AppHandle,
    engine: Engine,
    language: Language,
}

impl Owner {
    /// Nothing is started.
    pub fn new(app: AppHandle, engine: Engine, language: Language) -> Self {
        Self { app, engine, language }
    }
}

impl WindowOwner for Owner {
    async fn call(&self, call: Call) -> Result<(), String> {
        let refused = match call {
            Call::AddText { report, text } => match self.engine.add_text(report, text).await {
                Ok(()) => return Ok(()),
                Err(AddTextError::UnknownReport) => "unknown_report",
                Err(AddTextError::Length) => "text_length",
                Err(AddTextError::RedactionFailed) => "redaction_failed",
                Err(AddTextError::Closed) => "report_closed",
                Err(AddTextError::NotSaved) => "not_saved",
            },
            Call::Undo { report } => match self.engine.undo(report).await {
                Ok(()) => return Ok(()),
                Err(UndoError::UnknownReport) => "unknown_report",
                Err(UndoError::TooLate) => "too_late",
            },
            Call::AnswerNotice { report, answer } => match self.engine.answer_notice(report, answer).await {
                Ok(()) => return Ok(()),
                Err(AnswerNoticeError::UnknownReport) => "unknown_report",
                Err(AnswerNoticeError::NoNotice) => "no_notice",
                Err(AnswerNoticeError::Closed) => "report_closed",
                Err(AnswerNoticeError::NotSaved) => "not_saved",
            },
        };
        Err(refused.to_owned())
    }

    fn seen(&self) {
        self.engine.mark_read(None);
    }

    fn no_window(&self) {
        let state = self.engine.subscribe().borrow().clone();
        let latest = state.presses.first().and_then(|press| news::of_press(press, self.language));
        if let Some(notification) = latest {
            notify(&self.app, notification);
        }
    }
}
