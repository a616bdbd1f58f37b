//! What a person says of the notice in a receipt: "me too", "mine is another", and neither after all.

use report::{FollowUp, FollowUpKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Engine;
use crate::core::lock;
use crate::state::PressStage;

/// What a person says of a notice. The latest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeAnswer {
    /// It is this trouble.
    MeToo,
    /// It is another one.
    NotThis,
    /// Neither: what was said is taken back.
    TakenBack,
}

/// An answer as the window shows it. One that was taken back is shown until the collector knows, and then is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredNotice {
    /// To which notice.
    pub notice: Uuid,
    /// What was said last.
    pub answer: NoticeAnswer,
    /// Whether the collector has it; until then it waits in the outbox.
    pub is_delivered: bool,
    /// The follow-up that carries it.
    pub follow_up: Uuid,
    /// What the collector has meanwhile, where that is another answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<NoticeAnswer>,
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

impl NoticeAnswer {
    /// The follow-up that carries it.
    fn kind(self, notice: Uuid) -> FollowUpKind {
        match self {
            Self::MeToo => FollowUpKind::MeToo { notice },
            Self::NotThis => FollowUpKind::NotThis { notice },
            Self::TakenBack => FollowUpKind::AnswerTakenBack { notice },
        }
    }

    fn of(kind: &FollowUpKind) -> Option<Self> {
        match kind {
            FollowUpKind::MeToo { .. } => Some(Self::MeToo),
            FollowUpKind::NotThis { .. } => Some(Self::NotThis),
            FollowUpKind::AnswerTakenBack { .. } => Some(Self::TakenBack),
            FollowUpKind::Text { .. } | FollowUpKind::Withdraw | FollowUpKind::AttachmentDropped { .. } => None,
        }
    }
}

impl AnsweredNotice {
    /// What the collector has of it: nothing after it was taken back.
    fn known_to_collector(self) -> Option<NoticeAnswer> {
        match self.is_delivered {
            true => Some(self.answer),
            false => self.standing,
        }
    }
}

/// What became of a follow-up that may carry an answer: the collector has it, or refuses it for good, and then what it has
/// is what was said. An answer given since is not touched.
pub(crate) fn settle(said: &mut Option<AnsweredNotice>, sent: &FollowUp, is_accepted: bool) {
    let (Some(answer), Some(shown)) = (NoticeAnswer::of(&sent.kind), *said) else { return };
    let accepted = (answer != NoticeAnswer::TakenBack).then_some(answer);
    *said = match (shown.follow_up == sent.id, is_accepted) {
        (true, true) => accepted.map(|_| AnsweredNotice { is_delivered: true, standing: None, ..shown }),
        (true, false) => {
            shown.standing.map(|answer| AnsweredNotice { answer, is_delivered: true, standing: None, ..shown })
        }
        (false, true) => Some(AnsweredNotice { standing: accepted, ..shown }),
        (false, false) => Some(shown),
    };
}

impl Engine {
    /// Answers the notice in the receipt of a press, or takes back what was said of it; durable when this answers, and sent
    /// when the network is there. The same again changes nothing.
    ///
    /// # Errors
    /// [`AnswerNoticeError`].
    pub async fn answer_notice(&self, report: Uuid, answer: NoticeAnswer) -> Result<(), AnswerNoticeError> {
        let core = self.core();
        let follow_up = core.world.chance.id();
        let notice = {
            let mut presses = lock(&core.presses);
            let view = presses.get_mut(report).ok_or(AnswerNoticeError::UnknownReport)?;
            let receipt = view.receipt.as_ref();
            let shown = receipt.and_then(|receipt| receipt.notice.as_ref()).map(|notice| notice.id);
            // After "mine is another" the receipt names the notice no more; it is there to be taken back all the same.
            let said = view.notice_answer.filter(|said| shown.is_none_or(|shown| shown == said.notice));
            let notice = shown.or(said.map(|said| said.notice)).ok_or(AnswerNoticeError::NoNotice)?;
            let is_open = receipt.is_some_and(|receipt| receipt.ticket.status.is_open());
            if !is_open || matches!(view.stage, PressStage::Refused | PressStage::Withdrawn) {
                return Err(AnswerNoticeError::Closed);
            }
            if said.map_or(NoticeAnswer::TakenBack, |said| said.answer) == answer {
                return Ok(());
            }
            // Before it is on its way: its delivery marks what stands here.
            view.notice_answer = Some(AnsweredNotice {
                notice,
                answer,
                is_delivered: false,
                follow_up,
                standing: said.and_then(AnsweredNotice::known_to_collector),
            });
            notice
        };
        core.change(report, |_| ());
        match core.add_as(follow_up, report, answer.kind(notice)).await {
            true => Ok(()),
            false => Err(AnswerNoticeError::NotSaved),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTICE: Uuid = Uuid::from_u128(9);

    fn shown(n: u128, answer: NoticeAnswer, standing: Option<NoticeAnswer>) -> AnsweredNotice {
        AnsweredNotice { notice: NOTICE, answer, is_delivered: false, follow_up: Uuid::from_u128(n), standing }
    }

    fn after(shown: AnsweredNotice, n: u128, sent: NoticeAnswer, is_accepted: bool) -> Option<AnsweredNotice> {
        let mut said = Some(shown);
        let sent = FollowUp { id: Uuid::from_u128(n), at: chrono::DateTime::UNIX_EPOCH, kind: sent.kind(NOTICE) };
        settle(&mut said, &sent, is_accepted);
        said
    }

    #[test]
    fn an_earlier_answer_on_its_way_is_not_taken_for_the_same_one_given_again() {
        let again = shown(3, NoticeAnswer::MeToo, None);
        let first = after(again, 1, NoticeAnswer::MeToo, true).unwrap();
        assert_eq!((first.is_delivered, first.standing), (false, Some(NoticeAnswer::MeToo)));
        let second = after(first, 2, NoticeAnswer::TakenBack, true).unwrap();
        assert_eq!((second.is_delivered, second.standing), (false, None));
        assert!(after(second, 3, NoticeAnswer::MeToo, true).unwrap().is_delivered);
    }

    #[test]
    fn what_was_taken_back_is_gone_once_the_collector_knows() {
        let back = shown(2, NoticeAnswer::TakenBack, Some(NoticeAnswer::NotThis));
        assert_eq!(after(back, 2, NoticeAnswer::TakenBack, true), None);
    }

    #[test]
    fn where_taking_back_is_refused_for_good_the_answer_stands() {
        let back = shown(2, NoticeAnswer::TakenBack, Some(NoticeAnswer::NotThis));
        let kept = after(back, 2, NoticeAnswer::TakenBack, false).unwrap();
        assert_eq!((kept.answer, kept.is_delivered), (NoticeAnswer::NotThis, true));
        assert_eq!(after(shown(1, NoticeAnswer::MeToo, None), 1, NoticeAnswer::MeToo, false), None);
    }
}
