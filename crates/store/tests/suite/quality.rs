//! How right triage was: counts checked against tickets counted by hand.

use std::sync::Arc;

use chrono::{TimeZone, Utc};
use report::{Category, FollowUpKind, Priority};
use store::{Correction, StoredReport, VerdictTally};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{World, at, follow_up, organisation, verdict};

on_both_databases! {
    what_triage_said_is_counted_against_what_it_was
    confidence_is_counted_in_steps
    weeks_begin_on_monday
    the_newest_reports_come_in_pages_without_withdrawn_ones
}

/// A ticket triage judged so at `seconds`; what staff decided, if they did; whether it was resolved.
struct Case(i64, Category, f32, Option<Category>, bool);

async fn play(world: &World, cases: &[Case]) {
    for (place, Case(seconds, said, confidence, decided, resolved)) in cases.iter().enumerate() {
        let mut sent = world.report(*seconds, &format!("case {place}"));
        sent.verdict = verdict(*said, Priority::P3, &format!("case {place}"));
        sent.verdict.category.confidence = *confidence;
        let number = sent.store(&world.scope).await.ticket.number;
        if let Some(category) = *decided {
            let team = None;
            let correction = Correction { number, category, team, usual_team: "t".to_owned(), staff_id: world.anna };
            world.scope.correct_ticket(&correction, at(seconds + 1)).await.unwrap();
        }
        if *resolved {
            world.scope.resolve_ticket(number, world.anna, "…", at(seconds + 2)).await.unwrap();
        }
    }
}

use Category::{Access, Email, Network, Other};

async fn what_triage_said_is_counted_against_what_it_was(world: Arc<World>) {
    let cases = [
        Case(0, Email, 0.9, None, true),
        Case(10, Email, 0.9, None, true),
        Case(20, Email, 0.8, Some(Access), false),
        Case(30, Email, 0.8, None, false),
        Case(40, Access, 0.7, Some(Email), true),
        Case(50, Other, 0.6, Some(Network), true),
        Case(60, Other, 0.6, None, true),
    ];
    play(&world, &cases).await;
    let withdrawn = world.report(70, "withdrawn");
    withdrawn.store(&world.scope).await;
    let undo = follow_up(FollowUpKind::Withdraw);
    world.scope.follow_up(world.device, withdrawn.report.id, &undo, None, at(71)).await.unwrap();
    let mut found = world.scope.tally_verdicts(at(0), at(100)).await.unwrap();
    found.sort_by_key(|tally| (tally.said, tally.was));
    let tally = |said, was, count| VerdictTally { said, was, count };
    assert_eq!(
        found,
        [
            tally(Access, Some(Email), 1),
            tally(Email, None, 1),
            tally(Email, Some(Access), 1),
            tally(Email, Some(Email), 2),
            tally(Other, None, 1),
            tally(Other, Some(Network), 1),
        ]
    );
    assert_eq!(world.scope.tally_verdicts(at(10), at(30)).await.unwrap().iter().map(|t| t.count).sum::<u32>(), 2);
    let south = organisation(&world.store, "South").await;
    assert!(south.tally_verdicts(at(0), at(100)).await.unwrap().is_empty());
    assert!(south.tally_confidence(at(0), at(100)).await.unwrap().is_empty());
    assert!(south.tally_weeks(at(0), at(100)).await.unwrap().is_empty());
}

async fn confidence_is_counted_in_steps(world: Arc<World>) {
    let cases = [
        Case(0, Email, 0.05, Some(Access), false),
        Case(10, Email, 0.9, None, true),
        Case(20, Email, 1.0, None, true),
        Case(30, Email, 0.95, Some(Access), true),
        Case(40, Email, 0.5, None, true),
        Case(50, Email, 0.55, None, false),
        Case(60, Other, 0.5, Some(Email), true),
    ];
    play(&world, &cases).await;
    let found = world.scope.tally_confidence(at(0), at(100)).await.unwrap();
    let steps: Vec<_> = found.iter().map(|step| (step.bin, step.count, step.right)).collect();
    assert_eq!(steps, [(0, 1, 0), (5, 1, 1), (9, 3, 2)], "neither open tickets nor abstentions are in it");
    let said = [0.05, 0.5, 0.95];
    assert!(found.iter().zip(said).all(|(step, said)| (step.said - said).abs() < 1e-6), "{found:?}");
}

async fn weeks_begin_on_monday(world: Arc<World>) {
    // Noon of `at(0)` is a Monday's.
    let day = 24 * 3600;
    let cases = [
        Case(-day, Email, 0.8, None, true),
        Case(-day / 2, Email, 0.6, None, true),
        Case(0, Email, 0.5, Some(Access), false),
        Case(6 * day, Email, 0.7, None, true),
        Case(6 * day + 1, Network, 0.9, None, false),
    ];
    play(&world, &cases).await;
    let found = world.scope.tally_weeks(at(-9 * day), at(9 * day)).await.unwrap();
    let mut weeks: Vec<_> = found.iter().map(|w| (w.week_of, w.said, w.count, w.known, w.right)).collect();
    weeks.sort();
    let monday = |d| Utc.with_ymd_and_hms(2026, if d > 20 { 2 } else { 3 }, d, 0, 0, 0).unwrap();
    assert_eq!(weeks, [(monday(23), Email, 1, 1, 1), (monday(2), Network, 1, 0, 0), (monday(2), Email, 3, 3, 2)]);
    let sum = found.iter().find(|w| w.week_of == monday(2) && w.said == Email).unwrap().confidence;
    assert!((sum - 1.8).abs() < 1e-6, "{sum}");
}

async fn the_newest_reports_come_in_pages_without_withdrawn_ones(world: Arc<World>) {
    let mut sent = Vec::new();
    for n in 0..7 {
        let report = world.report(n / 2, &format!("s{n}"));
        report.store(&world.scope).await;
        sent.push(report.report.id);
    }
    let undo = follow_up(FollowUpKind::Withdraw);
    world.scope.follow_up(world.device, sent[3], &undo, None, at(9)).await.unwrap();
    let ids = |page: &[StoredReport]| page.iter().map(|stored| stored.report.id).collect::<Vec<Uuid>>();
    let (mut read, mut place) = (Vec::new(), None);
    loop {
        let (page, next) = world.scope.newest_reports(place, 2).await.unwrap();
        read.extend(ids(&page));
        place = next;
        if place.is_none() {
            break;
        }
    }
    assert_eq!(read, [6, 5, 4, 2, 1, 0].map(|n: usize| sent[n]));
    let south = organisation(&world.store, "South").await;
    assert!(south.newest_reports(None, 10).await.unwrap().0.is_empty());
}
