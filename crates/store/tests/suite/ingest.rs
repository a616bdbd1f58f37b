use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::Duration;
use report::{Category, Priority, TicketStatus};
use store::{Ingested, StoreError, TicketView, TimelineKind};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Sent, World, at, device, hex, organisation, queue};

on_both_databases! {
    opens_a_ticket_and_reads_the_report_back
    stores_fifty_identical_posts_at_once_as_one
    repeats_the_receipt_of_a_report_that_was_here
    refuses_an_id_that_was_used_for_other_content
    joins_the_open_ticket_of_the_same_device_and_signature
    opens_another_ticket_when_joining_is_not_due
    two_people_on_one_device_have_a_ticket_each
    what_a_joining_press_says_is_found
    two_presses_at_once_with_one_signature_make_one_ticket
    gives_every_ticket_its_own_number_under_concurrency
    refuses_a_device_of_another_organisation
    announces_changes_in_order_after_they_are_durable
}

async fn opens_a_ticket_and_reads_the_report_back(world: Arc<World>) {
    let sent = world.report(0, "s").with_pictures(2);
    let row = sent.store(&world.scope).await;
    assert_eq!((row.ticket.number, row.ticket.status, row.joined), (1, TicketStatus::New, false));
    assert_eq!((row.awaited.clone(), row.received_at), (vec![0, 1], at(0)));
    let stored = world.scope.find_report(sent.report.id).await.unwrap().unwrap();
    assert_eq!(stored.report, sent.report);
    assert_eq!(stored.verdict, sent.verdict);
    assert_eq!(stored.attachments.len(), 2);
    let body = world.scope.find_report_body(sent.report.id).await.unwrap().unwrap();
    assert_eq!(body, serde_json::to_vec(&sent.report).unwrap());
    assert_eq!(world.scope.find_receipt_row(sent.report.id).await.unwrap(), Some(row));
    let ticket = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!(ticket.summary.says, Some(sent.verdict.findings[0].says.clone()));
    assert_eq!((ticket.summary.category, ticket.summary.priority), (Category::Email, Priority::P3));
    assert_eq!(ticket.timeline[0].kind, TimelineKind::Opened { report_id: sent.report.id });
}

async fn stores_fifty_identical_posts_at_once_as_one(world: Arc<World>) {
    let sent = world.report(0, "s").with_pictures(1);
    let posts = (0..50).map(|_| {
        let (sent, scope) = (sent.clone(), world.scope.clone());
        tokio::spawn(async move { sent.ingest(&scope).await.unwrap() })
    });
    let mut stored = 0;
    let mut rows = Vec::new();
    for post in posts.collect::<Vec<_>>() {
        match post.await.unwrap() {
            Ingested::Stored(row) => {
                stored += 1;
                rows.push(row);
            }
            Ingested::Repeated(row) => rows.push(row),
            Ingested::IdReused => panic!("the content is the same"),
        }
    }
    assert_eq!(stored, 1);
    assert!(rows.iter().all(|row| *row == rows[0]), "every post gets the same receipt");
    let ticket = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!((ticket.summary.reports, ticket.reports.len(), ticket.timeline.len()), (1, 1, 1));
    assert!(world.scope.find_ticket(2).await.unwrap().is_none());
}

async fn repeats_the_receipt_of_a_report_that_was_here(world: Arc<World>) {
    let mut sent = world.report(0, "s").with_pictures(1);
    let first = sent.store(&world.scope).await;
    sent.received_at = at(60);
    assert_eq!(sent.ingest(&world.scope).await.unwrap(), Ingested::Repeated(first));
}

async fn refuses_an_id_that_was_used_for_other_content(world: Arc<World>) {
    let sent = world.report(0, "s");
    sent.store(&world.scope).await;
    let mut other = sent.clone();
    other.report.text = Some("something else".to_owned());
    assert_eq!(other.ingest(&world.scope).await.unwrap(), Ingested::IdReused);
    let mut elsewhere = sent.clone();
    elsewhere.device = device(&world.scope, "PC-2").await;
    assert_eq!(elsewhere.ingest(&world.scope).await.unwrap(), Ingested::IdReused);
    let body = world.scope.find_report_body(sent.report.id).await.unwrap().unwrap();
    assert_eq!(hex(&body), hex(&serde_json::to_vec(&sent.report).unwrap()), "nothing was overwritten");
}

async fn joins_the_open_ticket_of_the_same_device_and_signature(world: Arc<World>) {
    world.report(0, "s").store(&world.scope).await;
    let mut second = world.report(60, "s").with_pictures(1);
    second.verdict.priority.value = Priority::P1;
    let row = second.store(&world.scope).await;
    assert_eq!((row.ticket.number, row.joined), (1, true));
    let ticket = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!((ticket.summary.reports, ticket.summary.awaited), (2, 1));
    assert_eq!(ticket.summary.priority, Priority::P1, "the most pressing report decides");
    assert_eq!((ticket.summary.opened_at, ticket.summary.last_report_at), (at(0), at(60)));
    assert_eq!(ticket.reports[0].report.id, second.report.id, "newest first");
}

async fn opens_another_ticket_when_joining_is_not_due(world: Arc<World>) {
    world.report(0, "s").store(&world.scope).await;
    assert_eq!(world.report(1, "other signature").store(&world.scope).await.ticket.number, 2);
    let other_device = device(&world.scope, "PC-2").await;
    assert_eq!(Sent::new(other_device, at(2), "s").store(&world.scope).await.ticket.number, 3);
    let mut late = world.report(0, "s");
    late.received_at = at(0) + Duration::hours(5);
    late.join_after = late.received_at - Duration::hours(4);
    assert_eq!(late.store(&world.scope).await.ticket.number, 4, "the first ticket has been quiet for too long");
    for number in [1, 4] {
        world.scope.resolve_ticket(number, world.anna, "Готово", at(5)).await.unwrap();
    }
    let row = world.report(6, "s").store(&world.scope).await;
    assert_eq!((row.ticket.number, row.joined), (5, false), "a resolved ticket is not joined");
}

async fn two_people_on_one_device_have_a_ticket_each(world: Arc<World>) {
    let of = |seconds, user: Option<&str>| {
        let mut sent = world.report(seconds, "s");
        sent.report.user = user.map(str::to_owned);
        sent
    };
    for (seconds, user, number) in [(0, Some("ivanov"), 1), (1, Some("petrova"), 2), (2, None, 3)] {
        let row = of(seconds, user).store(&world.scope).await;
        assert_eq!((row.ticket.number, row.joined), (number, false), "{user:?}");
    }
    for (seconds, user, number) in [(3, None, 3), (4, Some("petrova"), 2), (5, Some("ivanov"), 1)] {
        let row = of(seconds, user).store(&world.scope).await;
        assert_eq!((row.ticket.number, row.joined), (number, true), "{user:?} again");
    }
}

async fn what_a_joining_press_says_is_found(world: Arc<World>) {
    let saying = |seconds, text: Option<&str>| {
        let mut sent = world.report(seconds, "s");
        sent.report.text = text.map(str::to_owned);
        sent
    };
    let line = async || world.scope.find_ticket_summary(1).await.unwrap().unwrap().text;
    saying(0, None).store(&world.scope).await;
    assert_eq!(line().await, None);
    for (seconds, text) in [(1, "Нет Интернета"), (2, "и почта молчит"), (3, "Нет интернета")]
    {
        assert!(saying(seconds, Some(text)).store(&world.scope).await.joined);
        assert_eq!(line().await.as_deref(), Some("Нет Интернета"), "what was said first");
    }
    saying(4, None).store(&world.scope).await;
    for typed in ["интернета", "ПОЧТА молчит", "pc-1 ivanov"] {
        let mut search = queue(TicketView::Open, world.anna);
        search.q = Some(typed.to_owned());
        assert_eq!(world.scope.list_tickets(&search).await.unwrap().items.len(), 1, "{typed}");
    }
    let ticket = world.scope.find_ticket(1).await.unwrap().unwrap();
    let said: Vec<Option<&str>> = ticket.reports.iter().map(|each| each.report.text.as_deref()).collect();
    assert_eq!(said, [None, Some("Нет интернета"), Some("и почта молчит"), Some("Нет Интернета"), None]);
}

async fn two_presses_at_once_with_one_signature_make_one_ticket(world: Arc<World>) {
    let posts = (0..20).map(|second| {
        let (sent, scope) = (world.report(second, "s"), world.scope.clone());
        tokio::spawn(async move { sent.store(&scope).await })
    });
    let mut opened = 0;
    for post in posts.collect::<Vec<_>>() {
        let row = post.await.unwrap();
        assert_eq!(row.ticket.number, 1);
        opened += u32::from(!row.joined);
    }
    assert_eq!(opened, 1);
    assert_eq!(world.scope.find_ticket(1).await.unwrap().unwrap().summary.reports, 20);
}

async fn gives_every_ticket_its_own_number_under_concurrency(world: Arc<World>) {
    // A second handle on the same database: on PostgreSQL that is another collector.
    let again = store::Store::open(&world.fresh.options).await.unwrap();
    let scopes = [world.scope.clone(), again.in_organisation(world.scope.organisation_id())];
    let posts = (0..100_usize).map(|n| {
        let (sent, scope) = (world.report(0, &format!("s{n}")), scopes[n % 2].clone());
        tokio::spawn(async move { sent.store(&scope).await.ticket.number })
    });
    let mut numbers = HashSet::new();
    for post in posts.collect::<Vec<_>>() {
        numbers.insert(post.await.unwrap());
    }
    assert_eq!(numbers, (1..=100).collect());
    again.close().await;
}

async fn refuses_a_device_of_another_organisation(world: Arc<World>) {
    let south = organisation(&world.store, "South").await;
    let outcome = world.report(0, "s").ingest(&south).await;
    assert!(matches!(outcome, Err(StoreError::NotFound)), "{outcome:?}");
    assert!(south.find_ticket(1).await.unwrap().is_none());
    let unknown = Sent::new(Uuid::now_v7(), at(0), "s").ingest(&world.scope).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)), "{unknown:?}");
}

async fn announces_changes_in_order_after_they_are_durable(world: Arc<World>) {
    let mut changes = world.store.subscribe();
    assert_eq!(world.scope.last_change().await.unwrap(), 0);
    let posts = (0..30).map(|n| {
        let (sent, scope) = (world.report(0, &format!("s{n}")), world.scope.clone());
        tokio::spawn(async move { sent.store(&scope).await })
    });
    for post in posts.collect::<Vec<_>>() {
        post.await.unwrap();
    }
    let mut heard = HashMap::new();
    let mut last = 0;
    for _ in 0..30 {
        let change = changes.recv().await.unwrap();
        assert!(change.seq > last, "positions grow");
        last = change.seq;
        heard.insert(change.seq, change.number);
    }
    assert_eq!(world.scope.last_change().await.unwrap(), last);
    let read = world.scope.changes_since(0, 100).await.unwrap();
    assert_eq!(read.iter().map(|change| (change.seq, change.number)).collect::<HashMap<_, _>>(), heard);
    assert_eq!(world.scope.changes_since(read[9].seq, 5).await.unwrap(), read[10..15]);
}
