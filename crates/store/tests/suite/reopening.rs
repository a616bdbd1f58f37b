//! What was resolved and is open again, by staff or because its user wrote: it stands where somebody sees it.

use std::sync::Arc;

use report::{FollowUpKind, LocalText, NoticeOrigin, TicketStatus};
use store::{Actor, NewMajor, Scope, TicketQuery, TicketView, TimelineKind};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Sent, World, at, device, follow_up, queue};

on_both_databases! {
    a_member_reopened_after_its_major_incident_was_resolved_stands_alone
    a_member_reopened_while_its_major_incident_is_open_stays_in_it
    a_sentence_opens_a_resolved_ticket_again
    a_sentence_of_a_member_opens_it_alone
    a_sentence_of_the_user_of_a_major_incident_opens_no_other
    a_sentence_opens_nothing_that_was_taken_back
}

struct Major {
    root: i64,
    first: Sent,
    member: i64,
    second: Sent,
}

/// A major incident with one member, resolved.
async fn resolved_major(world: &World) -> Major {
    let scope = &world.scope;
    let mut made = Vec::new();
    for n in 0..2 {
        let sent = Sent::new(device(scope, &format!("PC-{n}")).await, at(n), "s");
        made.push((sent.store(scope).await.ticket.number, sent));
    }
    let (member, second) = made.pop().unwrap();
    let (root, first) = made.pop().unwrap();
    let new = NewMajor {
        number: root,
        members: vec![member],
        notice_id: Uuid::now_v7(),
        title: LocalText::new("Mail is down", "Почта не работает"),
        category: None,
        keywords: Vec::new(),
        factors: Vec::new(),
        origin: NoticeOrigin::Staff,
        next_news_at: None,
        incident: None,
        staff_id: None,
    };
    scope.make_major(&new, at(10)).await.unwrap();
    scope.resolve_ticket(root, world.anna, "Готово", at(20)).await.unwrap();
    Major { root, first, member, second }
}

async fn open(world: &World) -> Vec<i64> {
    let page = world.scope.list_tickets(&queue(TicketView::Open, world.anna)).await.unwrap();
    page.items.iter().map(|ticket| ticket.number).collect()
}

async fn status(scope: &Scope, number: i64) -> TicketStatus {
    scope.find_ticket_summary(number).await.unwrap().unwrap().status
}

async fn last(scope: &Scope, number: i64, count: usize) -> Vec<(Actor, TimelineKind)> {
    let found = scope.find_ticket(number).await.unwrap().unwrap();
    let tail = found.timeline.len() - count;
    found.timeline.into_iter().skip(tail).map(|entry| (entry.actor, entry.kind)).collect()
}

async fn write(scope: &Scope, sent: &Sent, text: &str, seconds: i64) -> report::TicketRef {
    let said = follow_up(FollowUpKind::Text { text: text.to_owned() });
    let done = scope.follow_up(sent.device, sent.report.id, &said, Some(&sent.verdict), at(seconds)).await.unwrap();
    done.receipt_row().ticket.clone()
}

async fn a_member_reopened_after_its_major_incident_was_resolved_stands_alone(world: Arc<World>) {
    let scope = &world.scope;
    let Major { root, member, second, .. } = resolved_major(&world).await;
    assert!(open(&world).await.is_empty());
    let reopened = scope.reopen_ticket(member, world.anna, at(30)).await.unwrap();
    assert_eq!((reopened.number, reopened.status), (member, TicketStatus::New));
    assert_eq!(open(&world).await, [member], "somebody sees it");
    let summary = scope.find_ticket_summary(member).await.unwrap().unwrap();
    assert_eq!((summary.merged_into, summary.people), (None, 1));
    let receipt = scope.find_receipt_row(second.report.id).await.unwrap().unwrap();
    assert_eq!((receipt.ticket.number, receipt.ticket.status), (member, TicketStatus::New), "its user sees that too");
    let whole = scope.find_ticket_summary(root).await.unwrap().unwrap();
    assert_eq!((whole.status, whole.members, whole.people), (TicketStatus::Resolved, 0, 1));
    let tail = last(scope, member, 2).await;
    assert_eq!(tail[0], (Actor::Collector, TimelineKind::Split { from: root }), "nobody taught that it is another");
    assert!(matches!(tail[1], (Actor::Staff(_), TimelineKind::Reopened)));
    let again = Sent::new(second.device, at(40), "s").store(scope).await;
    assert_eq!((again.ticket.number, again.ticket.status), (member, TicketStatus::New), "later presses join it there");
    scope.reopen_ticket(root, world.anna, at(50)).await.unwrap();
    assert_eq!(scope.find_ticket_summary(member).await.unwrap().unwrap().merged_into, None);
}

async fn a_member_reopened_while_its_major_incident_is_open_stays_in_it(world: Arc<World>) {
    let scope = &world.scope;
    let Major { root, member, .. } = resolved_major(&world).await;
    scope.reopen_ticket(root, world.anna, at(30)).await.unwrap();
    scope.resolve_ticket(member, world.anna, "У вас готово", at(31)).await.unwrap();
    scope.reopen_ticket(member, world.anna, at(32)).await.unwrap();
    assert_eq!(open(&world).await, [root]);
    let members = TicketQuery { merged_into: Some(root), ..queue(TicketView::Open, world.anna) };
    assert_eq!(scope.list_tickets(&members).await.unwrap().items[0].number, member);
}

async fn a_sentence_opens_a_resolved_ticket_again(world: Arc<World>) {
    let scope = &world.scope;
    let sent = world.report(0, "s");
    let number = sent.store(scope).await.ticket.number;
    scope.reply_to_ticket(number, world.anna, "Какой кабинет?", true, at(1)).await.unwrap();
    scope.resolve_ticket(number, world.anna, "Готово", at(2)).await.unwrap();
    // Written before that, and delivered after it.
    let ticket = write(scope, &sent, "Второй, и всё по-прежнему", 6).await;
    assert_eq!((ticket.number, ticket.status), (number, TicketStatus::InProgress), "whoever had it has it again");
    assert_eq!(open(&world).await, [number], "the answer is seen");
    assert_eq!(scope.find_ticket_summary(number).await.unwrap().unwrap().resolved_at, None);
    let tail = last(scope, number, 2).await;
    assert!(matches!(tail[0], (Actor::User, TimelineKind::TextAdded { .. })));
    assert_eq!(tail[1], (Actor::User, TimelineKind::Reopened));
}

async fn a_sentence_of_a_member_opens_it_alone(world: Arc<World>) {
    let scope = &world.scope;
    let Major { root, member, second, .. } = resolved_major(&world).await;
    let ticket = write(scope, &second, "У меня всё ещё не работает", 30).await;
    assert_eq!((ticket.number, ticket.status), (member, TicketStatus::New));
    assert_eq!(open(&world).await, [member]);
    assert_eq!(status(scope, root).await, TicketStatus::Resolved);
    let kinds: Vec<TimelineKind> = last(scope, member, 2).await.into_iter().map(|(_, kind)| kind).collect();
    assert_eq!(kinds, [TimelineKind::Split { from: root }, TimelineKind::Reopened]);
}

async fn a_sentence_of_the_user_of_a_major_incident_opens_no_other(world: Arc<World>) {
    let scope = &world.scope;
    let Major { root, first, member, second } = resolved_major(&world).await;
    let heard = scope.events_for_device(second.device, 0, 100).await.unwrap().events.len();
    assert_eq!(write(scope, &first, "Всё ещё не работает", 30).await.status, TicketStatus::InProgress);
    assert_eq!(open(&world).await, [root]);
    assert_eq!(status(scope, member).await, TicketStatus::Resolved, "done for the others");
    assert!(scope.list_open_notices(at(31)).await.unwrap().is_empty(), "nobody is told that it is known");
    assert_eq!(scope.events_for_device(second.device, 0, 100).await.unwrap().events.len(), heard);
    scope.resolve_ticket(root, world.anna, "Теперь точно", at(40)).await.unwrap();
    assert_eq!(scope.events_for_device(second.device, 0, 100).await.unwrap().events.len(), heard);
}

async fn a_sentence_opens_nothing_that_was_taken_back(world: Arc<World>) {
    let scope = &world.scope;
    let (first, second) = (world.report(0, "s"), world.report(1, "s"));
    let number = first.store(scope).await.ticket.number;
    second.store(scope).await;
    let undo = |sent: &Sent| (sent.report.id, follow_up(FollowUpKind::Withdraw));
    let (id, withdraw) = undo(&first);
    scope.follow_up(world.device, id, &withdraw, None, at(2)).await.unwrap();
    scope.resolve_ticket(number, world.anna, "Готово", at(3)).await.unwrap();
    assert_eq!(write(scope, &first, "я случайно", 4).await.status, TicketStatus::Resolved);
    assert_eq!(
        write(scope, &second, "не работает", 5).await.status,
        TicketStatus::InProgress,
        "the other press is live"
    );
    let (id, withdraw) = undo(&second);
    scope.follow_up(world.device, id, &withdraw, None, at(6)).await.unwrap();
    assert_eq!(write(scope, &second, "и это случайно", 7).await.status, TicketStatus::Withdrawn);
}
