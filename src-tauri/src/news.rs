//! What a person is told by notification: the difference of two states.

use agent::{AgentProblem, AgentState, PressStage, PressView};
use report::{EventKind, Language};

use crate::texts;

/// Longest body of a notification; the window has the whole text.
const MAX_BODY_CHARS: usize = 240;

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its first line.
    pub title: String,
    /// The rest.
    pub body: String,
}

/// What became known between two states. Replies and resolutions are always told; what an open window shows anyway is
/// told only where none is open.
pub fn between(before: &AgentState, after: &AgentState, language: Language, window_open: bool) -> Vec<Notification> {
    let mut news = Vec::new();
    for press in &after.presses {
        let earlier = before.presses.iter().find(|earlier| earlier.report_id == press.report_id);
        let last_seq = earlier.and_then(|earlier| earlier.events.last()).map_or(i64::MIN, |event| event.seq);
        for event in press.events.iter().filter(|event| event.seq > last_seq) {
            news.extend(of_event(event.ticket.number, &event.kind, language));
        }
        if window_open {
            continue;
        }
        let was = earlier.map(|earlier| earlier.stage);
        if press.stage == PressStage::WaitingForNetwork && was != Some(PressStage::WaitingForNetwork) {
            // Told once: a report that is being tried again goes to and fro between sending and waiting.
            if was != Some(PressStage::Sending) || earlier.is_some_and(|earlier| earlier.retry_at.is_none()) {
                news.push(Notification::new(texts::SAVED_TITLE.get(language), texts::SAVED_BODY.get(language)));
            }
        }
        // A report that left later than its window lived: the number is news.
        if press.stage == PressStage::Answered && was.is_some_and(PressStage::is_under_way) {
            news.extend(of_press(press, language));
        }
    }
    for press in &after.presses {
        let refused_before = before.presses.iter().any(|e| e.report_id == press.report_id && e.refusal.is_some());
        if let Some(code) = press.refusal.filter(|_| !refused_before) {
            news.push(Notification::new(texts::PRESS_FAILED.get(language), &texts::refused(language, code)));
        }
    }
    if after.problem == Some(AgentProblem::NotSaved) && before.problem != after.problem {
        let says = texts::problem(AgentProblem::NotSaved).get(language);
        news.push(Notification::new(texts::RECEIVED_TITLE.get(language), says));
    }
    news
}

/// What a notification says of a press instead of a window.
pub fn of_press(press: &PressView, language: Language) -> Option<Notification> {
    match (&press.receipt, press.stage) {
        (_, PressStage::Withdrawn | PressStage::Refused) => None,
        (Some(receipt), _) => {
            Some(Notification::new(&texts::registered(language, receipt.ticket.number), receipt.says.get(language)))
        }
        (None, PressStage::WaitingForNetwork) => {
            Some(Notification::new(texts::SAVED_TITLE.get(language), texts::SAVED_BODY.get(language)))
        }
        (None, _) => Some(Notification::new(texts::RECEIVED_TITLE.get(language), texts::RECEIVED_BODY.get(language))),
    }
}

fn of_event(ticket: i64, kind: &EventKind, language: Language) -> Option<Notification> {
    match kind {
        EventKind::Reply { by, text } => Some(Notification::new(&texts::replied(language, ticket, by), text)),
        EventKind::Question { by, text } => Some(Notification::new(&texts::asked(language, ticket, by), text)),
        EventKind::Resolved { text, .. } => Some(Notification::new(&texts::resolved(language, ticket), text)),
        EventKind::Known { title, .. } => Some(Notification::new(&texts::known(language, ticket), title.get(language))),
        EventKind::Over { title, .. } => Some(Notification::new(&texts::over(language, ticket), title.get(language))),
        // Worth seeing in the window, not worth an interruption.
        EventKind::Accepted { .. } | EventKind::Reopened { .. } => None,
    }
}

impl Notification {
    /// A notification whose body is cut to what a desktop shows.
    pub fn new(title: &str, body: &str) -> Self {
        let mut short: String = body.chars().take(MAX_BODY_CHARS).collect();
        if short.len() < body.len() {
            short.push('…');
        }
        Self { title: title.to_owned(), body: short }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::DateTime;
    use report::{
        Category, ErrorCode, Event, Judged, Level, LocalText, Priority, Receipt, TicketRef, TicketStatus, Verdict,
    };
    use uuid::Uuid;

    use super::*;

    /// A press that was just captured.
    pub(crate) fn press() -> PressView {
        PressView {
            report_id: Uuid::now_v7(),
            pressed_at: DateTime::UNIX_EPOCH,
            stage: PressStage::Captured,
            receipt: None,
            pictures_sent: 0,
            pictures_total: 1,
            text: None,
            can_undo: true,
            undo_until: None,
            notice_answer: None,
            omissions: Vec::new(),
            refusal: None,
            retry_at: None,
            events: Vec::new(),
            unread: false,
        }
    }

    /// A press that became ticket `number`.
    pub(crate) fn answered(number: i64) -> PressView {
        let press = press();
        let receipt = Receipt {
            report_id: press.report_id,
            received_at: DateTime::UNIX_EPOCH,
            ticket: TicketRef { number, status: TicketStatus::New },
            joined: false,
            says: LocalText::new("The gateway does not answer.", "Шлюз не отвечает."),
            verdict: Verdict {
                priority_parts: vec![],
                owner: None,
                sources: vec![],
                category: Judged::new(Category::Network, 0.9, Vec::new()),
                impact: Judged::new(Level::Low, 0.9, Vec::new()),
                urgency: Judged::new(Level::Medium, 0.9, Vec::new()),
                priority: Judged::new(Priority::P4, 0.9, Vec::new()),
                team: Judged::new("network".into(), 0.9, Vec::new()),
                cause: None,
                findings: Vec::new(),
                against: Vec::new(),
                abstention: None,
                signature: "network.gateway".into(),
                triage_version: "1".into(),
            },
            notice: None,
            awaited: Vec::new(),
        };
        PressView { stage: PressStage::Answered, receipt: Some(receipt), ..press }
    }

    fn with(press: &PressView) -> AgentState {
        AgentState { presses: vec![press.clone()], ..AgentState::default() }
    }

    fn event(seq: i64, kind: EventKind) -> Event {
        let ticket = TicketRef { number: 42, status: TicketStatus::InProgress };
        Event { seq, report_id: Uuid::nil(), ticket, at: DateTime::UNIX_EPOCH, kind }
    }

    #[test]
    fn a_reply_is_told_once_even_with_the_window_open() {
        let before = answered(42);
        let mut after = before.clone();
        after.events.push(event(1, EventKind::Reply { by: "Анна".into(), text: "Перезагрузите роутер".into() }));
        let told = between(&with(&before), &with(&after), Language::Ru, true);
        assert_eq!(told, [Notification::new("INC-42: вам ответили (Анна)", "Перезагрузите роутер")]);
        assert_eq!(between(&with(&after), &with(&after), Language::Ru, true), []);
    }

    #[test]
    fn being_taken_is_no_interruption() {
        let before = answered(42);
        let mut after = before.clone();
        after.events.push(event(1, EventKind::Accepted { by: "Ann".into() }));
        assert_eq!(between(&with(&before), &with(&after), Language::En, false), []);
    }

    #[test]
    fn belonging_to_a_known_incident_is_told_even_with_the_window_open() {
        let before = answered(42);
        let mut after = before.clone();
        let title = LocalText::new("Mail is down", "Почта не работает");
        after.events.push(event(1, EventKind::Known { major: 42, title, next_news_at: None }));
        let told = between(&with(&before), &with(&after), Language::Ru, true);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].body, "Почта не работает");
        assert!(told[0].title.starts_with("INC-42"), "{}", told[0].title);
    }

    #[test]
    fn that_it_is_over_is_told_even_with_the_window_open() {
        let before = answered(42);
        let mut after = before.clone();
        let title = LocalText::new("Mail is down", "Почта не работает");
        after.events.push(event(1, EventKind::Over { notice: Uuid::nil(), title }));
        let told = between(&with(&before), &with(&after), Language::Ru, true);
        assert_eq!(told, [Notification::new("INC-42: должно снова работать", "Почта не работает")]);
    }

    #[test]
    fn saved_for_later_is_told_once_and_not_at_every_attempt() {
        let sending = PressView { stage: PressStage::Sending, ..press() };
        let waiting =
            PressView { stage: PressStage::WaitingForNetwork, retry_at: Some(DateTime::UNIX_EPOCH), ..sending.clone() };
        let again = PressView { stage: PressStage::Sending, ..waiting.clone() };
        assert_eq!(between(&with(&sending), &with(&waiting), Language::En, false).len(), 1);
        assert_eq!(between(&with(&again), &with(&waiting), Language::En, false), []);
        assert_eq!(between(&with(&sending), &with(&waiting), Language::En, true), [], "the window says it");
    }

    #[test]
    fn a_report_that_left_without_a_window_tells_its_number() {
        let after = answered(7);
        let before = PressView { stage: PressStage::Sending, receipt: None, ..after.clone() };
        let told = between(&with(&before), &with(&after), Language::En, false);
        assert_eq!(told, [Notification::new("Your report is registered: INC-7", "The gateway does not answer.")]);
        assert_eq!(between(&with(&before), &with(&after), Language::En, true), []);
    }

    #[test]
    fn a_refusal_is_told_once() {
        let before = PressView { stage: PressStage::Sending, ..press() };
        let after = PressView { stage: PressStage::Refused, refusal: Some(ErrorCode::DeviceRevoked), ..before.clone() };
        let told = between(&with(&before), &with(&after), Language::En, true);
        assert_eq!(told.len(), 1);
        assert!(told[0].body.contains("device_revoked"));
        assert_eq!(between(&with(&after), &with(&after), Language::En, true), []);
    }

    #[test]
    fn a_full_disk_is_told_at_once() {
        let after = AgentState { problem: Some(AgentProblem::NotSaved), ..AgentState::default() };
        assert_eq!(between(&AgentState::default(), &after, Language::Ru, true).len(), 1);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let told = Notification::new("t", &"я".repeat(1_000));
        assert_eq!(told.body.chars().count(), MAX_BODY_CHARS + 1);
    }
}
