//! What users say of a notice: who is counted, where the ticket stands, what is written down; and how it is taken back.

use std::sync::Arc;

use report::{EventKind, FollowUpKind, LocalText, Notice, TicketStatus};
use store::{Actor, NewNotice, ReceiptRow, TimelineKind};
use uuid::Uuid;

use crate::merging::{affected, counts, kinds, major, ticket};
use crate::on_both_databases;
use crate::support::{Sent, World, at, device, follow_up};

on_both_databases! {
    me_too_is_taken_back_and_said_again
    mine_is_another_is_taken_back
    an_answer_after_another_is_taken_back_as_if_nothing_had_been_said
    an_answer_taken_back_twice_or_never_given_changes_nothing
    what_a_member_was_before_it_is_after
    the_first_me_too_to_an_outage_without_a_ticket_stands_for_it
    the_last_one_leaving_an_outage_leaves_it_without_a_ticket
    maintenance_and_what_is_over_get_no_ticket
    everybody_concerned_hears_that_it_is_over
    a_notice_found_later_is_told_once_to_whom_it_concerns
}

/// A report to which the notice was told, on a device of its own.
struct Told<'a> {
    world: &'a World,
    device: Uuid,
    report: Uuid,
    notice: Uuid,
    number: i64,
}

impl<'a> Told<'a> {
    async fn of(world: &'a World, name: &str, notice: &Notice, seconds: i64) -> Told<'a> {
        let device = device(&world.scope, name).await;
        let mut sent = Sent::new(device, at(seconds), "mine");
        sent.notice = Some(notice.clone());
        let number = sent.store(&world.scope).await.ticket.number;
        Told { world, device, report: sent.report.id, notice: notice.id, number }
    }

    async fn say(&self, kind: fn(Uuid) -> FollowUpKind, seconds: i64) -> ReceiptRow {
        let said = follow_up(kind(self.notice));
        let answer = self.world.scope.follow_up(self.device, self.report, &said, None, at(seconds)).await.unwrap();
        assert_eq!(
            self.world.scope.find_receipt_row(self.report).await.unwrap().as_ref(),
            Some(answer.receipt_row()),
            "the same when asked again"
        );
        answer.receipt_row().clone()
    }

    async fn written(&self) -> Vec<TimelineKind> {
        kinds(&self.world.scope, self.number).await.split_off(1)
    }

    async fn refuses(&self) -> bool {
        !self.world.scope.refused_notices(self.device, [self.notice]).await.unwrap().is_empty()
    }

    async fn events(&self) -> Vec<EventKind> {
        let page = self.world.scope.events_for_device(self.device, 0, 100).await.unwrap();
        page.events.into_iter().map(|event| event.kind).collect()
    }
}

fn me_too(notice: Uuid) -> FollowUpKind {
    FollowUpKind::MeToo { notice }
}

fn not_this(notice: Uuid) -> FollowUpKind {
    FollowUpKind::NotThis { notice }
}

fn back(notice: Uuid) -> FollowUpKind {
    FollowUpKind::AnswerTakenBack { notice }
}

fn withdraw(_: Uuid) -> FollowUpKind {
    FollowUpKind::Withdraw
}

/// A major incident of one person, declared by staff.
async fn outage(world: &World) -> (i64, Notice) {
    let (_, root) = ticket(world, 1).await;
    (root, world.scope.make_major(&major(root, &[]), at(10)).await.unwrap())
}

/// A notice of monitoring, which has no ticket.
async fn alert(world: &World) -> Notice {
    let new = NewNotice { external_key: Some("mail".into()), ends_at: None, ..crate::isolation::notice() };
    world.scope.alert_firing(&new, at(0)).await.unwrap();
    world.scope.list_open_notices(at(1)).await.unwrap().remove(0)
}

async fn me_too_is_taken_back_and_said_again(world: Arc<World>) {
    let (root, notice) = outage(&world).await;
    let told = Told::of(&world, "PC-7", &notice, 20).await;
    let state = async || (counts(&world.scope, root).await, affected(&world.scope, notice.id).await);
    assert_eq!(state().await, ((0, 1), 2), "told, so affected, but not in it");
    for seconds in [30, 40] {
        let joined = told.say(me_too, seconds).await;
        assert_eq!((joined.ticket.number, joined.joined), (root, true));
        assert_eq!(joined.notice.unwrap().affected, 2, "the receipt counts them");
        assert_eq!(state().await, ((1, 2), 2));
        let alone = told.say(back, seconds + 1).await;
        assert_eq!((alone.ticket.number, alone.joined), (told.number, false));
        assert_eq!(alone.notice.map(|notice| notice.id), Some(notice.id), "it may be answered again");
        assert_eq!(state().await, ((0, 1), 2));
        assert!(!told.refuses().await);
    }
    let (merged, taken_back) =
        (TimelineKind::Merged { into: root }, TimelineKind::AnswerTakenBack { notice: notice.id });
    assert_eq!(told.written().await, [merged.clone(), taken_back.clone(), merged, taken_back]);
    let last = world.scope.changes_since(0, 100).await.unwrap().pop().unwrap();
    assert_eq!((last.number, last.touched), (told.number, Some(root)), "both tickets are read anew");
    assert!(!world.scope.join_major(told.number, root, at(50)).await.unwrap(), "only a person merges it again");
    assert_eq!(told.say(me_too, 51).await.ticket.number, root, "and its user is one");
}

async fn mine_is_another_is_taken_back(world: Arc<World>) {
    let (root, notice) = outage(&world).await;
    let told = Told::of(&world, "PC-7", &notice, 20).await;
    let refused = told.say(not_this, 30).await;
    assert_eq!((refused.ticket.number, refused.notice), (told.number, None));
    assert_eq!((affected(&world.scope, notice.id).await, told.refuses().await), (1, true));
    let asked = told.say(back, 31).await;
    assert_eq!((asked.ticket.number, asked.joined), (told.number, false));
    assert_eq!(asked.notice.map(|notice| (notice.id, notice.affected)), Some((notice.id, 2)));
    assert_eq!((counts(&world.scope, root).await, affected(&world.scope, notice.id).await), ((0, 1), 2));
    assert!(!told.refuses().await, "later presses are told again");
    let written = [TimelineKind::NotThis { notice: notice.id }, TimelineKind::AnswerTakenBack { notice: notice.id }];
    assert_eq!(told.written().await, written);
    assert_eq!(told.say(me_too, 32).await.ticket.number, root);
    assert!(world.scope.join_major(root + 1, root, at(33)).await.is_ok());
}

async fn an_answer_after_another_is_taken_back_as_if_nothing_had_been_said(world: Arc<World>) {
    let (root, notice) = outage(&world).await;
    let told = Told::of(&world, "PC-7", &notice, 20).await;
    told.say(me_too, 30).await;
    told.say(not_this, 31).await;
    let asked = told.say(back, 32).await;
    assert_eq!((asked.ticket.number, asked.notice.is_some()), (told.number, true), "where it was before both");
    assert_eq!((counts(&world.scope, root).await, affected(&world.scope, notice.id).await), ((0, 1), 2));
    told.say(not_this, 33).await;
    let joined = told.say(me_too, 34).await;
    assert_eq!((joined.ticket.number, joined.notice.is_some()), (root, true), "the receipt names it again");
    assert_eq!(told.say(back, 35).await.ticket.number, told.number);
    assert!(!told.refuses().await);
    assert_eq!((counts(&world.scope, root).await, affected(&world.scope, notice.id).await), ((0, 1), 2));
}

async fn an_answer_taken_back_twice_or_never_given_changes_nothing(world: Arc<World>) {
    let (root, notice) = outage(&world).await;
    let told = Told::of(&world, "PC-7", &notice, 20).await;
    let before = told.say(back, 29).await;
    assert_eq!(told.written().await, []);
    told.say(me_too, 30).await;
    let said = follow_up(back(notice.id));
    for seconds in [31, 32] {
        // One follow-up, sent again because its answer was lost.
        let scope = &world.scope;
        let row = scope.follow_up(told.device, told.report, &said, None, at(seconds)).await.unwrap();
        assert_eq!(row.receipt_row().ticket, before.ticket);
    }
    told.say(back, 33).await;
    assert_eq!(told.written().await.len(), 2, "joined once, taken back once");
    assert_eq!((counts(&world.scope, root).await, affected(&world.scope, notice.id).await), ((0, 1), 2));
}

async fn what_a_member_was_before_it_is_after(world: Arc<World>) {
    let (root, notice) = outage(&world).await;
    let told = Told::of(&world, "PC-7", &notice, 20).await;
    // Put there by the collector: "me too" adds nothing, so nothing is taken away with it.
    assert!(world.scope.join_major(told.number, root, at(21)).await.unwrap());
    told.say(me_too, 22).await;
    assert_eq!(told.say(back, 23).await.ticket.number, root);
    // "Mine is another" takes it out, and taking that back puts it where it was.
    assert_eq!(told.say(not_this, 24).await.ticket.number, told.number);
    assert_eq!(counts(&world.scope, root).await, (0, 1));
    assert_eq!(told.say(back, 25).await.ticket.number, root);
    assert_eq!((counts(&world.scope, root).await, affected(&world.scope, notice.id).await), ((1, 2), 2));
    // Staff come between: where they put the ticket it stays.
    told.say(not_this, 26).await;
    let (_, other) = ticket(&world, 27).await;
    world.scope.merge_ticket(told.number, other, world.anna, at(28)).await.unwrap();
    assert_eq!(told.say(back, 29).await.ticket.number, other);
    assert_eq!((counts(&world.scope, root).await, counts(&world.scope, other).await), ((0, 1), (1, 2)));
    // And after the end there is nothing to go back to.
    world.scope.split_ticket(told.number, world.anna, at(30)).await.unwrap();
    told.say(me_too, 31).await;
    world.scope.resolve_ticket(root, world.anna, "Готово", at(32)).await.unwrap();
    let ended = told.say(back, 33).await;
    assert_eq!((ended.ticket.number, ended.ticket.status), (root, TicketStatus::Resolved));
    assert_eq!(counts(&world.scope, root).await, (1, 2));
}

async fn the_first_me_too_to_an_outage_without_a_ticket_stands_for_it(world: Arc<World>) {
    let notice = alert(&world).await;
    let first = Told::of(&world, "PC-7", &notice, 10).await;
    let second = Told::of(&world, "PC-8", &notice, 11).await;
    assert_eq!(affected(&world.scope, notice.id).await, 2);
    let stands = first.say(me_too, 20).await;
    assert_eq!((stands.ticket.number, stands.joined), (first.number, false));
    let shown = stands.notice.unwrap();
    assert_eq!((shown.ticket, shown.affected), (Some(first.number), 2));
    assert!(world.scope.find_ticket_summary(first.number).await.unwrap().unwrap().major);
    let title = notice.title.clone();
    let written = [TimelineKind::MeToo { notice: notice.id }, TimelineKind::MadeMajor { title, members: Vec::new() }];
    assert_eq!(first.written().await, written);
    first.say(me_too, 21).await;
    assert_eq!(first.written().await, written, "again is nothing");
    let joined = second.say(me_too, 22).await;
    assert_eq!((joined.ticket.number, joined.joined), (first.number, true));
    assert_eq!((counts(&world.scope, first.number).await, affected(&world.scope, notice.id).await), ((1, 2), 2));
    // The alert told again changes neither.
    let again = NewNotice {
        external_key: Some("mail".into()),
        title: LocalText::new("Mail is slow", "Почта тормозит"),
        ends_at: None,
        ..crate::isolation::notice()
    };
    world.scope.alert_firing(&again, at(23)).await.unwrap();
    assert_eq!(world.scope.list_open_notices(at(24)).await.unwrap()[0].ticket, Some(first.number));
    // Who was first changes their mind: the ticket goes on standing for the other.
    first.say(back, 25).await;
    assert!(world.scope.find_ticket_summary(first.number).await.unwrap().unwrap().major);
    assert_eq!(counts(&world.scope, first.number).await, (1, 2));
}

async fn the_last_one_leaving_an_outage_leaves_it_without_a_ticket(world: Arc<World>) {
    let notice = alert(&world).await;
    let only = Told::of(&world, "PC-7", &notice, 10).await;
    let of_notice = async || world.scope.list_open_notices(at(60)).await.unwrap()[0].clone();
    for (leaves, seconds, affected) in [(back as fn(Uuid) -> _, 20, 1), (not_this, 30, 0)] {
        only.say(me_too, seconds).await;
        assert_eq!(of_notice().await.ticket, Some(only.number));
        only.say(leaves, seconds + 1).await;
        assert_eq!((of_notice().await.ticket, of_notice().await.affected), (None, affected));
        assert!(!world.scope.find_ticket_summary(only.number).await.unwrap().unwrap().major);
    }
    only.say(me_too, 40).await;
    assert_eq!(only.say(withdraw, 41).await.ticket.status, TicketStatus::Withdrawn);
    assert_eq!((of_notice().await.ticket, of_notice().await.affected), (None, 0));
    // What staff declared stays declared, whoever leaves.
    let (sent, root) = ticket(&world, 50).await;
    let declared = world.scope.make_major(&major(root, &[]), at(51)).await.unwrap();
    let no = follow_up(not_this(declared.id));
    world.scope.follow_up(sent.device, sent.report.id, &no, None, at(52)).await.unwrap();
    assert!(world.scope.find_ticket_summary(root).await.unwrap().unwrap().major);
}

async fn maintenance_and_what_is_over_get_no_ticket(world: Arc<World>) {
    let planned = NewNotice { kind: report::NoticeKind::Maintenance, ends_at: None, ..crate::isolation::notice() };
    let planned = world.scope.create_notice(&planned, at(0)).await.unwrap();
    let told = Told::of(&world, "PC-7", &planned, 10).await;
    told.say(me_too, 11).await;
    let outage = alert(&world).await;
    let late = Told::of(&world, "PC-8", &outage, 12).await;
    world.scope.alert_resolved("mail", at(13)).await.unwrap();
    late.say(me_too, 14).await;
    for told in [told, late] {
        assert_eq!(told.written().await, [TimelineKind::MeToo { notice: told.notice }]);
        assert!(!world.scope.find_ticket_summary(told.number).await.unwrap().unwrap().major);
    }
}

async fn everybody_concerned_hears_that_it_is_over(world: Arc<World>) {
    let notice = alert(&world).await;
    let over = EventKind::Over { notice: notice.id, title: notice.title.clone() };
    let names = ["PC-1", "PC-2", "PC-3", "PC-4", "PC-5"];
    let mut all = Vec::new();
    for (n, name) in (0..).zip(names) {
        all.push(Told::of(&world, name, &notice, 10 + n).await);
    }
    let [stands, joins, silent, another, gone] = &all[..] else { unreachable!() };
    stands.say(me_too, 20).await;
    joins.say(me_too, 21).await;
    another.say(not_this, 22).await;
    gone.say(withdraw, 23).await;
    assert!(world.scope.alert_resolved("mail", at(30)).await.unwrap());
    assert!(!world.scope.alert_resolved("mail", at(31)).await.unwrap());
    for told in [stands, joins, silent] {
        assert_eq!(told.events().await, std::slice::from_ref(&over), "once");
    }
    for untold in [another, gone] {
        assert_eq!(untold.events().await, []);
    }
    let timeline = world.scope.find_ticket(stands.number).await.unwrap().unwrap().timeline;
    let last = timeline.last().unwrap();
    let said = (Actor::Collector, TimelineKind::AlertOver { title: notice.title.clone() });
    assert_eq!((last.actor.clone(), last.kind.clone()), said, "staff know as well");

    // Staff's own notice, and a major incident: who joined is told of the resolution, who did not that it is over.
    let (root, declared) = outage(&world).await;
    let (member, outside) =
        (Told::of(&world, "PC-6", &declared, 40).await, Told::of(&world, "PC-7", &declared, 41).await);
    member.say(me_too, 42).await;
    world.scope.resolve_ticket(root, world.anna, "Починили", at(43)).await.unwrap();
    assert!(matches!(&member.events().await[..], [EventKind::Resolved { .. }]));
    assert_eq!(outside.events().await, [EventKind::Over { notice: declared.id, title: declared.title.clone() }]);
    let plain = world.scope.create_notice(&crate::isolation::notice(), at(50)).await.unwrap();
    let told = Told::of(&world, "PC-8", &plain, 51).await;
    for seconds in [52, 53] {
        world.scope.close_notice(plain.id, at(seconds)).await.unwrap();
    }
    assert_eq!(told.events().await, [EventKind::Over { notice: plain.id, title: plain.title.clone() }]);
}

async fn a_notice_found_later_is_told_once_to_whom_it_concerns(world: Arc<World>) {
    let scope = &world.scope;
    let notice = alert(&world).await;
    let mut reports = Vec::new();
    for (n, name) in (0..).zip(["PC-1", "PC-2", "PC-3"]) {
        let sent = Sent::new(device(scope, name).await, at(10 + n), "silent");
        sent.store(scope).await;
        reports.push(sent);
    }
    let [told, refuses, withdrawn] = &reports[..] else { unreachable!() };
    let shown = async |sent: &Sent| scope.find_receipt_row(sent.report.id).await.unwrap().unwrap().notice;
    let no = follow_up(not_this(notice.id));
    scope.follow_up(refuses.device, refuses.report.id, &no, None, at(20)).await.unwrap();
    let undo = follow_up(FollowUpKind::Withdraw);
    scope.follow_up(withdrawn.device, withdrawn.report.id, &undo, None, at(21)).await.unwrap();
    for sent in [refuses, withdrawn] {
        assert!(!scope.tell_notice(sent.report.id, notice.id, at(22)).await.unwrap());
        assert_eq!(shown(sent).await, None);
    }
    assert!(scope.tell_notice(told.report.id, notice.id, at(23)).await.unwrap());
    assert!(!scope.tell_notice(told.report.id, notice.id, at(24)).await.unwrap(), "it names one already");
    assert_eq!((shown(told).await.map(|notice| notice.id), affected(scope, notice.id).await), (Some(notice.id), 1));
    scope.alert_resolved("mail", at(25)).await.unwrap();
    let late = world.report(26, "late");
    late.store(scope).await;
    assert!(!scope.tell_notice(late.report.id, notice.id, at(27)).await.unwrap(), "it is over");
    let nobody = scope.tell_notice(Uuid::now_v7(), notice.id, at(28)).await;
    assert!(matches!(nobody, Err(store::StoreError::NotFound)), "{nobody:?}");
}
