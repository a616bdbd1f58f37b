use std::sync::Arc;

use report::{Category, Priority};
use store::{StoreError, TicketCounts, TicketQuery, TicketView};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{World, at, queue};

on_both_databases! {
    orders_by_priority_then_age
    pages_stay_whole_while_reports_arrive
    filters_by_view_and_category
    searches_words_and_numbers
    refuses_a_cursor_it_did_not_make
}

async fn numbers(world: &World, query: &TicketQuery) -> Vec<i64> {
    world.scope.list_tickets(query).await.unwrap().items.iter().map(|ticket| ticket.number).collect()
}

async fn with(world: &World, seconds: i64, priority: Priority, category: Category) -> i64 {
    let mut sent = world.report(seconds, &Uuid::now_v7().to_string());
    sent.verdict.priority.value = priority;
    sent.verdict.category.value = category;
    sent.store(&world.scope).await.ticket.number
}

async fn orders_by_priority_then_age(world: Arc<World>) {
    for (seconds, priority) in [(3, Priority::P3), (1, Priority::P3), (2, Priority::P1), (4, Priority::P1)] {
        with(&world, seconds, priority, Category::Email).await;
    }
    assert_eq!(numbers(&world, &queue(TicketView::Open, world.anna)).await, [3, 4, 2, 1]);
}

async fn pages_stay_whole_while_reports_arrive(world: Arc<World>) {
    // Many of one instant: the number decides between them.
    for n in 0..25 {
        let priority = if n % 2 == 0 { Priority::P2 } else { Priority::P3 };
        with(&world, n / 5, priority, Category::Email).await;
    }
    let mut query = queue(TicketView::Open, world.anna);
    let before = numbers(&world, &query).await;
    query.limit = 4;
    let mut seen = Vec::new();
    let mut arriving = 100;
    loop {
        let page = world.scope.list_tickets(&query).await.unwrap();
        assert!(page.items.len() <= 4);
        seen.extend(page.items.iter().map(|ticket| ticket.number));
        // One that belongs before the page, one that belongs behind it.
        with(&world, -arriving, Priority::P1, Category::Email).await;
        with(&world, arriving, Priority::P4, Category::Email).await;
        arriving += 1;
        match page.next {
            Some(next) if seen.len() < before.len() => query.cursor = Some(next),
            _ => break,
        }
    }
    seen.truncate(before.len());
    assert_eq!(seen, before);
}

async fn filters_by_view_and_category(world: Arc<World>) {
    for second in 0..6 {
        let category = if second < 3 { Category::Network } else { Category::OperatingSystem };
        with(&world, second, Priority::P3, category).await;
    }
    world.scope.take_ticket(1, world.anna, false, at(10)).await.unwrap();
    world.scope.take_ticket(2, world.boris, false, at(10)).await.unwrap();
    world.scope.resolve_ticket(3, world.anna, "…", at(10)).await.unwrap();
    assert_eq!(numbers(&world, &queue(TicketView::Open, world.anna)).await, [1, 2, 4, 5, 6]);
    assert_eq!(numbers(&world, &queue(TicketView::Mine, world.anna)).await, [1]);
    assert_eq!(numbers(&world, &queue(TicketView::Unassigned, world.anna)).await, [4, 5, 6]);
    assert_eq!(numbers(&world, &queue(TicketView::Resolved, world.anna)).await, [3]);
    let mut network = queue(TicketView::Open, world.anna);
    network.category = Some(Category::Network);
    assert_eq!(numbers(&world, &network).await, [1, 2]);
    let counts = world.scope.count_tickets(world.anna).await.unwrap();
    assert_eq!(counts, TicketCounts { open: 5, mine: 1, unassigned: 3, resolved: 1 });
}

async fn searches_words_and_numbers(world: Arc<World>) {
    for (second, host, text) in [(0, "BUH-07", "Скидка 50% не проходит"), (1, "PC_2", "Не печатает Принтер")]
    {
        let mut sent = world.report(second, text);
        sent.report.hostname = host.to_owned();
        sent.report.text = Some(text.to_owned());
        sent.store(&world.scope).await;
    }
    for (q, expected) in [
        ("buh", vec![1]),
        ("принтер НЕ", vec![2]),
        ("принтер buh", vec![]),
        ("IVANOV", vec![1, 2]),
        ("50%", vec![1]),
        ("5%0", vec![]),
        ("c_2", vec![2]),
        ("h_0", vec![]),
        ("INC-2", vec![2]),
        ("  ", vec![1, 2]),
        ("'; DROP TABLE ticket; --", vec![]),
    ] {
        let mut query = queue(TicketView::Open, world.anna);
        query.q = Some(q.to_owned());
        assert_eq!(numbers(&world, &query).await, expected, "{q:?}");
    }
}

async fn refuses_a_cursor_it_did_not_make(world: Arc<World>) {
    for cursor in ["", "1.2", "1.2.x", "1.2.3.4"] {
        let mut query = queue(TicketView::Open, world.anna);
        query.cursor = Some(cursor.to_owned());
        let refused = world.scope.list_tickets(&query).await;
        assert!(matches!(refused, Err(StoreError::NotFound)), "{cursor:?}");
    }
}
