use std::sync::Arc;

use report::{EventKind, FollowUpKind, TicketStatus};
use store::{Actor, Conflict, StoreError, TimelineKind};

use crate::on_both_databases;
use crate::support::{World, at, follow_up};

on_both_databases! {
    taking_replying_and_resolving_is_told_to_the_device
    a_ticket_of_somebody_else_is_taken_only_by_force
    only_what_its_state_allows_is_done_to_a_ticket
    of_many_who_take_at_once_one_has_it
    events_come_in_pages
}

async fn taking_replying_and_resolving_is_told_to_the_device(world: Arc<World>) {
    let first = world.report(0, "s");
    first.store(&world.scope).await;
    let second = world.report(1, "s");
    second.store(&world.scope).await;
    let scope = &world.scope;
    assert_eq!(scope.take_ticket(1, world.anna, false, at(2)).await.unwrap().status, TicketStatus::InProgress);
    scope.take_ticket(1, world.anna, false, at(3)).await.unwrap();
    scope.reply_to_ticket(1, world.anna, "Смотрю", false, at(4)).await.unwrap();
    scope.reply_to_ticket(1, world.anna, "Какой кабинет?", true, at(5)).await.unwrap();
    let done = scope.resolve_ticket(1, world.anna, "Починили", at(6)).await.unwrap();
    assert_eq!(done.status, TicketStatus::Resolved);
    scope.reopen_ticket(1, world.boris, at(7)).await.unwrap();
    let page = scope.events_for_device(world.device, 0, 100).await.unwrap();
    let by = "Anna".to_owned();
    let kinds: Vec<_> = page.events.iter().map(|event| event.kind.clone()).collect();
    assert_eq!(
        kinds,
        [
            EventKind::Accepted { by: by.clone() },
            EventKind::Reply { by: by.clone(), text: "Смотрю".to_owned() },
            EventKind::Question { by: by.clone(), text: "Какой кабинет?".to_owned() },
            EventKind::Resolved { by, text: "Починили".to_owned() },
            EventKind::Reopened { by: "Boris".to_owned() },
        ],
        "taking one's own ticket again is not told"
    );
    assert!(page.events.iter().all(|event| event.report_id == second.report.id), "the newest report is meant");
    assert!(page.events.iter().all(|event| event.ticket.status == TicketStatus::InProgress), "as it stands now");
    let ticket = scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!(ticket.summary.holder.map(|holder| holder.id), Some(world.anna));
    assert_eq!(ticket.summary.resolved_at, None);
    assert!(matches!(&ticket.timeline[2].actor, Actor::Staff(who) if who.name == "Anna"));
}

async fn a_ticket_of_somebody_else_is_taken_only_by_force(world: Arc<World>) {
    world.report(0, "s").store(&world.scope).await;
    let scope = &world.scope;
    scope.take_ticket(1, world.anna, false, at(1)).await.unwrap();
    for refused in [
        scope.take_ticket(1, world.boris, false, at(2)).await,
        scope.release_ticket(1, world.boris, at(2)).await,
        scope.reply_to_ticket(1, world.boris, "…", false, at(2)).await,
        scope.resolve_ticket(1, world.boris, "…", at(2)).await,
    ] {
        let Err(StoreError::Conflict(Conflict::HeldBy(holder))) = refused else { panic!("{refused:?}") };
        assert_eq!((holder.id, holder.name.as_str()), (world.anna, "Anna"));
    }
    scope.take_ticket(1, world.boris, true, at(3)).await.unwrap();
    let ticket = scope.find_ticket(1).await.unwrap().unwrap();
    let TimelineKind::Taken { from: Some(from) } = &ticket.timeline.last().unwrap().kind else { panic!("{ticket:?}") };
    assert_eq!((ticket.timeline.len(), from.name.as_str()), (3, "Anna"), "refusals leave no trace");
    assert_eq!(scope.release_ticket(1, world.boris, at(4)).await.unwrap().status, TicketStatus::New);
    assert_eq!(scope.find_ticket_summary(1).await.unwrap().unwrap().holder, None);
}

async fn only_what_its_state_allows_is_done_to_a_ticket(world: Arc<World>) {
    let sent = world.report(0, "s");
    sent.store(&world.scope).await;
    let scope = &world.scope;
    let refused = scope.reopen_ticket(1, world.anna, at(1)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Status(TicketStatus::New)))), "{refused:?}");
    scope.resolve_ticket(1, world.anna, "…", at(2)).await.unwrap();
    for refused in [
        scope.take_ticket(1, world.anna, true, at(3)).await,
        scope.release_ticket(1, world.anna, at(3)).await,
        scope.reply_to_ticket(1, world.anna, "…", false, at(3)).await,
        scope.resolve_ticket(1, world.anna, "…", at(3)).await,
    ] {
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Status(TicketStatus::Resolved)))), "{refused:?}");
    }
    scope.reopen_ticket(1, world.anna, at(4)).await.unwrap();
    scope.follow_up(world.device, sent.report.id, &follow_up(FollowUpKind::Withdraw), None, at(5)).await.unwrap();
    let refused = scope.reopen_ticket(1, world.anna, at(6)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Status(TicketStatus::Withdrawn)))), "{refused:?}");
    let unknown = scope.take_ticket(9, world.anna, false, at(7)).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)), "{unknown:?}");
}

async fn of_many_who_take_at_once_one_has_it(world: Arc<World>) {
    world.report(0, "s").store(&world.scope).await;
    let takes = (0..20).map(|n| {
        let (scope, who) = (world.scope.clone(), if n % 2 == 0 { world.anna } else { world.boris });
        tokio::spawn(async move { (who, scope.take_ticket(1, who, false, at(1)).await.is_ok()) })
    });
    let mut winners = std::collections::HashSet::new();
    for take in takes.collect::<Vec<_>>() {
        let (who, won) = take.await.unwrap();
        if won {
            winners.insert(who);
        }
    }
    assert_eq!(winners.len(), 1);
    let ticket = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!(ticket.timeline.len(), 2, "taken once");
}

async fn events_come_in_pages(world: Arc<World>) {
    world.report(0, "s").store(&world.scope).await;
    for second in 1..=5 {
        world.scope.reply_to_ticket(1, world.anna, &second.to_string(), false, at(second)).await.unwrap();
    }
    let first = world.scope.events_for_device(world.device, 0, 3).await.unwrap();
    let rest = world.scope.events_for_device(world.device, first.next, 3).await.unwrap();
    assert_eq!((first.events.len(), rest.events.len()), (3, 2));
    assert_eq!(rest.events[1].at, at(5));
    let nothing = world.scope.events_for_device(world.device, rest.next, 3).await.unwrap();
    assert_eq!((nothing.events.len(), nothing.next), (0, rest.next));
}
