//! The queue of screens to be read, and what changes when one was.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use report::{AttachmentKind, Category, FollowUpKind, MediaType, Priority, Verdict, VerdictSource};
use store::{
    ClaimedScreen, Correction, MAX_SCREEN_TEXT_CHARS, MAX_SCREEN_TRIES, Scope, ScreenReading, ScreenRecorded,
    ScreenState, Store, TimelineKind, VerdictBasis,
};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Sent, World, at, follow_up, organisation, verdict};

on_both_databases! {
    only_a_picture_that_came_waits
    two_collectors_take_each_screen_once
    a_lease_that_ended_is_anothers_and_the_late_outcome_is_lost
    a_screen_that_kills_its_readers_fails
    a_failed_try_waits_for_its_time
    a_screen_given_back_counts_as_no_try
    the_newest_is_taken_first_and_the_oldest_not_at_all
    what_nobody_could_read_is_read_once_somebody_can
    a_killed_collectors_leases_end_at_its_next_start
    the_text_refines_verdict_ticket_and_timeline
    a_change_that_does_not_matter_is_not_told
    a_sentence_that_came_meanwhile_has_it_judged_again
    presses_still_find_the_ticket
    what_staff_corrected_stays
    a_resolved_ticket_stays_as_it_is
    a_report_that_was_taken_back_is_not_read
    another_organisation_neither_reads_nor_fails_it
}

const NO_SCREENS: VerdictBasis = VerdictBasis { sentences: 0, screens: 0 };

/// A report whose pictures are here, `seconds` after noon.
async fn with_screens(world: &World, seconds: i64, signature: &str, pictures: u8) -> Sent {
    let sent = world.report(seconds, signature).with_pictures(pictures);
    sent.store(&world.scope).await;
    for n in 0..pictures {
        world.scope.attachment_stored(sent.report.id, n, at(seconds)).await.unwrap();
    }
    sent
}

async fn claim(store: &Store, now: DateTime<Utc>) -> Option<ClaimedScreen> {
    store.claim_screen(now, now + chrono::Duration::seconds(60), at(-1_000)).await.unwrap()
}

fn reading(text: &str) -> ScreenReading {
    ScreenReading { text: text.to_owned(), engine: "tesseract 5.3.0".to_owned() }
}

fn refined() -> Verdict {
    verdict(Category::Storage, Priority::P2, "another signature")
}

async fn read(scope: &Scope, claim: &ClaimedScreen, verdict: &Verdict, basis: VerdictBasis) -> ScreenRecorded {
    scope.screen_read(claim, &reading("0x80070035"), verdict, basis, at(30)).await.unwrap()
}

async fn state(world: &World, id: Uuid) -> Vec<ScreenState> {
    world.scope.find_report(id).await.unwrap().unwrap().screens.iter().map(|screen| screen.state).collect()
}

async fn only_a_picture_that_came_waits(world: Arc<World>) {
    let mut sent = world.report(0, "s").with_pictures(2);
    sent.report.attachments[1].kind = AttachmentKind::Probes;
    sent.report.attachments[1].media_type = MediaType::Json;
    sent.store(&world.scope).await;
    assert_eq!(claim(&world.store, at(1)).await, None, "it is announced, not here");
    for _ in 0..2 {
        for n in [0, 1] {
            world.scope.attachment_stored(sent.report.id, n, at(1)).await.unwrap();
        }
    }
    let claimed = claim(&world.store, at(1)).await.unwrap();
    assert_eq!((claimed.report_id, claimed.n, claimed.tries), (sent.report.id, 0, 1));
    assert_eq!(claim(&world.store, at(1)).await, None, "answers of probes are no screen");
}

async fn two_collectors_take_each_screen_once(world: Arc<World>) {
    for second in 0..10 {
        with_screens(&world, second, &format!("s{second}"), 2).await;
    }
    let other = Store::open(&world.fresh.options).await.unwrap();
    let takers = (0..8).map(|n| {
        let store = if n % 2 == 0 { world.store.clone() } else { other.clone() };
        tokio::spawn(async move {
            let mut taken = Vec::new();
            // With others at work the row looked at may be taken by the time it is asked for.
            for _ in 0..40 {
                taken.extend(claim(&store, at(60)).await.map(|claimed| (claimed.report_id, claimed.n)));
            }
            taken
        })
    });
    let mut all = Vec::new();
    for taker in takers.collect::<Vec<_>>() {
        all.extend(taker.await.unwrap());
    }
    assert_eq!(all.len(), 20);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 20, "none twice");
    other.close().await;
}

async fn a_lease_that_ended_is_anothers_and_the_late_outcome_is_lost(world: Arc<World>) {
    let sent = with_screens(&world, 0, "s", 1).await;
    let first = claim(&world.store, at(1)).await.unwrap();
    assert_eq!(claim(&world.store, at(60)).await, None, "it is taken");
    let second = claim(&world.store, at(61)).await.unwrap();
    assert_eq!(second.tries, 2);
    assert_eq!(read(&world.scope, &first, &refined(), NO_SCREENS).await, ScreenRecorded::Lost);
    world.scope.screen_not_read(&first, None).await.unwrap();
    assert_eq!(state(&world, sent.report.id).await, [ScreenState::Waiting], "the late one decides nothing");
    assert_eq!(read(&world.scope, &second, &refined(), NO_SCREENS).await, ScreenRecorded::Recorded { refined: true });
}

async fn a_screen_that_kills_its_readers_fails(world: Arc<World>) {
    let sent = with_screens(&world, 0, "s", 1).await;
    for n in 1..=MAX_SCREEN_TRIES {
        assert_eq!(claim(&world.store, at(i64::from(n) * 100)).await.unwrap().tries, n);
    }
    assert_eq!(claim(&world.store, at(900)).await, None);
    assert_eq!(state(&world, sent.report.id).await, [ScreenState::Failed]);
}

async fn a_failed_try_waits_for_its_time(world: Arc<World>) {
    let sent = with_screens(&world, 0, "s", 1).await;
    let first = claim(&world.store, at(1)).await.unwrap();
    world.scope.screen_not_read(&first, Some(at(20))).await.unwrap();
    assert_eq!(claim(&world.store, at(19)).await, None);
    let second = claim(&world.store, at(20)).await.unwrap();
    world.scope.screen_not_read(&second, None).await.unwrap();
    assert_eq!(state(&world, sent.report.id).await, [ScreenState::Failed]);
    assert_eq!(claim(&world.store, at(900)).await, None);
}

async fn a_screen_given_back_counts_as_no_try(world: Arc<World>) {
    with_screens(&world, 0, "s", 1).await;
    for _ in 0..5 {
        let claimed = claim(&world.store, at(1)).await.unwrap();
        assert_eq!(claimed.tries, 1);
        world.scope.give_screen_back(&claimed, at(1)).await.unwrap();
    }
}

async fn the_newest_is_taken_first_and_the_oldest_not_at_all(world: Arc<World>) {
    with_screens(&world, -2_000, "old", 1).await;
    let earlier = with_screens(&world, 0, "s", 1).await;
    let later = with_screens(&world, 5, "t", 1).await;
    let mut taken = Vec::new();
    while let Some(claimed) = claim(&world.store, at(10)).await {
        taken.push(claimed.report_id);
    }
    assert_eq!(taken, [later.report.id, earlier.report.id]);
}

async fn what_nobody_could_read_is_read_once_somebody_can(world: Arc<World>) {
    let sent = with_screens(&world, 0, "s", 2).await;
    let held = claim(&world.store, at(1)).await.unwrap();
    assert_eq!(world.store.screens_unavailable(at(2)).await.unwrap(), 1, "another collector reads the other");
    assert_eq!(world.store.screens_unavailable(at(2)).await.unwrap(), 0);
    let states = state(&world, sent.report.id).await;
    assert_eq!(states[usize::from(held.n)], ScreenState::Waiting);
    assert!(states.contains(&ScreenState::Unavailable));
    let claimed = claim(&world.store, at(3)).await.unwrap();
    let recorded = read(&world.scope, &claimed, &refined(), NO_SCREENS).await;
    assert_eq!(recorded, ScreenRecorded::Recorded { refined: true });
}

async fn a_killed_collectors_leases_end_at_its_next_start(world: Arc<World>) {
    with_screens(&world, 0, "s", 1).await;
    claim(&world.store, at(1)).await.unwrap();
    world.store.end_screen_leases(at(2)).await.unwrap();
    assert_eq!(claim(&world.store, at(2)).await.unwrap().tries, 2);
}

async fn the_text_refines_verdict_ticket_and_timeline(world: Arc<World>) {
    let sent = with_screens(&world, 0, "s", 1).await;
    let claimed = claim(&world.store, at(1)).await.unwrap();
    let mut changes = world.store.subscribe();
    let long = format!("\0{}", "я".repeat(MAX_SCREEN_TEXT_CHARS + 5));
    let recorded = world.scope.screen_read(&claimed, &reading(&long), &refined(), NO_SCREENS, at(30)).await.unwrap();
    assert_eq!(recorded, ScreenRecorded::Recorded { refined: true });
    assert_eq!(changes.recv().await.unwrap().number, 1, "live streams are told");
    let ticket = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!((ticket.summary.category, ticket.summary.priority), (Category::Storage, Priority::P2));
    let told = &ticket.timeline.last().unwrap().kind;
    let TimelineKind::VerdictRefined { report_id, from, to, source, .. } = told else { panic!("{told:?}") };
    assert_eq!((*report_id, *from, *to), (sent.report.id, Category::Email, Category::Storage));
    assert_eq!(*source, VerdictSource::Screen);
    let stored = &ticket.reports[0];
    assert_eq!(stored.verdict, refined());
    assert_eq!((stored.screens[0].state, stored.screens[0].read_at), (ScreenState::Read, Some(at(30))));
    assert_eq!(stored.screens[0].text.as_deref(), Some(&*"я".repeat(MAX_SCREEN_TEXT_CHARS)));
    assert_eq!(stored.basis(), VerdictBasis { sentences: 0, screens: 1 });
    let receipt = world.scope.find_receipt_row(sent.report.id).await.unwrap().unwrap();
    assert_eq!(receipt.verdict, refined(), "the receipt asked again says so too");
}

async fn a_change_that_does_not_matter_is_not_told(world: Arc<World>) {
    let sent = with_screens(&world, 0, "s", 1).await;
    let before = world.scope.find_ticket(1).await.unwrap().unwrap().timeline.len();
    let claimed = claim(&world.store, at(1)).await.unwrap();
    let mut nearly = sent.verdict.clone();
    nearly.category.confidence += 0.01;
    let recorded = read(&world.scope, &claimed, &nearly, NO_SCREENS).await;
    assert_eq!(recorded, ScreenRecorded::Recorded { refined: false });
    let ticket = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!(ticket.timeline.len(), before);
    assert_eq!(ticket.reports[0].verdict, nearly, "it is the newest all the same");
}

async fn a_sentence_that_came_meanwhile_has_it_judged_again(world: Arc<World>) {
    let sent = with_screens(&world, 0, "s", 1).await;
    let claimed = claim(&world.store, at(1)).await.unwrap();
    let text = follow_up(FollowUpKind::Text { text: "Не открывается папка".to_owned() });
    world.scope.follow_up(world.device, sent.report.id, &text, None, at(2)).await.unwrap();
    assert_eq!(read(&world.scope, &claimed, &refined(), NO_SCREENS).await, ScreenRecorded::Outdated);
    assert_eq!(world.scope.find_report(sent.report.id).await.unwrap().unwrap().verdict, sent.verdict);
    let basis = world.scope.find_report(sent.report.id).await.unwrap().unwrap().basis();
    assert_eq!(read(&world.scope, &claimed, &refined(), basis).await, ScreenRecorded::Recorded { refined: true });
    let stale = world.scope.refine_verdict(sent.report.id, &sent.verdict, basis, at(40)).await.unwrap();
    assert!(!stale, "a verdict that does not know the screen comes too late");
}

async fn presses_still_find_the_ticket(world: Arc<World>) {
    with_screens(&world, 0, "s", 1).await;
    let claimed = claim(&world.store, at(1)).await.unwrap();
    read(&world.scope, &claimed, &refined(), NO_SCREENS).await;
    let again = world.report(60, "s").store(&world.scope).await;
    assert_eq!((again.ticket.number, again.joined), (1, true), "the signature it was opened with still joins");
}

async fn what_staff_corrected_stays(world: Arc<World>) {
    with_screens(&world, 0, "s", 1).await;
    let correction = Correction {
        number: 1,
        category: Category::Printing,
        team: None,
        usual_team: "printing".to_owned(),
        staff_id: world.anna,
    };
    world.scope.correct_ticket(&correction, at(2)).await.unwrap();
    let claimed = claim(&world.store, at(3)).await.unwrap();
    read(&world.scope, &claimed, &refined(), NO_SCREENS).await;
    let ticket = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!(ticket.summary.category, Category::Printing);
    assert_eq!(ticket.reports[0].verdict, refined());
}

async fn a_resolved_ticket_stays_as_it_is(world: Arc<World>) {
    let sent = with_screens(&world, 0, "s", 1).await;
    let claimed = claim(&world.store, at(1)).await.unwrap();
    world.scope.resolve_ticket(1, world.anna, "Готово", at(2)).await.unwrap();
    let before = world.scope.find_ticket(1).await.unwrap().unwrap();
    let recorded = read(&world.scope, &claimed, &refined(), NO_SCREENS).await;
    assert_eq!(recorded, ScreenRecorded::Recorded { refined: false });
    let after = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!((after.summary, after.timeline), (before.summary, before.timeline));
    assert_eq!(state(&world, sent.report.id).await, [ScreenState::Read]);
}

async fn a_report_that_was_taken_back_is_not_read(world: Arc<World>) {
    let sent = with_screens(&world, 0, "s", 2).await;
    let claimed = claim(&world.store, at(1)).await.unwrap();
    let undo = follow_up(FollowUpKind::Withdraw);
    world.scope.follow_up(world.device, sent.report.id, &undo, None, at(2)).await.unwrap();
    assert_eq!(claim(&world.store, at(100)).await, None);
    assert_eq!(read(&world.scope, &claimed, &refined(), NO_SCREENS).await, ScreenRecorded::Lost);
    assert!(state(&world, sent.report.id).await.is_empty());
}

async fn another_organisation_neither_reads_nor_fails_it(world: Arc<World>) {
    let sent = with_screens(&world, 0, "s", 1).await;
    let claimed = claim(&world.store, at(1)).await.unwrap();
    let south = organisation(&world.store, "South").await;
    assert_eq!(read(&south, &claimed, &refined(), NO_SCREENS).await, ScreenRecorded::Lost);
    south.screen_not_read(&claimed, None).await.unwrap();
    south.give_screen_back(&claimed, at(1)).await.unwrap();
    assert!(south.refine_verdict(sent.report.id, &refined(), NO_SCREENS, at(1)).await.is_err());
    assert_eq!(state(&world, sent.report.id).await, [ScreenState::Waiting]);
    assert_eq!(read(&world.scope, &claimed, &refined(), NO_SCREENS).await, ScreenRecorded::Recorded { refined: true });
}
