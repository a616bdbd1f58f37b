//! What staff say a ticket really is, and what of it stays.

use std::sync::Arc;

use report::{Category, FollowUpKind, Priority, TicketStatus};
use store::{Conflict, CorrectedText, Correction, StoreError, TicketSummary, TimelineKind};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Sent, World, at, device, follow_up, organisation, person, verdict};

on_both_databases! {
    a_correction_changes_the_ticket_and_is_told_in_its_timeline
    a_later_verdict_leaves_what_staff_decided
    correcting_back_takes_a_correction_back
    an_abstention_may_be_decided_but_nothing_is_decided_to_be_one
    corrections_are_read_newest_first_with_the_words_of_their_users
    a_member_of_a_major_incident_teaches_its_own_words_and_nobody_elses
    what_was_taken_back_teaches_nothing
    another_organisation_corrects_nothing
}

fn correction(number: i64, category: Category, staff_id: Uuid) -> Correction {
    Correction { number, category, team: None, usual_team: format!("{}-team", category.as_str()), staff_id }
}

async fn summary(world: &World, number: i64) -> TicketSummary {
    world.scope.find_ticket_summary(number).await.unwrap().unwrap()
}

async fn a_correction_changes_the_ticket_and_is_told_in_its_timeline(world: Arc<World>) {
    world.report(0, "s").store(&world.scope).await;
    let before = summary(&world, 1).await;
    assert!(!before.corrected);
    let change = correction(1, Category::Access, world.anna);
    let done = world.scope.correct_ticket(&change, at(1)).await.unwrap();
    assert_eq!(done.status, TicketStatus::New, "a correction takes nothing into work");
    world.scope.correct_ticket(&change, at(2)).await.unwrap();
    let named = Correction { team: Some("identity".to_owned()), ..change };
    world.scope.correct_ticket(&named, at(3)).await.unwrap();
    let ticket = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!((ticket.summary.category, ticket.summary.team.as_str()), (Category::Access, "identity"));
    assert!(ticket.summary.corrected);
    assert_eq!(ticket.summary.updated_at, at(3));
    let told: Vec<_> = ticket.timeline.iter().skip(1).map(|entry| entry.kind.clone()).collect();
    let to = |from, team: &str| TimelineKind::Recategorised { from, to: Category::Access, team: team.to_owned() };
    assert_eq!(
        told,
        [to(Category::Email, "access-team"), to(Category::Access, "identity")],
        "saying it again is no news"
    );
    assert_eq!(world.scope.tally_corrections(0).await.unwrap().changed, 1, "one row a ticket");
}

async fn a_later_verdict_leaves_what_staff_decided(world: Arc<World>) {
    let sent = world.report(0, "s");
    sent.store(&world.scope).await;
    world.scope.correct_ticket(&correction(1, Category::Access, world.anna), at(1)).await.unwrap();
    let later = verdict(Category::Network, Priority::P1, "t");
    let wrote = follow_up(FollowUpKind::Text { text: "и сайты тоже".to_owned() });
    world.scope.follow_up(world.device, sent.report.id, &wrote, Some(&later), at(2)).await.unwrap();
    let now = summary(&world, 1).await;
    assert_eq!((now.category, now.team.as_str()), (Category::Access, "access-team"));
    assert_eq!(now.priority, Priority::P1, "the rest follows the verdict");
    assert!(now.corrected);
    // What triage says now is what going back leads to.
    world.scope.correct_ticket(&correction(1, Category::Network, world.anna), at(3)).await.unwrap();
    let now = summary(&world, 1).await;
    assert_eq!((now.category, now.team), (Category::Network, later.team.value));
    assert!(!now.corrected);
}

async fn correcting_back_takes_a_correction_back(world: Arc<World>) {
    world.report(0, "s").store(&world.scope).await;
    let before = summary(&world, 1).await;
    world.scope.correct_ticket(&correction(1, Category::Access, world.anna), at(1)).await.unwrap();
    world.scope.correct_ticket(&correction(1, Category::Email, world.boris), at(2)).await.unwrap();
    let after = summary(&world, 1).await;
    assert_eq!((after.category, &after.team, after.corrected), (before.category, &before.team, false));
    assert!(world.scope.corrected_texts(i64::MAX, 10).await.unwrap().0.is_empty(), "nothing to learn from it");
    let tally = world.scope.tally_corrections(1).await.unwrap();
    assert_eq!((tally.revision, tally.changed, tally.last_at), (2, 1, Some(at(2))), "but that it changed is known");
    // Only the team is another: what triage says of the category is confirmed.
    let team = Correction { team: Some("security".to_owned()), ..correction(1, Category::Email, world.anna) };
    world.scope.correct_ticket(&team, at(3)).await.unwrap();
    assert!(summary(&world, 1).await.corrected);
    assert_eq!(world.scope.corrected_texts(i64::MAX, 10).await.unwrap().0[0].category, Category::Email);
}

async fn an_abstention_may_be_decided_but_nothing_is_decided_to_be_one(world: Arc<World>) {
    let mut unclear = world.report(0, "unclear");
    unclear.verdict = verdict(Category::Other, Priority::P4, "unclear");
    unclear.store(&world.scope).await;
    world.report(1, "clear").store(&world.scope).await;
    let scope = &world.scope;
    scope.correct_ticket(&correction(1, Category::Printing, world.anna), at(2)).await.unwrap();
    assert_eq!(summary(&world, 1).await.category, Category::Printing);
    scope.correct_ticket(&correction(1, Category::Other, world.anna), at(3)).await.unwrap();
    assert!(!summary(&world, 1).await.corrected, "the decision is taken back");
    let refused = scope.correct_ticket(&correction(2, Category::Other, world.anna), at(4)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::NoAbstention))), "{refused:?}");
    let withdrawn = follow_up(FollowUpKind::Withdraw);
    scope.follow_up(world.device, unclear.report.id, &withdrawn, None, at(5)).await.unwrap();
    let refused = scope.correct_ticket(&correction(1, Category::Email, world.anna), at(6)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Status(TicketStatus::Withdrawn)))), "{refused:?}");
    let unknown = scope.correct_ticket(&correction(9, Category::Email, world.anna), at(7)).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)), "{unknown:?}");
}

async fn corrections_are_read_newest_first_with_the_words_of_their_users(world: Arc<World>) {
    let scope = &world.scope;
    for n in 1..=5 {
        let mut sent = world.report(n, &format!("s{n}"));
        sent.report.text = (n != 3).then(|| format!("слова {n}"));
        sent.store(scope).await;
        scope.correct_ticket(&correction(n, Category::Access, world.anna), at(10 + n)).await.unwrap();
        let wrote = follow_up(FollowUpKind::Text { text: format!("ещё {n}") });
        if n == 2 {
            scope.follow_up(world.device, sent.report.id, &wrote, None, at(20)).await.unwrap();
        }
    }
    // Joins ticket 1; what it says is another person's day.
    world.report(6, "s1").store(scope).await;
    let mut read = Vec::new();
    let mut until = Some(i64::MAX);
    while let Some(place) = until {
        let (texts, next) = scope.corrected_texts(place, 2).await.unwrap();
        read.extend(texts);
        until = next;
    }
    let text = |number, sentences: &[&str]| CorrectedText {
        number,
        category: Category::Access,
        sentences: sentences.iter().map(|&sentence| sentence.to_owned()).collect(),
    };
    assert_eq!(
        read,
        [text(5, &["слова 5"]), text(4, &["слова 4"]), text(2, &["слова 2", "ещё 2"]), text(1, &["слова 1"])],
        "a ticket without words teaches nothing"
    );
}

async fn a_member_of_a_major_incident_teaches_its_own_words_and_nobody_elses(world: Arc<World>) {
    let scope = &world.scope;
    world.report(0, "s").store(scope).await;
    let notice = scope.make_major(&crate::walks::major(1, &[]), at(1)).await.unwrap();
    for (n, text) in (2..=3).zip(["почта просит пароль", "и у меня"]) {
        let mut member = Sent::new(device(scope, &format!("PC-{n}")).await, at(n), "m");
        member.report.text = Some(text.to_owned());
        member.as_member = Some(member.verdict.clone());
        member.notice = Some(notice.clone());
        assert_eq!(member.store(scope).await.ticket.number, 1, "it opens its ticket within the incident");
    }
    scope.correct_ticket(&correction(1, Category::Network, world.anna), at(10)).await.unwrap();
    scope.correct_ticket(&correction(2, Category::Access, world.anna), at(11)).await.unwrap();
    let (texts, _) = scope.corrected_texts(i64::MAX, 10).await.unwrap();
    let text = |number, category, sentence: &str| CorrectedText { number, category, sentences: vec![sentence.into()] };
    assert_eq!(
        texts,
        [text(2, Category::Access, "почта просит пароль"), text(1, Category::Network, "Не открывается почта")],
        "who corrected the incident looked at no member"
    );
}

async fn what_was_taken_back_teaches_nothing(world: Arc<World>) {
    let scope = &world.scope;
    let mut mistaken = world.report(0, "s");
    mistaken.report.text = Some("проверка".to_owned());
    mistaken.store(scope).await;
    world.report(1, "s").store(scope).await;
    scope.correct_ticket(&correction(1, Category::Access, world.anna), at(2)).await.unwrap();
    let taught = async || scope.corrected_texts(i64::MAX, 10).await.unwrap().0.remove(0).sentences;
    assert_eq!(taught().await, ["проверка"]);
    let withdrawn = follow_up(FollowUpKind::Withdraw);
    scope.follow_up(world.device, mistaken.report.id, &withdrawn, None, at(3)).await.unwrap();
    assert_eq!(taught().await, ["Не открывается почта"]);
}

async fn another_organisation_corrects_nothing(world: Arc<World>) {
    world.report(0, "s").store(&world.scope).await;
    let south = organisation(&world.store, "South").await;
    let stranger = person(&south, "stranger").await;
    for refused in [
        south.correct_ticket(&correction(1, Category::Access, stranger), at(1)).await,
        south.correct_ticket(&correction(1, Category::Access, world.anna), at(1)).await,
        world.scope.correct_ticket(&correction(1, Category::Access, stranger), at(1)).await,
    ] {
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    }
    assert!(!summary(&world, 1).await.corrected);
    world.scope.correct_ticket(&correction(1, Category::Access, world.anna), at(2)).await.unwrap();
    assert_eq!(south.tally_corrections(0).await.unwrap().changed, 0);
    assert!(south.corrected_texts(i64::MAX, 10).await.unwrap().0.is_empty());
}
