//! What a person says of the notice in a receipt: "me too", or "mine is another".

use report::FollowUpKind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::core::lock;
use crate::state::PressStage;
use crate::{Engine, PressView};

/// What a person says of a notice. The later answer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeAnswer {
    /// It is this trouble.
    MeToo,
    /// It is another one.
    NotThis,
}

/// An answer as the window shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredNotice {
    /// To which notice.
    pub notice: Uuid,
    /// What was said last.
    pub answer: NoticeAnswer,
    /// Whether the collector has it; until then it waits in the outbox.
    pub is_delivered: bool,
}

/// A notice could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum AnswerNoticeError {
    /// No such press.
    #[error("there is no such report")]
    UnknownReport,
    /// The press has no receipt with a notice.
    #[error("there is no notice to answer")]
    NoNotice,
    /// The press was taken back or refused, or its ticket is closed.
    #[error("the report is closed")]
    Closed,
    /// It is on its way, but only in memory: there was no room on disk.
    #[error("the answer could not be saved; it is sent from memory")]
    NotSaved,
}

impl AnsweredNotice {
    /// The follow-up that carries it.
    pub(crate) fn follow_up(self) -> FollowUpKind {
        match self.answer {
            NoticeAnswer::MeToo => FollowUpKind::MeToo { notice: self.notice },
            NoticeAnswer::NotThis => FollowUpKind::NotThis { notice: self.notice },
        }
    }
}

/// What became of a follow-up that may carry an answer: the collector has it, or refuses it for good and then nothing
/// was said. An answer given since is not touched.
pub(crate) fn settle(view: &mut PressView, sent: &FollowUpKind, is_accepted: bool) {
    let Some(answered) = view.notice_answer.filter(|answered| answered.follow_up() == *sent) else { return };
    view.notice_answer = is_accepted.then_some(AnsweredNotice { is_delivered: true, ..answered });
}

impl Engine {
    /// Answers the notice in the receipt of a press; durable when this answers, and sent when the network is there.
    /// The same answer again changes nothing.
    ///
    /// # Errors
    /// [`AnswerNoticeError`].
    pub async fn answer_notice(&self, report: Uuid, answer: NoticeAnswer) -> Result<(), AnswerNoticeError> {
        let core = self.core();
        let answered = {
            let mut presses = lock(&core.presses);
            let view = presses.get_mut(report).ok_or(AnswerNoticeError::UnknownReport)?;
            let receipt = view.receipt.as_ref();
            let notice = receipt.and_then(|r| r.notice.as_ref()).ok_or(AnswerNoticeError::NoNotice)?.id;
            let is_open = receipt.is_some_and(|receipt| receipt.ticket.status.is_open());
            if !is_open || matches!(view.stage, PressStage::Refused | PressStage::Withdrawn) {
                return Err(AnswerNoticeError::Closed);
            }
            let is_said = view.notice_answer.is_some_and(|before| before.notice == notice && before.answer == answer);
            if is_said {
                return Ok(());
            }
            let answered = AnsweredNotice { notice, answer, is_delivered: false };
            // Before it is on its way: its delivery marks what stands here.
            view.notice_answer = Some(answered);
            answered
        };
        core.change(report, |_| ());
        match core.add(report, answered.follow_up()).await {
            true => Ok(()),
            false => Err(AnswerNoticeError::NotSaved),
        }
    }
}
