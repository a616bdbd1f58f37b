//! What the tray and the window's process tell each other: one JSON object a line, tray → window on the child's
//! standard input, window → tray on its standard output.

use agent::NoticeAnswer;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// Tray → window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ToWindow {
    /// What the page shows, whole; passed on as it is.
    State {
        /// The agent's state and the language.
        state: Value,
    },
    /// Come to the front: the person asked for the window again. Answered by [`FromWindow::Ready`].
    Present,
    /// The answer to [`FromWindow::Call`].
    Answer {
        /// Whose.
        id: u64,
        /// Why it was not done; absent when it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused: Option<String>,
    },
}

/// Window → tray.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FromWindow {
    /// The page is on the screen.
    Ready,
    /// The person is looking: the window has the keyboard.
    Seen,
    /// The page asks for something.
    Call {
        /// Chosen by the window; the answer carries it.
        id: u64,
        /// What.
        call: Call,
    },
}

/// What the page may ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Call {
    /// Adds a sentence to a report.
    AddText {
        /// Which.
        report: Uuid,
        /// The sentence.
        text: String,
    },
    /// Takes a report back.
    Undo {
        /// Which.
        report: Uuid,
    },
    /// Answers the notice in a report's receipt.
    AnswerNotice {
        /// Which report.
        report: Uuid,
        /// What the person says.
        answer: NoticeAnswer,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_even_with_line_breaks_inside() {
        let call = Call::AddText { report: Uuid::now_v7(), text: "первая\nвторая".into() };
        let message = FromWindow::Call { id: 3, call };
        let line = serde_json::to_string(&message).unwrap();
        assert!(!line.contains('\n'));
        assert_eq!(serde_json::from_str::<FromWindow>(&line).unwrap(), message);
    }

    #[test]
    fn an_answer_to_a_notice_is_written_as_the_page_writes_it() {
        let page = r#"{"do":"answer_notice","report":"00000000-0000-0000-0000-000000000000","answer":"not_this"}"#;
        let expected = Call::AnswerNotice { report: Uuid::nil(), answer: NoticeAnswer::NotThis };
        assert_eq!(serde_json::from_str::<Call>(page).unwrap(), expected);
    }
}
