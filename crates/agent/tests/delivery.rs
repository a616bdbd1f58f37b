//! From the press to the receipt, against a real server that misbehaves as networks and servers do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

mod support;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use agent::{
    AgentProblem, AgentState, AnswerNoticeError, AnsweredNotice, Engine, IconState, NoticeAnswer, Paths, PressInput,
    PressStage, World,
};
use chrono::Utc;
use report::{
    Category, ErrorCode, Event, EventKind, FollowUpKind, LocalText, Notice, NoticeKind, NoticeOrigin, OmissionReason,
    Report, TicketRef, TicketStatus,
};
use support::{Collector, PATIENCE, Trouble, parts, policy, until};

struct Desk {
    collector: Collector,
    engine: Engine,
    paths: Paths,
    _folder: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::under(folder.path());
        let collector = Collector::start().await;
        let engine = Engine::start_with(paths.clone(), policy(&paths, &collector), parts()).unwrap();
        until(&engine, "enrolled", |state| state.enrolled).await;
        Self { collector, engine, paths, _folder: folder }
    }

    async fn press(&self, text: &str) -> uuid::Uuid {
        let input = PressInput { text: Some(text.to_owned()), ..PressInput::default() };
        self.engine.press(input).await.unwrap().0
    }

    async fn restart_engine(&mut self) {
        self.engine.shutdown().await;
        self.engine = Engine::start_with(self.paths.clone(), policy(&self.paths, &self.collector), parts()).unwrap();
    }

    fn report(&self, id: uuid::Uuid) -> Report {
        serde_json::from_str(&self.collector.seen.lock().unwrap().reports[&id]).unwrap()
    }
}

fn stage(state: &AgentState) -> Option<PressStage> {
    state.presses.first().map(|press| press.stage)
}

fn all_sent(state: &AgentState) -> bool {
    state
        .presses
        .first()
        .is_some_and(|press| press.stage == PressStage::Answered && press.pictures_sent == press.pictures_total)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_press_arrives_whole_and_redacted_with_its_pictures() {
    let desk = Desk::new().await;
    let id = desk.press("Пишите на anna@firma.example, пароль: Qwerty1").await;
    let state = until(&desk.engine, "all sent", all_sent).await;
    assert_eq!((state.icon, state.waiting, state.problem), (IconState::Answered, 0, None));
    let view = &state.presses[0];
    assert_eq!(view.report_id, id);
    assert_eq!((view.pictures_sent, view.pictures_total), (2, 2));
    assert!(view.unread && view.can_undo);
    assert_eq!(view.undo_until, Some(view.pressed_at + chrono::TimeDelta::seconds(300)));

    let report = desk.report(id);
    assert_eq!(report.text.as_deref(), Some("Пишите на [email], пароль: [secret]"));
    assert_eq!(report.facts[0].data().unwrap()["text"], "mail to [email] failed with 0x80070005");
    assert!(
        report.omissions.iter().any(|o| o.item == "screenshot:DP-3" && o.reason == OmissionReason::RedactionFailed)
    );
    {
        let seen = desk.collector.seen.lock().unwrap();
        assert!(seen.authorization.as_deref().unwrap().ends_with(".s3cr3t"));
        for plan in &report.attachments {
            let bytes = &seen.pictures[&(id, plan.n)];
            assert_eq!(bytes.len() as u64, plan.bytes);
            let picture = image::load_from_memory(bytes).unwrap().to_rgb8();
            let hidden = picture.pixels().filter(|pixel| pixel.0 != [200; 3]).count();
            assert_eq!(hidden, if plan.n == 0 { 64 * 16 } else { 0 }, "the private window alone is painted over");
        }
    }
    desk.engine.mark_read(None);
    assert_eq!(desk.engine.subscribe().borrow().icon, IconState::Idle);
    // Shown as sent first, removed from the disk right after.
    let started = Instant::now();
    while std::fs::read_dir(desk.paths.state.join("outbox")).unwrap().count() > 0 {
        assert!(started.elapsed() < PATIENCE, "something is left in the outbox");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_in_trouble_is_tried_again_until_it_has_the_report_once() {
    let desk = Desk::new().await;
    desk.collector.will([
        Trouble::Refuse(ErrorCode::Internal),
        Trouble::Portal,
        Trouble::Refuse(ErrorCode::Unavailable),
        Trouble::LoseAnswer,
        Trouble::Refuse(ErrorCode::Timeout),
    ]);
    let id = desk.press("x").await;
    until(&desk.engine, "all sent", all_sent).await;
    assert_eq!(desk.collector.count(), (1, 2, 0));
    assert!(desk.collector.seen.lock().unwrap().requests >= 5);
    assert_eq!(desk.report(id).id, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_obeyed_even_when_a_person_is_in_a_hurry() {
    let desk = Desk::new().await;
    desk.collector.will([Trouble::RefuseFor(ErrorCode::RateLimited, 2)]);
    desk.press("x").await;
    let state = until(&desk.engine, "waits", |state| stage(state) == Some(PressStage::WaitingForNetwork)).await;
    assert_eq!(state.icon, IconState::WaitingForNetwork);
    assert!(state.presses[0].retry_at.is_some());
    desk.engine.retry_now();
    until(&desk.engine, "all sent", all_sent).await;
    let arrivals = desk.collector.seen.lock().unwrap().arrivals.clone();
    assert!(arrivals[1] - arrivals[0] >= Duration::from_secs(2), "{:?}", arrivals[1] - arrivals[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pressed_without_a_network_survives_a_restart_and_arrives_later() {
    let mut desk = Desk::new().await;
    desk.collector.stop().await;
    let (first, second) = (desk.press("one").await, desk.press("two").await);
    until(&desk.engine, "both wait", |state| {
        state.waiting == 2 && state.presses.iter().all(|press| press.stage == PressStage::WaitingForNetwork)
    })
    .await;
    desk.restart_engine().await;
    assert_eq!(desk.engine.subscribe().borrow().presses.len(), 2, "shown again at once");
    desk.collector = desk.collector.restart().await;
    desk.engine.retry_now();
    until(&desk.engine, "both sent", |state| state.presses.iter().all(|p| p.pictures_sent == 2 && p.receipt.is_some()))
        .await;
    assert_eq!(desk.collector.count(), (2, 4, 0));
    assert_eq!((desk.report(first).text.as_deref(), desk.report(second).text.as_deref()), (Some("one"), Some("two")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_refused_for_good_is_set_aside_with_its_code_and_the_next_goes_on() {
    let desk = Desk::new().await;
    for code in [ErrorCode::IdReused, ErrorCode::InvalidReport, ErrorCode::BodyTooLarge] {
        desk.collector.will([Trouble::Refuse(code)]);
        let id = desk.press("x").await;
        let state = until(&desk.engine, "refused", |state| stage(state) == Some(PressStage::Refused)).await;
        assert_eq!((state.presses[0].report_id, state.presses[0].refusal), (id, Some(code)));
    }
    assert_eq!(desk.engine.subscribe().borrow().set_aside, 3);
    desk.press("y").await;
    until(&desk.engine, "all sent", all_sent).await;
    assert_eq!(desk.collector.count().0, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_a_year_behind_is_corrected_by_the_collectors() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::under(folder.path());
    let collector = Collector::start().await;
    collector.seen.lock().unwrap().earliest_date = Some(Utc::now() - Duration::from_secs(86_400));
    let clock = Arc::new(support::WrongBy::default());
    clock.0.store(365 * 86_400, Ordering::Relaxed);
    let world = World { clock, ..parts().world };
    let engine =
        Engine::start_with(paths.clone(), policy(&paths, &collector), agent::Parts { world, ..parts() }).unwrap();
    let id = engine.press(PressInput::default()).await.unwrap().0;
    until(&engine, "answered", |state| stage(state) == Some(PressStage::Answered)).await;
    let report: Report = serde_json::from_str(&collector.seen.lock().unwrap().reports[&id]).unwrap();
    assert!((Utc::now() - report.pressed_at).abs() < chrono::TimeDelta::seconds(60), "{}", report.pressed_at);
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_keeps_everything_stops_and_says_so() {
    let desk = Desk::new().await;
    for (code, problem) in [
        (ErrorCode::DeviceRevoked, AgentProblem::DeviceRevoked),
        (ErrorCode::UnknownDevice, AgentProblem::UnknownDevice),
    ] {
        let desk = Desk::new().await;
        desk.collector.will([Trouble::Refuse(code)]);
        desk.press("x").await;
        let state = until(&desk.engine, "told", |state| state.problem == Some(problem)).await;
        assert_eq!(state.waiting, 1);
        assert!(desk.paths.state.join("outbox").read_dir().unwrap().count() > 0);
        desk.engine.shutdown().await;
    }
    desk.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_uploads_are_sent_again_and_refused_pictures_are_told() {
    let desk = Desk::new().await;
    let id = desk.press("x").await;
    until(&desk.engine, "all sent", all_sent).await;
    assert_eq!(desk.collector.count(), (1, 2, 0));

    // The next report gets through, then its pictures meet trouble.
    desk.collector.stop().await;
    let second = desk.press("y").await;
    until(&desk.engine, "waits", |state| stage(state) == Some(PressStage::WaitingForNetwork)).await;
    let collector = desk.collector.restart().await;
    let (engine, seen) = (desk.engine.clone(), Arc::clone(&collector.seen));
    let armed = tokio::spawn(async move {
        until(&engine, "answered", |state| stage(state) == Some(PressStage::Answered)).await;
        seen.lock().unwrap().trouble.extend([Trouble::Refuse(ErrorCode::PictureTooLarge)]);
    });
    desk.engine.retry_now();
    armed.await.unwrap();
    until(&desk.engine, "done", |state| state.presses[0].pictures_sent >= 1).await;
    assert!(collector.count().1 >= 3);
    assert_ne!(id, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_follows_a_report_and_undo_tells_the_collector_after_delivery() {
    let desk = Desk::new().await;
    let id = desk.press("x").await;
    until(&desk.engine, "all sent", all_sent).await;
    desk.engine.add_text(id, "и звоните +7 912 345-67-89".into()).await.unwrap();
    desk.engine.undo(id).await.unwrap();
    assert!(desk.engine.undo(id).await.is_err(), "once is enough");
    assert!(desk.engine.add_text(id, "late".into()).await.is_err());
    assert!(desk.engine.add_text(uuid::Uuid::nil(), "nobody's".into()).await.is_err());
    let started = Instant::now();
    while desk.collector.count().2 < 2 {
        assert!(started.elapsed() < PATIENCE);
        tokio::task::yield_now().await;
    }
    let seen = desk.collector.seen.lock().unwrap();
    let kinds: Vec<_> = seen.follow_ups.iter().map(|(_, added)| added.kind.clone()).collect();
    assert_eq!(kinds, [FollowUpKind::Text { text: "и звоните [phone]".into() }, FollowUpKind::Withdraw]);
    assert_eq!(stage(&desk.engine.subscribe().borrow()), Some(PressStage::Withdrawn));
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_before_delivery_leaves_nothing_to_send() {
    let desk = Desk::new().await;
    desk.collector.stop().await;
    let id = desk.press("by mistake").await;
    until(&desk.engine, "waits", |state| stage(state) == Some(PressStage::WaitingForNetwork)).await;
    desk.engine.add_text(id, "really".into()).await.unwrap();
    desk.engine.undo(id).await.unwrap();
    assert_eq!(desk.paths.state.join("outbox").read_dir().unwrap().count(), 0);
    let collector = desk.collector.restart().await;
    desk.engine.retry_now();
    let kept = desk.press("on purpose").await;
    until(&desk.engine, "all sent", all_sent).await;
    assert_eq!(collector.count().0, 1);
    assert!(collector.seen.lock().unwrap().reports.contains_key(&kept));
}

#[tokio::test(flavor = "multi_thread")]
async fn news_of_a_ticket_reach_the_person_and_survive_a_restart() {
    let mut desk = Desk::new().await;
    let id = desk.press("x").await;
    until(&desk.engine, "all sent", all_sent).await;
    desk.engine.mark_read(Some(id));
    let ticket = TicketRef { number: 1, status: TicketStatus::WaitingForUser };
    let kind = EventKind::Question { by: "Ольга".into(), text: "Какой принтер?".into() };
    let event = Event { seq: 5, report_id: id, ticket, at: Utc::now(), kind };
    desk.collector.seen.lock().unwrap().events.push(event.clone());
    let state = until(&desk.engine, "news", |state| !state.presses[0].events.is_empty()).await;
    assert_eq!(state.icon, IconState::Answered);
    assert_eq!(state.presses[0].events, [event]);
    assert_eq!(state.presses[0].receipt.as_ref().unwrap().ticket.status, TicketStatus::WaitingForUser);
    desk.restart_engine().await;
    assert_eq!(desk.engine.subscribe().borrow().presses[0].events.len(), 1);
}

/// Mail is down, and the collector tells everybody who presses.
fn known_incident() -> Notice {
    Notice {
        id: uuid::Uuid::from_u128(9),
        kind: NoticeKind::MajorIncident,
        title: LocalText::new("Mail is down", "Почта не работает"),
        category: Category::Email,
        keywords: vec![],
        factors: vec![],
        ticket: Some(12),
        origin: NoticeOrigin::Staff,
        starts_at: Utc::now(),
        ends_at: None,
        next_news_at: None,
        affected: 42,
    }
}

fn answered(state: &AgentState) -> Option<AnsweredNotice> {
    state.presses.first().and_then(|press| press.notice_answer)
}

/// What is said, and whether the collector has it.
fn said(state: &AgentState) -> Option<(NoticeAnswer, bool)> {
    answered(state).map(|said| (said.answer, said.is_delivered))
}

impl Desk {
    /// What the collector was told of notices, each once.
    fn told(&self) -> Vec<FollowUpKind> {
        self.collector.seen.lock().unwrap().follow_ups.iter().map(|(_, added)| added.kind.clone()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn me_too_waits_for_the_network_and_outlives_a_restart() {
    let mut desk = Desk::new().await;
    let notice = known_incident();
    desk.collector.seen.lock().unwrap().notice = Some(notice.clone());
    let id = desk.press("почта").await;
    until(&desk.engine, "all sent", all_sent).await;
    desk.collector.stop().await;
    desk.engine.answer_notice(id, NoticeAnswer::MeToo).await.unwrap();
    let waits = answered(&desk.engine.subscribe().borrow()).unwrap();
    assert_eq!((waits.notice, waits.answer, waits.is_delivered), (notice.id, NoticeAnswer::MeToo, false));
    desk.collector = desk.collector.restart().await;
    desk.restart_engine().await;
    until(&desk.engine, "delivered", |state| said(state) == Some((NoticeAnswer::MeToo, true))).await;
    desk.engine.answer_notice(id, NoticeAnswer::MeToo).await.unwrap();
    desk.engine.answer_notice(id, NoticeAnswer::NotThis).await.unwrap();
    until(&desk.engine, "the other", |state| said(state) == Some((NoticeAnswer::NotThis, true))).await;
    let expected = [FollowUpKind::MeToo { notice: notice.id }, FollowUpKind::NotThis { notice: notice.id }];
    assert_eq!(desk.told(), expected, "the same answer twice is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_taken_back_even_where_the_receipt_names_the_notice_no_more() {
    let desk = Desk::new().await;
    let notice = known_incident().id;
    desk.collector.seen.lock().unwrap().notice = Some(known_incident());
    let id = desk.press("почта").await;
    until(&desk.engine, "all sent", all_sent).await;
    desk.engine.answer_notice(id, NoticeAnswer::TakenBack).await.unwrap();
    assert_eq!(answered(&desk.engine.subscribe().borrow()), None, "nothing was said yet");
    // "Mine is another": from now on the collector tells of no notice.
    desk.collector.seen.lock().unwrap().notice = None;
    desk.engine.answer_notice(id, NoticeAnswer::NotThis).await.unwrap();
    until(&desk.engine, "said", |state| said(state) == Some((NoticeAnswer::NotThis, true))).await;
    assert!(desk.engine.find_press(id).unwrap().receipt.unwrap().notice.is_none());
    desk.collector.seen.lock().unwrap().notice = Some(known_incident());
    desk.engine.answer_notice(id, NoticeAnswer::TakenBack).await.unwrap();
    desk.engine.answer_notice(id, NoticeAnswer::TakenBack).await.unwrap();
    until(&desk.engine, "taken back", |state| answered(state).is_none()).await;
    assert!(desk.engine.find_press(id).unwrap().receipt.unwrap().notice.is_some(), "it may be answered again");
    assert_eq!(desk.told(), [FollowUpKind::NotThis { notice }, FollowUpKind::AnswerTakenBack { notice }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_mind_without_a_network_arrive_in_their_order_after_a_restart() {
    let mut desk = Desk::new().await;
    let notice = known_incident().id;
    desk.collector.seen.lock().unwrap().notice = Some(known_incident());
    let id = desk.press("почта").await;
    until(&desk.engine, "all sent", all_sent).await;
    desk.collector.stop().await;
    for answer in [NoticeAnswer::MeToo, NoticeAnswer::TakenBack, NoticeAnswer::MeToo] {
        desk.engine.answer_notice(id, answer).await.unwrap();
    }
    desk.restart_engine().await;
    desk.collector = desk.collector.restart().await;
    desk.engine.retry_now();
    until(&desk.engine, "delivered", |state| said(state) == Some((NoticeAnswer::MeToo, true))).await;
    let me_too = FollowUpKind::MeToo { notice };
    assert_eq!(desk.told(), [me_too.clone(), FollowUpKind::AnswerTakenBack { notice }, me_too]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_the_collector_refuses_counts_as_not_given() {
    let desk = Desk::new().await;
    desk.collector.seen.lock().unwrap().notice = Some(known_incident());
    let id = desk.press("почта").await;
    until(&desk.engine, "all sent", all_sent).await;
    desk.collector.will([Trouble::Refuse(ErrorCode::NotFound)]);
    desk.engine.answer_notice(id, NoticeAnswer::MeToo).await.unwrap();
    until(&desk.engine, "refused", |state| answered(state).is_none()).await;
    desk.engine.answer_notice(id, NoticeAnswer::MeToo).await.unwrap();
    until(&desk.engine, "delivered", |state| answered(state).is_some_and(|answer| answer.is_delivered)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_notice_of_an_open_report_can_be_answered() {
    let desk = Desk::new().await;
    let plain = desk.press("x").await;
    until(&desk.engine, "all sent", all_sent).await;
    let answer = |id| desk.engine.answer_notice(id, NoticeAnswer::MeToo);
    assert!(matches!(answer(plain).await, Err(AnswerNoticeError::NoNotice)));
    assert!(matches!(answer(uuid::Uuid::nil()).await, Err(AnswerNoticeError::UnknownReport)));
    desk.collector.seen.lock().unwrap().notice = Some(known_incident());
    let undone = desk.press("y").await;
    until(&desk.engine, "all sent", all_sent).await;
    desk.engine.undo(undone).await.unwrap();
    assert!(matches!(answer(undone).await, Err(AnswerNoticeError::Closed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_follows_its_report_into_a_major_incident() {
    let desk = Desk::new().await;
    let id = desk.press("x").await;
    until(&desk.engine, "all sent", all_sent).await;
    let major = TicketRef { number: 12, status: TicketStatus::InProgress };
    let title = LocalText::new("Mail is down", "Почта не работает");
    let kind = EventKind::Known { major: 12, title, next_news_at: None };
    let event = Event { seq: 5, report_id: id, ticket: major.clone(), at: Utc::now(), kind };
    desk.collector.seen.lock().unwrap().events.push(event);
    let state = until(&desk.engine, "news", |state| !state.presses[0].events.is_empty()).await;
    assert_eq!(state.presses[0].receipt.as_ref().unwrap().ticket, major);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_an_outbox_and_only_one_delivers() {
    let desk = Desk::new().await;
    let guest = Engine::start_with(desk.paths.clone(), policy(&desk.paths, &desk.collector), parts()).unwrap();
    assert!(desk.engine.delivers() && !guest.delivers());
    let id = guest
        .press(PressInput { text: Some("from the command line".into()), ..PressInput::default() })
        .await
        .unwrap()
        .0;
    until(&guest, "told by the other", |state| {
        state.presses.iter().any(|press| press.report_id == id && press.stage == PressStage::Answered)
    })
    .await;
    assert_eq!(desk.collector.count().0, 1);
    assert_eq!(desk.report(id).text.as_deref(), Some("from the command line"));

    // The one that delivers goes; the other takes over.
    desk.engine.shutdown().await;
    let id = guest.press(PressInput::default()).await.unwrap().0;
    until(&guest, "delivered by itself", |state| {
        state.presses.iter().any(|press| press.report_id == id && press.stage == PressStage::Answered)
    })
    .await;
    guest.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn presses_close_together_are_one_press() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::under(folder.path());
    let collector = Collector::start().await;
    let mut policy = policy(&paths, &collector);
    policy.press_debounce_ms.value = 60_000;
    let engine = Engine::start_with(paths, policy, parts()).unwrap();
    let presses = futures_util::future::join_all((0..5).map(|_| engine.press(PressInput::default()))).await;
    let ids: std::collections::HashSet<_> = presses.into_iter().map(|press| press.unwrap()).collect();
    assert_eq!(ids.len(), 1);
    until(&engine, "all sent", all_sent).await;
    assert_eq!(collector.count().0, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_told_and_does_not_hammer_the_collector() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::under(folder.path());
    let collector = Collector::start().await;
    let mut policy = policy(&paths, &collector);
    policy.enrolment_token.value = Some(agent::EnrolmentToken::new("wrong".into()));
    let engine = Engine::start_with(paths, policy, parts()).unwrap();
    let state = until(&engine, "told", |state| state.problem == Some(AgentProblem::InvalidEnrolmentToken)).await;
    assert!(!state.enrolled);
    engine.press(PressInput::default()).await.unwrap();
    until(&engine, "saved all the same", |state| stage(state) == Some(PressStage::Saved)).await;
}
