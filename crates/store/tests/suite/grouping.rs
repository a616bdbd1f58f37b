//! What the grouping of reports keeps: factors, proposals, and how far it has come.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use report::{Category, Dimension, Factor, FollowUpKind, LocalText, NoticeKind, NoticeOrigin};
use store::{
    Actor, Conflict, GroupingStep, IncidentBody, IncidentChange, IncidentState, LoggedWhat, NewIncident, NewMajor,
    NewNotice, ReportFactors, Scope, SharedFactor, Standing, StoreError, TimelineKind,
};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Sent, World, at, device, follow_up, organisation, person};

on_both_databases! {
    one_collector_groups_at_a_time
    a_step_is_kept_once_however_often_it_is_repeated
    a_collector_that_lost_the_grouping_keeps_nothing
    a_proposal_grows_and_is_decided_once
    a_proposal_is_closed_and_opened_again_with_its_major_incident
    a_proposal_goes_into_the_major_incident_that_a_member_is
    tickets_that_stand_for_themselves_are_told_in_the_order_asked
    maintenance_is_told_with_the_end_it_had
    the_log_tells_everything_in_order
    tickets_that_share_a_factor_are_found
    a_ticket_has_a_factor_once_and_it_belongs_to_its_newest_report
    another_organisation_sees_no_groups
}

fn factor(dimension: Dimension, value: &str) -> Factor {
    Factor { dimension, value: value.to_owned() }
}

pub fn proposal(key: &str, members: &[i64]) -> NewIncident {
    let people = u32::try_from(members.len()).unwrap();
    let gateway = factor(Dimension::Gateway, "10.2.0.1");
    NewIncident {
        id: Uuid::now_v7(),
        detector_key: key.to_owned(),
        body: IncidentBody {
            category: Category::Network,
            people,
            reports: people,
            members: members.to_vec(),
            shared: vec![SharedFactor {
                factor: gateway.clone(),
                members_with: people,
                members: people,
                others_with: 3,
                others: 400,
            }],
            key: vec![gateway],
            score: 12.5,
            says: LocalText::new("All share gateway 10.2.0.1", "У всех шлюз 10.2.0.1"),
            title: LocalText::new("No network", "Нет сети"),
        },
    }
}

/// Keeps proposals as a collector that has the grouping does.
async fn propose(scope: &Scope, incidents: Vec<NewIncident>, seconds: i64) -> Vec<store::Incident> {
    let holder = Uuid::now_v7();
    scope.hold_grouping(holder, at(seconds), at(seconds)).await.unwrap().unwrap();
    let step = GroupingStep { incidents, ..GroupingStep::default() };
    let kept = scope.keep_grouping(holder, &step, at(seconds)).await.unwrap().unwrap();
    scope.release_grouping(holder).await.unwrap();
    kept
}

async fn one_collector_groups_at_a_time(world: Arc<World>) {
    let (a, b) = (Uuid::now_v7(), Uuid::now_v7());
    let hold = async |who, now, until| world.scope.hold_grouping(who, at(now), at(until)).await.unwrap().is_some();
    assert!(hold(a, 0, 10).await);
    assert!(!hold(b, 5, 15).await);
    assert!(hold(a, 9, 20).await, "kept in time");
    assert!(!hold(b, 20, 30).await, "to its end");
    assert!(hold(b, 21, 30).await, "it came to an end");
    assert!(!hold(a, 22, 30).await);
    world.scope.release_grouping(a).await.unwrap();
    assert!(!hold(a, 23, 30).await, "what one does not have one cannot release");
    world.scope.release_grouping(b).await.unwrap();
    assert!(hold(a, 24, 30).await);
    world.store.end_grouping_leases().await.unwrap();
    assert!(hold(b, 24, 30).await, "who had it was killed");
    let south = organisation(&world.store, "South").await;
    assert!(south.hold_grouping(b, at(25), at(30)).await.unwrap().is_some(), "each organisation its own");
}

async fn a_step_is_kept_once_however_often_it_is_repeated(world: Arc<World>) {
    let scope = &world.scope;
    let row = world.report(0, "s").store(scope).await;
    let holder = Uuid::now_v7();
    let state = scope.hold_grouping(holder, at(0), at(100)).await.unwrap().unwrap();
    assert_eq!((state.snapshot, state.cursor), (None, 0));
    let gateway = factor(Dimension::Gateway, "10.2.0.1");
    let step = GroupingStep {
        factors: vec![ReportFactors {
            report_id: row.report_id,
            ticket_number: row.ticket.number,
            at: at(0),
            factors: vec![gateway.clone(), gateway.clone()],
        }],
        incidents: vec![proposal("k", &[1])],
        faded: Vec::new(),
        state: Some((Bytes::from_static(b"knows"), 7)),
    };
    let first = scope.keep_grouping(holder, &step, at(1)).await.unwrap().unwrap();
    let again =
        GroupingStep { incidents: vec![NewIncident { id: Uuid::now_v7(), ..step.incidents[0].clone() }], ..step };
    let second = scope.keep_grouping(holder, &again, at(2)).await.unwrap().unwrap();
    assert_eq!(first, second, "the proposal keeps its id and its time");
    assert_eq!(scope.factors_of_ticket(row.ticket.number).await.unwrap(), [gateway]);
    assert_eq!(scope.list_open_incidents().await.unwrap().len(), 1);
    let changes = scope.log_since(0, 100).await.unwrap();
    let told = changes.iter().filter(|entry| matches!(entry.what, LoggedWhat::Incident(..))).count();
    assert_eq!(told, 1, "told once");
    let state = scope.hold_grouping(holder, at(3), at(100)).await.unwrap().unwrap();
    assert_eq!((state.snapshot.as_deref(), state.cursor), (Some(&b"knows"[..]), 7));
}

async fn a_collector_that_lost_the_grouping_keeps_nothing(world: Arc<World>) {
    let scope = &world.scope;
    let (old, new) = (Uuid::now_v7(), Uuid::now_v7());
    scope.hold_grouping(old, at(0), at(10)).await.unwrap().unwrap();
    scope.hold_grouping(new, at(11), at(20)).await.unwrap().unwrap();
    let step = GroupingStep {
        incidents: vec![proposal("k", &[1])],
        state: Some((Bytes::from_static(b"old"), 99)),
        ..GroupingStep::default()
    };
    assert_eq!(scope.keep_grouping(old, &step, at(12)).await.unwrap(), None);
    assert!(scope.list_open_incidents().await.unwrap().is_empty());
    let state = scope.hold_grouping(new, at(13), at(20)).await.unwrap().unwrap();
    assert_eq!((state.snapshot, state.cursor), (None, 0));
}

async fn a_proposal_grows_and_is_decided_once(world: Arc<World>) {
    let scope = &world.scope;
    let id = propose(scope, vec![proposal("k", &[1])], 1).await[0].id;
    let grown = propose(scope, vec![proposal("k", &[1, 2])], 2).await;
    assert_eq!((grown[0].id, grown[0].body.people, grown[0].raised_at, grown[0].updated_at), (id, 2, at(1), at(2)));
    scope.dismiss_incident(id, world.anna, at(3)).await.unwrap();
    assert!(scope.list_open_incidents().await.unwrap().is_empty());
    let again = scope.dismiss_incident(id, world.anna, at(4)).await;
    assert!(matches!(again, Err(StoreError::Conflict(Conflict::Decided("dismissed")))), "{again:?}");
    propose(scope, vec![proposal("k", &[1, 2, 3])], 5).await;
    assert_eq!(scope.find_incident(id).await.unwrap().unwrap().state, IncidentState::Dismissed, "it stays decided");
    let unknown = scope.dismiss_incident(Uuid::now_v7(), world.anna, at(6)).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)), "{unknown:?}");
}

async fn a_proposal_is_closed_and_opened_again_with_its_major_incident(world: Arc<World>) {
    let scope = &world.scope;
    let number = world.report(0, "s").store(scope).await.ticket.number;
    let id = propose(scope, vec![proposal("k", &[number])], 1).await[0].id;
    let new = NewMajor {
        number,
        members: vec![number],
        notice_id: Uuid::now_v7(),
        title: LocalText::new("No network", "Нет сети"),
        category: Some(Category::Network),
        keywords: Vec::new(),
        factors: vec![factor(Dimension::Gateway, "10.2.0.1")],
        origin: NoticeOrigin::Detector,
        next_news_at: Some(at(600)),
        incident: Some(id),
        staff_id: Some(world.anna),
    };
    let notice = scope.make_major(&new, at(2)).await.unwrap();
    assert_eq!(
        (notice.origin, notice.factors, notice.category),
        (NoticeOrigin::Detector, new.factors.clone(), Category::Network)
    );
    let found = async || scope.find_incident(id).await.unwrap().unwrap();
    assert_eq!((found().await.state, found().await.accepted_as), (IncidentState::Accepted, Some(number)));
    scope.resolve_ticket(number, world.anna, "Готово", at(3)).await.unwrap();
    assert_eq!(found().await.state, IncidentState::Closed);
    scope.reopen_ticket(number, world.anna, at(4)).await.unwrap();
    assert_eq!(found().await.state, IncidentState::Accepted);
    let other = world.report(5, "other").store(scope).await.ticket.number;
    let twice = scope.make_major(&NewMajor { number: other, notice_id: Uuid::now_v7(), ..new }, at(6)).await;
    assert!(matches!(twice, Err(StoreError::Conflict(Conflict::Decided("accepted")))), "{twice:?}");
    assert!(!scope.find_ticket_summary(other).await.unwrap().unwrap().major, "nothing of it was done");
    assert_eq!(scope.list_open_notices(at(7)).await.unwrap().len(), 1);
}

async fn a_proposal_goes_into_the_major_incident_that_a_member_is(world: Arc<World>) {
    let scope = &world.scope;
    let mut numbers = Vec::new();
    let mut devices = Vec::new();
    for n in 0..5 {
        let device = device(scope, &format!("PC-1{n}")).await;
        numbers.push(Sent::new(device, at(n), "s").store(scope).await.ticket.number);
        devices.push(device);
    }
    let [root, two, refuses, alone, _] = numbers[..] else { unreachable!() };
    let declared = NewMajor {
        number: root,
        members: Vec::new(),
        notice_id: Uuid::now_v7(),
        title: LocalText::new("No network", "Нет сети"),
        category: Some(Category::Network),
        keywords: Vec::new(),
        factors: Vec::new(),
        origin: NoticeOrigin::Staff,
        next_news_at: None,
        incident: None,
        staff_id: Some(world.anna),
    };
    let notice = scope.make_major(&declared, at(10)).await.unwrap();
    let no = follow_up(FollowUpKind::NotThis { notice: notice.id });
    let report = scope.newest_of_ticket(refuses).await.unwrap().unwrap().report.id;
    scope.follow_up(devices[2], report, &no, None, at(11)).await.unwrap();
    scope.merge_ticket(alone, two, world.anna, at(12)).await.unwrap();
    scope.split_ticket(alone, world.anna, at(13)).await.unwrap();

    let id = propose(scope, vec![proposal("k", &numbers)], 14).await[0].id;
    assert!(scope.is_proposed("k").await.unwrap() && !scope.is_proposed("l").await.unwrap());
    let by_itself = NewMajor {
        members: numbers.clone(),
        notice_id: Uuid::now_v7(),
        title: LocalText::new("Another title", "Другое"),
        incident: Some(id),
        staff_id: None,
        ..declared.clone()
    };
    assert_eq!(scope.make_major(&by_itself, at(20)).await.unwrap().id, notice.id, "its notice stays");
    let merged_into = async |number| scope.find_ticket_summary(number).await.unwrap().unwrap().merged_into;
    let mut into = Vec::new();
    for number in &numbers {
        into.push(merged_into(*number).await);
    }
    assert_eq!(into, [None, Some(root), None, None, Some(root)], "nobody is joined whose trouble is another");
    let found = scope.find_incident(id).await.unwrap().unwrap();
    assert_eq!((found.state, found.accepted_as), (IncidentState::Accepted, Some(root)));
    let events = scope.events_for_device(devices[1], 0, 10).await.unwrap().events;
    assert_eq!(events.len(), 1, "who joined is told");
    let again = scope.make_major(&NewMajor { incident: None, ..by_itself.clone() }, at(21)).await;
    assert!(matches!(again, Err(StoreError::Conflict(Conflict::HasMembers(_)))), "{again:?}");

    // A person may join whom they like; and all of it is taken back at once.
    let other = propose(scope, vec![proposal("l", &[refuses])], 22).await[0].id;
    let by_anna = NewMajor { incident: Some(other), members: vec![refuses], staff_id: Some(world.anna), ..by_itself };
    scope.make_major(&by_anna, at(23)).await.unwrap();
    assert_eq!(merged_into(refuses).await, Some(root));
    scope.take_back_major(root, world.anna, at(24)).await.unwrap();
    for number in numbers {
        assert_eq!(merged_into(number).await, None, "{number}");
    }
    assert_eq!(scope.list_open_incidents().await.unwrap().len(), 2);
}

async fn tickets_that_stand_for_themselves_are_told_in_the_order_asked(world: Arc<World>) {
    let scope = &world.scope;
    let mut numbers = Vec::new();
    for n in 0..5 {
        let device = device(scope, &format!("PC-1{n}")).await;
        numbers.push(Sent::new(device, at(n), "s").store(scope).await.ticket.number);
    }
    let [one, two, merged, closed, split] = numbers[..] else { unreachable!() };
    for member in [merged, split] {
        scope.merge_ticket(member, one, world.anna, at(10)).await.unwrap();
    }
    scope.split_ticket(split, world.anna, at(11)).await.unwrap();
    scope.resolve_ticket(closed, world.anna, "Готово", at(12)).await.unwrap();
    let standing = scope.standing_of(&[split, closed, two, merged, one, 99]).await.unwrap();
    let of = |number, alone| Standing { number, major: false, alone };
    assert_eq!(standing, [of(split, true), of(two, false), of(one, false)]);
    assert_eq!(Standing::root(&standing), Some(split), "the first");
    let major = Standing { number: 7, major: true, alone: false };
    assert_eq!(Standing::root(&[of(one, false), major]), Some(7), "one that stands for others already");
    assert_eq!(Standing::root(&[]), None);
}

fn maintenance(ends_at: Option<DateTime<Utc>>) -> NewNotice {
    NewNotice { id: Uuid::now_v7(), kind: NoticeKind::Maintenance, ends_at, ..crate::isolation::notice() }
}

async fn maintenance_is_told_with_the_end_it_had(world: Arc<World>) {
    let scope = &world.scope;
    let planned = maintenance(Some(at(100)));
    let stopped = maintenance(Some(at(200)));
    let closed = maintenance(None);
    let open = maintenance(None);
    let incident = NewNotice { id: Uuid::now_v7(), ..crate::isolation::notice() };
    for new in [&planned, &stopped, &closed, &open, &incident] {
        scope.create_notice(new, at(0)).await.unwrap();
    }
    scope.close_notice(stopped.id, at(150)).await.unwrap();
    scope.close_notice(closed.id, at(160)).await.unwrap();
    let ended = async |since| {
        let ended = scope.ended_maintenance(at(since)).await.unwrap();
        let mut ended: Vec<_> = ended.into_iter().map(|notice| (notice.ends_at, notice.id)).collect();
        ended.sort();
        ended
    };
    let all = [(Some(at(100)), planned.id), (Some(at(150)), stopped.id), (Some(at(160)), closed.id)];
    assert_eq!(ended(99).await, all);
    assert_eq!(ended(100).await, all[1..]);
    assert_eq!(ended(150).await, all[2..]);
    assert_eq!(ended(160).await, []);
}

async fn the_log_tells_everything_in_order(world: Arc<World>) {
    let scope = &world.scope;
    let first = world.report(0, "a").store(scope).await;
    let second = world.report(1, "b").store(scope).await;
    scope.merge_ticket(second.ticket.number, first.ticket.number, world.anna, at(2)).await.unwrap();
    let id = propose(scope, vec![proposal("k", &[1])], 3).await[0].id;
    scope.dismiss_incident(id, world.anna, at(4)).await.unwrap();
    let log = scope.log_since(0, 100).await.unwrap();
    let what: Vec<_> = log.iter().map(|entry| entry.what.clone()).collect();
    assert_eq!(
        what,
        [
            LoggedWhat::Ticket(1, TimelineKind::Opened { report_id: first.report_id }),
            LoggedWhat::Ticket(2, TimelineKind::Opened { report_id: second.report_id }),
            LoggedWhat::Ticket(2, TimelineKind::Merged { into: 1 }),
            LoggedWhat::Ticket(1, TimelineKind::MemberAdded { number: 2 }),
            LoggedWhat::Incident(id, IncidentChange::Raised),
            LoggedWhat::Incident(id, IncidentChange::Dismissed),
        ]
    );
    assert_eq!((log[0].at, &log[4].actor), (at(0), &Actor::Collector));
    assert_eq!(scope.log_since(log[3].seq, 1).await.unwrap(), log[4..5]);
    let changes = scope.changes_since(log[3].seq, 10).await.unwrap();
    assert_eq!((changes[0].number, changes[0].incident), (0, Some(id)));
    let timeline = scope.find_ticket(1).await.unwrap().unwrap().timeline;
    assert_eq!(timeline.len(), 2, "a proposal is in no ticket's timeline");
}

async fn tickets_that_share_a_factor_are_found(world: Arc<World>) {
    let scope = &world.scope;
    let gateway = factor(Dimension::Gateway, "10.2.0.1");
    let code = factor(Dimension::Code, "0x80070005");
    let mut factors = Vec::new();
    let mut numbers = Vec::new();
    for (n, with) in
        [vec![gateway.clone(), code.clone()], vec![gateway.clone()], vec![gateway.clone()]].iter().enumerate()
    {
        let seconds = i64::try_from(n).unwrap();
        let device = device(scope, &format!("PC-{n}")).await;
        let row = Sent::new(device, at(seconds), "s").store(scope).await;
        numbers.push(row.ticket.number);
        factors.push(ReportFactors {
            report_id: row.report_id,
            ticket_number: row.ticket.number,
            at: at(seconds),
            factors: with.clone(),
        });
    }
    let holder = Uuid::now_v7();
    scope.hold_grouping(holder, at(0), at(100)).await.unwrap().unwrap();
    let step = GroupingStep { factors, ..GroupingStep::default() };
    scope.keep_grouping(holder, &step, at(5)).await.unwrap().unwrap();
    scope.resolve_ticket(numbers[2], world.anna, "Готово", at(6)).await.unwrap();
    let having = async |factors: &[Factor], since, limit| -> Vec<Vec<i64>> {
        let found = scope.tickets_with(factors, at(since), limit).await.unwrap();
        found.into_iter().map(|one| one.tickets).collect()
    };
    assert_eq!(
        having(&[gateway.clone(), code.clone()], 0, 10).await,
        [vec![numbers[2], numbers[1], numbers[0]], vec![numbers[0]]],
        "newest first, open or not"
    );
    let gateways = std::slice::from_ref(&gateway);
    assert_eq!(having(gateways, 2, 10).await, [[numbers[2]]], "since then");
    assert_eq!(having(gateways, 3, 10).await, [[0_i64; 0]]);
    for (limit, expected) in [(4, 3), (3, 3), (2, 2), (1, 1)] {
        assert_eq!(
            having(gateways, 0, limit).await,
            [numbers.iter().rev().take(expected).copied().collect::<Vec<_>>()]
        );
    }
    assert_eq!(scope.factors_shared_by(&numbers).await.unwrap(), [gateway]);
    assert_eq!(scope.factors_shared_by(&numbers[..1]).await.unwrap().len(), 2);
}

async fn a_ticket_has_a_factor_once_and_it_belongs_to_its_newest_report(world: Arc<World>) {
    let scope = &world.scope;
    let (gateway, code) = (factor(Dimension::Gateway, "10.2.0.1"), factor(Dimension::Code, "0x80070005"));
    let first = world.report(0, "s").store(scope).await;
    let second = world.report(10, "s").store(scope).await;
    let number = first.ticket.number;
    assert_eq!(second.ticket.number, number);
    let holder = Uuid::now_v7();
    scope.hold_grouping(holder, at(0), at(100)).await.unwrap().unwrap();
    let has = |of: &store::ReceiptRow, seconds, factors: &[&Factor]| ReportFactors {
        report_id: of.report_id,
        ticket_number: number,
        at: at(seconds),
        factors: factors.iter().map(|&factor| factor.clone()).collect(),
    };
    let keep = async |factors| {
        let step = GroupingStep { factors, ..GroupingStep::default() };
        scope.keep_grouping(holder, &step, at(20)).await.unwrap().unwrap();
        scope.factors_of_ticket(number).await.unwrap()
    };
    let since = async |seconds| {
        let found = scope.tickets_with(std::slice::from_ref(&gateway), at(seconds), 10).await.unwrap();
        found[0].tickets.clone()
    };
    assert_eq!(keep(vec![has(&first, 0, &[&gateway, &code]), has(&second, 10, &[&gateway])]).await.len(), 2);
    assert_eq!((since(10).await, since(11).await), (vec![number], vec![]), "once, with the newest report");
    assert_eq!(keep(vec![has(&first, 0, &[&gateway, &code])]).await.len(), 2, "judged anew, and the same");
    assert_eq!(since(10).await, [number], "the older report does not make it older");
    assert_eq!(
        keep(vec![has(&first, 0, &[&gateway])]).await,
        std::slice::from_ref(&gateway),
        "it has no code after all"
    );
    assert!(keep(vec![has(&second, 10, &[])]).await.is_empty());
}

async fn another_organisation_sees_no_groups(world: Arc<World>) {
    let scope = &world.scope;
    let row = world.report(0, "s").store(scope).await;
    let id = propose(scope, vec![proposal("k", &[1])], 1).await[0].id;
    let south = organisation(&world.store, "South").await;
    let stranger = person(&south, "stranger").await;
    assert!(south.list_open_incidents().await.unwrap().is_empty());
    assert!(south.find_incident(id).await.unwrap().is_none());
    assert!(!south.is_proposed("k").await.unwrap());
    assert!(south.standing_of(&[1]).await.unwrap().is_empty());
    scope.create_notice(&maintenance(Some(at(9))), at(0)).await.unwrap();
    assert!(south.ended_maintenance(at(0)).await.unwrap().is_empty());
    assert!(south.log_since(0, 10).await.unwrap().is_empty());
    assert!(south.factors_of_ticket(row.ticket.number).await.unwrap().is_empty());
    assert!(south.find_reports(&[row.report_id]).await.unwrap().is_empty());
    assert!(matches!(south.dismiss_incident(id, stranger, at(2)).await, Err(StoreError::NotFound)));
    assert_ne!(propose(&south, vec![proposal("k", &[1])], 3).await[0].id, id, "its own, with the same name");
    assert_eq!(scope.find_incident(id).await.unwrap().unwrap().state, IncidentState::Open);
}
