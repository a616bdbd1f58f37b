//! Tickets merged into another and split again: nothing is lost, and what is counted is exact.

use std::sync::Arc;

use report::{Category, EventKind, FollowUpKind, LocalText, Notice, NoticeOrigin, Priority, TicketStatus};
use store::{Conflict, NewMajor, Scope, StoreError, TicketView, TimelineKind};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Sent, World, at, device, follow_up, organisation, person, queue, verdict};

on_both_databases! {
    a_merge_moves_nothing_and_a_split_restores_everything
    members_and_people_are_counted_as_they_come_and_go
    a_merge_that_makes_no_sense_is_refused
    merged_tickets_are_in_no_view_but_found_by_what_they_were_merged_into
    a_major_incident_is_told_to_everybody_and_resolved_for_everybody
    what_was_resolved_by_itself_stays_resolved_when_the_major_incident_opens_again
    a_question_to_a_major_incident_goes_to_its_own_user_alone
    a_report_that_fits_for_certain_belongs_from_the_start
    who_said_not_this_never_joins_by_itself_again
    me_too_joins_and_not_this_leaves
    me_too_to_a_notice_without_a_ticket_counts
    an_undone_report_leaves_the_major_incident
    a_closed_major_incident_is_joined_by_nobody
    affected_people_are_counted_once_whatever_they_do
    people_of_one_device_are_counted_one_by_one
    a_root_stays_as_pressing_as_its_members_when_it_is_judged_anew
    another_organisation_merges_nothing
}

/// A report of a new device, with a ticket of its own.
pub(crate) async fn ticket(world: &World, n: i64) -> (Sent, i64) {
    let device = device(&world.scope, &format!("PC-{n}")).await;
    let sent = Sent::new(device, at(n), "s");
    let row = sent.store(&world.scope).await;
    (sent, row.ticket.number)
}

pub(crate) fn major(number: i64, members: &[i64]) -> NewMajor {
    NewMajor {
        number,
        members: members.to_vec(),
        notice_id: Uuid::now_v7(),
        title: LocalText::new("Mail is down", "Почта не работает"),
        category: None,
        keywords: Vec::new(),
        factors: Vec::new(),
        origin: NoticeOrigin::Staff,
        next_news_at: None,
        incident: None,
        staff_id: None,
    }
}

pub(crate) async fn counts(scope: &Scope, number: i64) -> (u32, u32) {
    let found = scope.find_ticket_summary(number).await.unwrap().unwrap();
    (found.members, found.people)
}

pub(crate) async fn kinds(scope: &Scope, number: i64) -> Vec<TimelineKind> {
    let found = scope.find_ticket(number).await.unwrap().unwrap();
    found.timeline.into_iter().map(|entry| entry.kind).collect()
}

async fn told(scope: &Scope, device: Uuid) -> Vec<EventKind> {
    let page = scope.events_for_device(device, 0, 100).await.unwrap();
    page.events.into_iter().map(|event| event.kind).collect()
}

pub(crate) async fn affected(scope: &Scope, notice: Uuid) -> u32 {
    let open = scope.list_open_notices(at(1_000)).await.unwrap();
    open.into_iter().find(|open| open.id == notice).unwrap().affected
}

async fn a_merge_moves_nothing_and_a_split_restores_everything(world: Arc<World>) {
    let scope = &world.scope;
    let (_, root) = ticket(&world, 1).await;
    let sent = world.report(5, "s").with_pictures(1);
    let number = sent.store(scope).await.ticket.number;
    scope.reply_to_ticket(number, world.anna, "Какой кабинет?", true, at(6)).await.unwrap();
    let before = scope.find_ticket(number).await.unwrap().unwrap();
    let root_before = scope.find_ticket(root).await.unwrap().unwrap();

    scope.merge_ticket(number, root, world.anna, at(7)).await.unwrap();
    let merged = scope.find_ticket(number).await.unwrap().unwrap();
    assert_eq!(merged.summary.merged_into, Some(root));
    assert_eq!(merged.reports[0].report, before.reports[0].report);
    assert_eq!(merged.reports[0].attachments, before.reports[0].attachments);
    assert_eq!(merged.timeline[..before.timeline.len()], before.timeline[..]);
    let root_merged = scope.find_ticket(root).await.unwrap().unwrap();
    assert_eq!(root_merged.reports.len(), root_before.reports.len(), "no report moves");

    scope.split_ticket(number, world.anna, at(8)).await.unwrap();
    let after = scope.find_ticket(number).await.unwrap().unwrap();
    assert_eq!(
        store::TicketSummary { updated_at: before.summary.updated_at, ..after.summary.clone() },
        before.summary,
        "status, holder and all else as it was"
    );
    assert_eq!(after.reports[0].notice, before.reports[0].notice);
    assert_eq!(after.timeline[..before.timeline.len()], before.timeline[..]);
    let added: Vec<_> = after.timeline[before.timeline.len()..].iter().map(|entry| entry.kind.clone()).collect();
    assert_eq!(added, [TimelineKind::Merged { into: root }, TimelineKind::Split { from: root }]);
    assert_eq!(counts(scope, root).await, (0, 1));
    let tail = kinds(scope, root).await.split_off(root_before.timeline.len());
    assert_eq!(tail, [TimelineKind::MemberAdded { number }, TimelineKind::MemberLeft { number }]);
}

async fn members_and_people_are_counted_as_they_come_and_go(world: Arc<World>) {
    let scope = &world.scope;
    let (first, root) = ticket(&world, 1).await;
    let (second, two) = ticket(&world, 2).await;
    // Another trouble of the second device: a member, but nobody new.
    let other = Sent::new(second.device, at(3), "other").store(scope).await.ticket.number;
    // And one of the root's own device.
    let own = Sent::new(first.device, at(4), "other").store(scope).await.ticket.number;
    for (number, expected) in [(two, (1, 2)), (other, (2, 2)), (own, (3, 2))] {
        scope.merge_ticket(number, root, world.anna, at(5)).await.unwrap();
        assert_eq!(counts(scope, root).await, expected, "with {number}");
    }
    scope.merge_ticket(two, root, world.anna, at(5)).await.unwrap();
    assert_eq!(counts(scope, root).await, (3, 2), "again is nothing");
    scope.follow_up(first.device, first.report.id, &follow_up(FollowUpKind::Withdraw), None, at(6)).await.unwrap();
    assert_eq!(counts(scope, root).await, (3, 2), "its device is still there by another ticket");
    let standing = scope.find_ticket_summary(root).await.unwrap().unwrap();
    assert_eq!((standing.status, standing.reports), (TicketStatus::New, 0), "it stays open for the others");
    for (number, expected) in [(own, (2, 1)), (two, (1, 1)), (other, (0, 0))] {
        scope.split_ticket(number, world.anna, at(7)).await.unwrap();
        assert_eq!(counts(scope, root).await, expected, "without {number}");
    }
    let again = Sent::new(first.device, at(8), "s").store(scope).await;
    assert_eq!((again.ticket.number, counts(scope, root).await), (root, (0, 1)), "its user presses again");
}

async fn a_merge_that_makes_no_sense_is_refused(world: Arc<World>) {
    let scope = &world.scope;
    let (_, one) = ticket(&world, 1).await;
    let (_, two) = ticket(&world, 2).await;
    let (_, three) = ticket(&world, 3).await;
    let (_, closed) = ticket(&world, 4).await;
    scope.merge_ticket(two, one, world.anna, at(5)).await.unwrap();
    scope.resolve_ticket(closed, world.anna, "Готово", at(5)).await.unwrap();
    let merge = async |number, into| match scope.merge_ticket(number, into, world.anna, at(6)).await {
        Err(StoreError::Conflict(conflict)) => conflict,
        other => panic!("{number} into {into}: {other:?}"),
    };
    assert_eq!(merge(one, one).await, Conflict::Itself);
    assert_eq!(merge(one, three).await, Conflict::HasMembers(one));
    assert_eq!(merge(three, two).await, Conflict::MergedInto(one));
    assert_eq!(merge(three, closed).await, Conflict::Status(TicketStatus::Resolved));
    assert_eq!(merge(closed, three).await, Conflict::Status(TicketStatus::Resolved));
    let alone = scope.split_ticket(three, world.anna, at(6)).await;
    assert!(matches!(alone, Err(StoreError::Conflict(Conflict::NotMerged))), "{alone:?}");
    for missing in [
        scope.merge_ticket(three, 99, world.anna, at(6)).await,
        scope.merge_ticket(99, three, world.anna, at(6)).await,
        scope.split_ticket(99, world.anna, at(6)).await,
    ] {
        assert!(matches!(missing, Err(StoreError::NotFound)), "{missing:?}");
    }
    // Out of one into another is a move.
    scope.merge_ticket(two, three, world.anna, at(7)).await.unwrap();
    assert_eq!((counts(scope, one).await, counts(scope, three).await), ((0, 1), (1, 2)));
}

async fn merged_tickets_are_in_no_view_but_found_by_what_they_were_merged_into(world: Arc<World>) {
    let scope = &world.scope;
    let (_, root) = ticket(&world, 1).await;
    let (_, member) = ticket(&world, 2).await;
    scope.take_ticket(member, world.anna, false, at(3)).await.unwrap();
    scope.merge_ticket(member, root, world.anna, at(3)).await.unwrap();
    for (view, expected) in [
        (TicketView::Open, vec![root]),
        (TicketView::Unassigned, vec![root]),
        (TicketView::Mine, vec![]),
        (TicketView::Resolved, vec![]),
    ] {
        let page = scope.list_tickets(&queue(view, world.anna)).await.unwrap();
        let numbers: Vec<i64> = page.items.iter().map(|one| one.number).collect();
        assert_eq!(numbers, expected, "{view:?}");
    }
    assert_eq!(scope.count_tickets(world.anna).await.unwrap().open, 1);
    let members = store::TicketQuery { merged_into: Some(root), ..queue(TicketView::Open, world.anna) };
    assert_eq!(scope.list_tickets(&members).await.unwrap().items[0].number, member);
    scope.resolve_ticket(root, world.boris, "Готово", at(4)).await.unwrap();
    assert_eq!(scope.list_tickets(&members).await.unwrap().items[0].status, TicketStatus::Resolved);
    assert_eq!(scope.count_tickets(world.anna).await.unwrap().resolved, 1);
}

async fn a_major_incident_is_told_to_everybody_and_resolved_for_everybody(world: Arc<World>) {
    let scope = &world.scope;
    let (first, root) = ticket(&world, 1).await;
    let (second, two) = ticket(&world, 2).await;
    let (third, three) = ticket(&world, 3).await;
    let mut pressing = Sent::new(second.device, at(4), "s");
    pressing.verdict.priority.value = Priority::P1;
    pressing.store(scope).await;
    let notice = scope.make_major(&major(root, &[two, three, 77]), at(10)).await.unwrap();
    assert_eq!((notice.ticket, notice.category, notice.affected), (Some(root), Category::Email, 3));
    let summary = scope.find_ticket_summary(root).await.unwrap().unwrap();
    assert!(summary.major);
    assert_eq!((summary.members, summary.people, summary.priority), (2, 3, Priority::P1));
    let known = EventKind::Known { major: root, title: notice.title.clone(), next_news_at: None };
    for sent in [&first, &second, &third] {
        assert_eq!(told(scope, sent.device).await, std::slice::from_ref(&known), "once, though it has two reports");
    }
    let receipt = scope.find_receipt_row(third.report.id).await.unwrap().unwrap();
    assert_eq!((receipt.ticket.number, receipt.joined), (root, true));
    scope.reply_to_ticket(root, world.anna, "Чиним", false, at(11)).await.unwrap();
    scope.resolve_ticket(root, world.anna, "Починили", at(12)).await.unwrap();
    let by = "Anna".to_owned();
    for sent in [&first, &second, &third] {
        let page = scope.events_for_device(sent.device, 0, 100).await.unwrap();
        let kinds: Vec<_> = page.events.iter().map(|event| event.kind.clone()).collect();
        assert_eq!(
            kinds,
            [
                known.clone(),
                EventKind::Reply { by: by.clone(), text: "Чиним".to_owned() },
                EventKind::Resolved { by: by.clone(), text: "Починили".to_owned() },
            ]
        );
        assert!(page.events.iter().all(|event| event.ticket.number == root), "by the number in the receipt");
        assert!(page.events.iter().all(|event| event.ticket.status == TicketStatus::Resolved));
    }
    assert!(scope.list_open_notices(at(13)).await.unwrap().is_empty(), "its notice is closed");
    scope.reopen_ticket(root, world.anna, at(14)).await.unwrap();
    assert_eq!(scope.list_open_notices(at(15)).await.unwrap()[0].id, notice.id);
    for sent in [&first, &second, &third] {
        assert_eq!(told(scope, sent.device).await.last(), Some(&EventKind::Reopened { by: by.clone() }));
    }
    let member = scope.find_ticket_summary(three).await.unwrap().unwrap();
    assert_eq!((member.status, member.merged_into, member.resolved_at), (TicketStatus::New, Some(root), None));
}

async fn what_was_resolved_by_itself_stays_resolved_when_the_major_incident_opens_again(world: Arc<World>) {
    let scope = &world.scope;
    let (_, root) = ticket(&world, 1).await;
    let (early, two) = ticket(&world, 2).await;
    let (_, three) = ticket(&world, 3).await;
    scope.make_major(&major(root, &[two, three]), at(10)).await.unwrap();
    scope.resolve_ticket(two, world.anna, "У вас готово", at(11)).await.unwrap();
    let receipt = scope.find_receipt_row(early.report.id).await.unwrap().unwrap();
    assert_eq!((receipt.ticket.number, receipt.ticket.status), (root, TicketStatus::Resolved));
    let heard = told(scope, early.device).await.len();
    scope.resolve_ticket(root, world.anna, "Готово", at(12)).await.unwrap();
    scope.reopen_ticket(root, world.anna, at(13)).await.unwrap();
    assert_eq!(told(scope, early.device).await.len(), heard, "it was done for them before");
    let status = async |number| scope.find_ticket_summary(number).await.unwrap().unwrap().status;
    assert_eq!((status(two).await, status(three).await), (TicketStatus::Resolved, TicketStatus::New));
}

async fn a_question_to_a_major_incident_goes_to_its_own_user_alone(world: Arc<World>) {
    let scope = &world.scope;
    let (first, root) = ticket(&world, 1).await;
    let (second, two) = ticket(&world, 2).await;
    scope.make_major(&major(root, &[two]), at(10)).await.unwrap();
    scope.take_ticket(root, world.anna, false, at(11)).await.unwrap();
    scope.reply_to_ticket(root, world.anna, "С каких пор?", true, at(12)).await.unwrap();
    assert_eq!(told(scope, first.device).await.len(), 3);
    assert_eq!(told(scope, second.device).await.len(), 1, "known, and no more");
    scope.reply_to_ticket(two, world.anna, "Какой кабинет?", true, at(13)).await.unwrap();
    assert!(matches!(told(scope, second.device).await[1], EventKind::Question { .. }), "asked in their own ticket");
}

async fn fitting(scope: &Scope, device: Uuid, seconds: i64, signature: &str, notice: &Notice) -> store::ReceiptRow {
    let mut sent = Sent::new(device, at(seconds), signature);
    sent.notice = Some(notice.clone());
    sent.as_member = Some(verdict(Category::Email, Priority::P1, signature));
    sent.store(scope).await
}

async fn a_report_that_fits_for_certain_belongs_from_the_start(world: Arc<World>) {
    let scope = &world.scope;
    let (_, root) = ticket(&world, 1).await;
    let notice = scope.make_major(&major(root, &[]), at(10)).await.unwrap();
    scope.take_ticket(root, world.anna, false, at(11)).await.unwrap();
    let row = fitting(scope, world.device, 20, "new", &notice).await;
    assert_eq!((row.ticket.number, row.ticket.status, row.joined), (root, TicketStatus::InProgress, true));
    assert_eq!(scope.find_receipt_row(row.report_id).await.unwrap(), Some(row.clone()), "the same when asked again");
    assert_eq!(row.verdict.priority.value, Priority::P1, "judged as one of many");
    assert_eq!(counts(scope, root).await, (1, 2));
    assert_eq!(affected(scope, notice.id).await, 2);
    let own = root + 1;
    assert_eq!(
        kinds(scope, own).await,
        [TimelineKind::Opened { report_id: row.report_id }, TimelineKind::Merged { into: root }]
    );
    let changes = scope.changes_since(0, 100).await.unwrap();
    assert_eq!(changes.last().map(|change| (change.number, change.touched)), Some((own, Some(root))));
    let again = fitting(scope, world.device, 21, "new", &notice).await;
    assert_eq!((again.ticket.number, again.joined), (root, true));
    let other = fitting(scope, world.device, 22, "other trouble", &notice).await;
    assert_eq!(other.ticket.number, root);
    assert_eq!((counts(scope, root).await, affected(scope, notice.id).await), ((2, 2), 2), "one person");
    // A ticket that was open before the notice follows with the next press.
    let later = device(scope, "PC-9").await;
    let mine = Sent::new(later, at(5), "early").store(scope).await.ticket.number;
    let follows = fitting(scope, later, 30, "early", &notice).await;
    assert_eq!((follows.ticket.number, follows.verdict.priority.value), (root, Priority::P1));
    assert_eq!(scope.find_receipt_row(follows.report_id).await.unwrap(), Some(follows), "the same when asked again");
    assert_eq!(scope.find_ticket_summary(mine).await.unwrap().unwrap().merged_into, Some(root));
    assert_eq!(counts(scope, root).await, (3, 3));
}

async fn who_said_not_this_never_joins_by_itself_again(world: Arc<World>) {
    let scope = &world.scope;
    let (_, root) = ticket(&world, 1).await;
    let notice = scope.make_major(&major(root, &[]), at(10)).await.unwrap();
    let row = fitting(scope, world.device, 20, "mine", &notice).await;
    let no = follow_up(FollowUpKind::NotThis { notice: notice.id });
    let left = scope.follow_up(world.device, row.report_id, &no, None, at(21)).await.unwrap();
    let own = left.receipt_row().ticket.number;
    assert_ne!(own, root);
    assert_eq!((left.receipt_row().joined, &left.receipt_row().notice), (true, &None));
    assert_eq!((counts(scope, root).await, affected(scope, notice.id).await), ((0, 1), 1));
    for (signature, seconds) in [("mine", 22), ("another", 23)] {
        let next = fitting(scope, world.device, seconds, signature, &notice).await;
        assert_ne!(next.ticket.number, root, "{signature}");
        assert_eq!(next.verdict.priority.value, Priority::P3, "judged alone: {signature}");
        assert_eq!(scope.find_receipt_row(next.report_id).await.unwrap(), Some(next), "the same when asked again");
    }
    assert_eq!(scope.refused_notices(world.device, [notice.id]).await.unwrap(), [notice.id]);
    let other = device(scope, "PC-9").await;
    assert!(scope.refused_notices(other, [notice.id]).await.unwrap().is_empty());
    assert!(!scope.join_major(own, root, at(24)).await.unwrap());
    assert_eq!(counts(scope, root).await, (0, 1));
    // A person may.
    scope.merge_ticket(own, root, world.anna, at(25)).await.unwrap();
    assert_eq!(counts(scope, root).await, (1, 2));
}

async fn me_too_joins_and_not_this_leaves(world: Arc<World>) {
    let scope = &world.scope;
    let (_, root) = ticket(&world, 1).await;
    let notice = scope.make_major(&major(root, &[]), at(10)).await.unwrap();
    let mut sent = world.report(20, "mine");
    sent.notice = Some(notice.clone());
    let before = sent.store(scope).await;
    assert_ne!(before.ticket.number, root, "likely is not certain");
    assert_eq!((counts(scope, root).await, affected(scope, notice.id).await), ((0, 1), 2));
    let say = async |kind: FollowUpKind, seconds| {
        let said = scope.follow_up(world.device, sent.report.id, &follow_up(kind), None, at(seconds)).await.unwrap();
        said.receipt_row().clone()
    };
    let joined = say(FollowUpKind::MeToo { notice: notice.id }, 21).await;
    assert_eq!((joined.ticket.number, joined.joined), (root, true));
    assert_eq!((counts(scope, root).await, affected(scope, notice.id).await), ((1, 2), 2));
    assert_eq!(say(FollowUpKind::MeToo { notice: notice.id }, 22).await, joined, "again is nothing");
    let left = say(FollowUpKind::NotThis { notice: notice.id }, 23).await;
    assert_eq!(left.ticket.number, before.ticket.number);
    assert_eq!((counts(scope, root).await, affected(scope, notice.id).await), ((0, 1), 1));
    let back = say(FollowUpKind::MeToo { notice: notice.id }, 24).await;
    assert_eq!(back.ticket.number, root, "they may think again");
    assert_eq!((counts(scope, root).await, affected(scope, notice.id).await), ((1, 2), 2));
    let nobody = follow_up(FollowUpKind::MeToo { notice: Uuid::now_v7() });
    let refused = scope.follow_up(world.device, sent.report.id, &nobody, None, at(25)).await;
    assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
}

async fn me_too_to_a_notice_without_a_ticket_counts(world: Arc<World>) {
    let scope = &world.scope;
    let notice = scope.create_notice(&crate::isolation::notice(), at(0)).await.unwrap();
    let sent = world.report(1, "s");
    let number = sent.store(scope).await.ticket.number;
    let yes = follow_up(FollowUpKind::MeToo { notice: notice.id });
    let said = scope.follow_up(world.device, sent.report.id, &yes, None, at(2)).await.unwrap();
    assert_eq!((said.receipt_row().ticket.number, said.receipt_row().joined), (number, false));
    assert_eq!(scope.list_open_notices(at(3)).await.unwrap()[0].affected, 1);
    assert!(kinds(scope, number).await.contains(&TimelineKind::MeToo { notice: notice.id }));
}

async fn an_undone_report_leaves_the_major_incident(world: Arc<World>) {
    let scope = &world.scope;
    let (_, root) = ticket(&world, 1).await;
    let notice = scope.make_major(&major(root, &[]), at(10)).await.unwrap();
    let row = fitting(scope, world.device, 20, "mine", &notice).await;
    let undo = follow_up(FollowUpKind::Withdraw);
    let undone = scope.follow_up(world.device, row.report_id, &undo, None, at(21)).await.unwrap();
    assert_eq!(undone.receipt_row().ticket.status, TicketStatus::Withdrawn);
    assert_eq!(undone.receipt_row().ticket.number, root + 1);
    assert_eq!((counts(scope, root).await, affected(scope, notice.id).await), ((0, 1), 1));
    assert_eq!(scope.find_ticket_summary(root).await.unwrap().unwrap().status, TicketStatus::New);
}

async fn a_closed_major_incident_is_joined_by_nobody(world: Arc<World>) {
    let scope = &world.scope;
    let (_, root) = ticket(&world, 1).await;
    let notice = scope.make_major(&major(root, &[]), at(10)).await.unwrap();
    let (_, late) = ticket(&world, 11).await;
    scope.resolve_ticket(root, world.anna, "Готово", at(12)).await.unwrap();
    // As if the notice had been read before it closed.
    let row = fitting(scope, world.device, 20, "mine", &notice).await;
    assert_ne!(row.ticket.number, root);
    assert!(!row.joined);
    assert!(!scope.join_major(late, root, at(21)).await.unwrap());
    let yes = follow_up(FollowUpKind::MeToo { notice: notice.id });
    let said = scope.follow_up(world.device, row.report_id, &yes, None, at(22)).await.unwrap();
    assert_eq!(said.receipt_row().ticket, row.ticket, "kept, and nothing more");
    assert_eq!(counts(scope, root).await, (0, 1));
}

async fn people_of_one_device_are_counted_one_by_one(world: Arc<World>) {
    let scope = &world.scope;
    let of = |seconds, user: &str, signature: &str| {
        let mut sent = world.report(seconds, signature);
        sent.report.user = Some(user.to_owned());
        sent
    };
    let (_, root) = ticket(&world, 0).await;
    let notice = scope.make_major(&major(root, &[]), at(10)).await.unwrap();
    let mut sent = Vec::new();
    for (n, (user, signature)) in [("a", "s"), ("b", "s"), ("a", "other")].into_iter().enumerate() {
        let mut one = of(20 + n as i64, user, signature);
        one.notice = Some(notice.clone());
        one.as_member = Some(one.verdict.clone());
        one.store(scope).await;
        sent.push(one);
    }
    assert_eq!(
        (counts(scope, root).await, affected(scope, notice.id).await),
        ((3, 3), 3),
        "three reports of two people"
    );
    let undo = async |n: usize| {
        let undo = follow_up(FollowUpKind::Withdraw);
        scope.follow_up(world.device, sent[n].report.id, &undo, None, at(30)).await.unwrap();
        (counts(scope, root).await, affected(scope, notice.id).await)
    };
    assert_eq!(undo(0).await, ((2, 3), 3), "the first has another report there");
    assert_eq!(undo(1).await, ((1, 2), 2));
    assert_eq!(undo(2).await, ((0, 1), 1));
}

async fn a_root_stays_as_pressing_as_its_members_when_it_is_judged_anew(world: Arc<World>) {
    let scope = &world.scope;
    let (first, root) = ticket(&world, 0).await;
    let mut pressing = world.report(1, "s");
    pressing.verdict.priority.value = Priority::P1;
    let member = pressing.store(scope).await.ticket.number;
    scope.merge_ticket(member, root, world.anna, at(2)).await.unwrap();
    let judge = async |confidence: f32| {
        let mut anew = first.verdict.clone();
        anew.category.confidence = confidence;
        let basis = scope.find_report(first.report.id).await.unwrap().unwrap().basis();
        assert!(scope.refine_verdict(first.report.id, &anew, basis, at(3)).await.unwrap());
        scope.find_ticket_summary(root).await.unwrap().unwrap().priority
    };
    assert_eq!(judge(0.9).await, Priority::P1, "the member waits behind it");
    scope.split_ticket(member, world.anna, at(4)).await.unwrap();
    assert_eq!(judge(0.8).await, Priority::P3, "and does so no more");
}

async fn affected_people_are_counted_once_whatever_they_do(world: Arc<World>) {
    let scope = &world.scope;
    let notice = scope.create_notice(&crate::isolation::notice(), at(0)).await.unwrap();
    let count = async || scope.list_open_notices(at(50)).await.unwrap()[0].affected;
    let mut sent = Vec::new();
    for (n, signature) in ["a", "a", "b"].into_iter().enumerate() {
        let mut one = world.report(n as i64, signature);
        one.notice = Some(notice.clone());
        one.store(scope).await;
        sent.push(one);
    }
    assert_eq!(count().await, 1);
    assert!(matches!(sent[0].ingest(scope).await.unwrap(), store::Ingested::Repeated(_)));
    assert_eq!(count().await, 1, "sent again");
    for (n, expected) in [(0, 1), (2, 1), (1, 0)] {
        let undo = follow_up(FollowUpKind::Withdraw);
        scope.follow_up(world.device, sent[n].report.id, &undo, None, at(10)).await.unwrap();
        assert_eq!(count().await, expected, "without report {n}");
    }
}

async fn another_organisation_merges_nothing(world: Arc<World>) {
    let scope = &world.scope;
    let (_, one) = ticket(&world, 1).await;
    let (_, two) = ticket(&world, 2).await;
    let notice = scope.make_major(&major(one, &[]), at(3)).await.unwrap();
    let south = organisation(&world.store, "South").await;
    let stranger = person(&south, "stranger").await;
    let theirs = device(&south, "PC-S").await;
    let sent = Sent::new(theirs, at(4), "s");
    sent.store(&south).await;
    for refused in [
        south.merge_ticket(two, one, stranger, at(5)).await.map(drop),
        south.split_ticket(two, stranger, at(5)).await.map(drop),
        south.make_major(&major(two, &[]), at(5)).await.map(drop),
        south.join_major(two, one, at(5)).await.map(drop),
        south.close_notice(notice.id, at(5)).await,
        south
            .follow_up(theirs, sent.report.id, &follow_up(FollowUpKind::MeToo { notice: notice.id }), None, at(5))
            .await
            .map(drop),
        south
            .follow_up(theirs, sent.report.id, &follow_up(FollowUpKind::NotThis { notice: notice.id }), None, at(5))
            .await
            .map(drop),
    ] {
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    }
    // A notice of another organisation, and a number that is theirs as well: nothing is joined.
    let mut foreign = Sent::new(theirs, at(6), "foreign");
    foreign.notice = Some(notice);
    foreign.as_member = Some(foreign.verdict.clone());
    let row = foreign.store(&south).await;
    assert!(!row.joined);
    assert!(south.members_of(one, 10).await.unwrap().is_empty());
    assert_eq!(counts(scope, one).await, (0, 1));
}
