use std::sync::Arc;

use report::{Category, FollowUpKind, Priority, TicketStatus};
use store::{AttachmentState, FollowedUp, StoreError, TicketView, TimelineKind};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{World, at, device, follow_up, queue, verdict};

on_both_databases! {
    a_sentence_refines_the_verdict_once
    a_sentence_answers_what_staff_asked
    withdrawing_the_only_report_closes_the_ticket
    withdrawing_one_of_two_reports_keeps_the_ticket
    a_dropped_attachment_is_no_longer_awaited_but_may_come
    a_follow_up_reaches_only_reports_of_its_device
}

async fn a_sentence_refines_the_verdict_once(world: Arc<World>) {
    let sent = world.report(0, "s");
    sent.store(&world.scope).await;
    let text = follow_up(FollowUpKind::Text { text: "Принтер молчит".to_owned() });
    let better = verdict(Category::Printing, Priority::P2, "better");
    let once = || world.scope.follow_up(world.device, sent.report.id, &text, Some(&better), at(5));
    let FollowedUp::Applied(row) = once().await.unwrap() else { panic!("it is new") };
    assert_eq!(row.verdict, better);
    assert_eq!(once().await.unwrap(), FollowedUp::Repeated(row));
    let ticket = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!((ticket.summary.category, ticket.summary.priority), (Category::Printing, Priority::P2));
    assert_eq!(ticket.timeline.len(), 2, "repeated, it is not written twice");
    assert_eq!(ticket.reports[0].follow_ups[0].follow_up, text);
    let mut search = queue(TicketView::Open, world.anna);
    search.q = Some("ПРИНТЕР".to_owned());
    assert_eq!(world.scope.list_tickets(&search).await.unwrap().items.len(), 1, "search finds the sentence");
}

async fn a_sentence_answers_what_staff_asked(world: Arc<World>) {
    let sent = world.report(0, "s");
    sent.store(&world.scope).await;
    let asked = world.scope.reply_to_ticket(1, world.anna, "Какой?", true, at(1)).await.unwrap();
    assert_eq!(asked.status, TicketStatus::WaitingForUser);
    let text = follow_up(FollowUpKind::Text { text: "Второй".to_owned() });
    let row = world.scope.follow_up(world.device, sent.report.id, &text, None, at(2)).await.unwrap();
    assert_eq!(row.receipt_row().ticket.status, TicketStatus::InProgress);
}

async fn withdrawing_the_only_report_closes_the_ticket(world: Arc<World>) {
    let sent = world.report(0, "s").with_pictures(1);
    sent.store(&world.scope).await;
    let undo = follow_up(FollowUpKind::Withdraw);
    let row = world.scope.follow_up(world.device, sent.report.id, &undo, None, at(2)).await.unwrap();
    assert_eq!(row.receipt_row().ticket.status, TicketStatus::Withdrawn);
    assert_eq!(row.receipt_row().awaited, Vec::<u8>::new());
    let ticket = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!((ticket.summary.reports, ticket.summary.awaited), (0, 0));
    assert!(ticket.reports[0].withdrawn_at.is_some());
    let page = world.scope.list_tickets(&queue(TicketView::Open, world.anna)).await.unwrap();
    assert!(page.items.is_empty(), "it has left the queue");
    let again = world.report(3, "s").store(&world.scope).await;
    assert_eq!((again.ticket.number, again.joined), (2, false), "nothing joins a withdrawn ticket");
}

async fn withdrawing_one_of_two_reports_keeps_the_ticket(world: Arc<World>) {
    world.report(0, "s").store(&world.scope).await;
    let second = world.report(1, "s");
    second.store(&world.scope).await;
    for _ in 0..2 {
        let undo = follow_up(FollowUpKind::Withdraw);
        let row = world.scope.follow_up(world.device, second.report.id, &undo, None, at(2)).await.unwrap();
        assert_eq!(row.receipt_row().ticket.status, TicketStatus::New, "undone twice it counts once");
    }
    let ticket = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!(ticket.summary.reports, 1);
    let withdrawn = TimelineKind::ReportWithdrawn { report_id: second.report.id, closes: false };
    assert_eq!(ticket.timeline.iter().filter(|entry| entry.kind == withdrawn).count(), 1);
}

async fn a_dropped_attachment_is_no_longer_awaited_but_may_come(world: Arc<World>) {
    let sent = world.report(0, "s").with_pictures(2);
    sent.store(&world.scope).await;
    let id = sent.report.id;
    let dropped = follow_up(FollowUpKind::AttachmentDropped { n: 1 });
    let row = world.scope.follow_up(world.device, id, &dropped, None, at(1)).await.unwrap();
    assert_eq!(row.receipt_row().awaited, [0]);
    for _ in 0..2 {
        world.scope.attachment_stored(id, 0, at(2)).await.unwrap();
        world.scope.attachment_stored(id, 1, at(2)).await.unwrap();
    }
    let summary = world.scope.find_ticket_summary(1).await.unwrap().unwrap();
    assert_eq!(summary.awaited, 0);
    let attachment = world.scope.find_attachment(id, 1).await.unwrap().unwrap();
    assert_eq!((attachment.state, attachment.stored_at), (AttachmentState::Stored, Some(at(2))));
    let missing = world.scope.attachment_stored(id, 7, at(2)).await;
    assert!(matches!(missing, Err(StoreError::NotFound)), "{missing:?}");
    let unknown = follow_up(FollowUpKind::AttachmentDropped { n: 7 });
    let refused = world.scope.follow_up(world.device, id, &unknown, None, at(1)).await;
    assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    let follow_ups = world.scope.find_report(id).await.unwrap().unwrap().follow_ups;
    assert_eq!(follow_ups.len(), 1, "a refused follow-up leaves nothing");
}

async fn a_follow_up_reaches_only_reports_of_its_device(world: Arc<World>) {
    let sent = world.report(0, "s");
    sent.store(&world.scope).await;
    let other = device(&world.scope, "PC-2").await;
    for (device, report) in [(other, sent.report.id), (world.device, Uuid::now_v7())] {
        let undo = follow_up(FollowUpKind::Withdraw);
        let refused = world.scope.follow_up(device, report, &undo, None, at(1)).await;
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    }
}
