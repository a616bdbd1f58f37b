//! Versions of rules and of text models: kept, made active, gone back from.

use std::sync::Arc;

use report::LocalText;
use store::{Conflict, ModelScores, ModelState, NewRuleSet, NewTextModel, Scope, Store, StoreError};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{World, at, organisation, person};

on_both_databases! {
    the_newest_rules_are_active_until_others_are_chosen
    rules_of_another_organisation_are_not_there
    a_learned_model_becomes_active_unless_it_is_refused
    what_people_chose_stays_until_they_choose_again
    of_two_who_learned_at_once_one_is_kept
    old_models_are_given_up_but_never_the_active_one
    rules_and_models_survive_a_restart
}

fn rules(toml: &str, author: Uuid) -> NewRuleSet {
    NewRuleSet { toml: toml.to_owned(), note: format!("note on {toml}"), created_by: Some(author) }
}

fn model(after: i64, overlay: Option<&[u8]>) -> NewTextModel {
    NewTextModel {
        after,
        overlay: overlay.map(<[u8]>::to_vec),
        corrections: 7,
        learned_revision: 10 + after,
        scores: ModelScores {
            held_out_accuracy: 0.9,
            held_out_macro_f1: 0.8,
            shipped_accuracy: 0.7,
            shipped_macro_f1: 0.6,
        },
        reason: overlay.is_none().then(|| LocalText::new("Worse", "Хуже")),
        created_by: None,
    }
}

async fn states(scope: &Scope) -> Vec<(i64, ModelState)> {
    scope.list_text_models().await.unwrap().into_iter().map(|model| (model.version, model.state)).collect()
}

async fn the_newest_rules_are_active_until_others_are_chosen(world: Arc<World>) {
    let scope = &world.scope;
    assert_eq!((scope.active_rule_version().await.unwrap(), scope.active_rule_set().await.unwrap()), (0, None));
    assert_eq!(scope.publish_rule_set(&rules("one", world.anna), at(1)).await.unwrap(), 1);
    assert_eq!(scope.publish_rule_set(&rules("two", world.boris), at(2)).await.unwrap(), 2);
    assert_eq!(scope.active_rule_set().await.unwrap().unwrap().toml, "two");
    let listed = scope.list_rule_sets().await.unwrap();
    let lines: Vec<_> =
        listed.iter().map(|l| (l.version, l.active, l.created_by.as_ref().unwrap().name.as_str())).collect();
    assert_eq!(lines, [(2, true, "Boris"), (1, false, "Anna")]);
    assert_eq!((listed[0].note.as_str(), listed[0].created_at), ("note on two", at(2)));
    scope.activate_rule_set(1).await.unwrap();
    assert_eq!(scope.active_rule_set().await.unwrap().unwrap().toml, "one");
    let unknown = scope.activate_rule_set(3).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)), "{unknown:?}");
    assert_eq!(scope.active_rule_version().await.unwrap(), 1, "a refusal changes nothing");
    scope.activate_rule_set(0).await.unwrap();
    assert_eq!(scope.active_rule_version().await.unwrap(), 0);
    assert_eq!(scope.publish_rule_set(&rules("three", world.anna), at(3)).await.unwrap(), 3, "numbers are not reused");
    assert_eq!(scope.find_rule_set(2).await.unwrap().unwrap().toml, "two");
}

async fn rules_of_another_organisation_are_not_there(world: Arc<World>) {
    let south = organisation(&world.store, "South").await;
    let stranger = person(&south, "stranger").await;
    world.scope.publish_rule_set(&rules("north", world.anna), at(1)).await.unwrap();
    world.scope.keep_text_model(&model(0, Some(b"north")), at(1)).await.unwrap();
    assert!(south.active_rule_set().await.unwrap().is_none());
    assert!(south.find_rule_set(1).await.unwrap().is_none());
    assert!(south.list_rule_sets().await.unwrap().is_empty());
    assert!(south.active_overlay().await.unwrap().is_none());
    assert_eq!(south.newest_text_model().await.unwrap(), (0, 0));
    assert!(south.list_text_models().await.unwrap().is_empty());
    for refused in [
        south.activate_rule_set(1).await,
        south.activate_text_model(1).await,
        world.scope.publish_rule_set(&rules("x", stranger), at(2)).await.map(drop),
    ] {
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    }
    assert_eq!(south.publish_rule_set(&rules("south", stranger), at(2)).await.unwrap(), 1);
    assert_eq!(world.scope.active_rule_set().await.unwrap().unwrap().toml, "north");
}

async fn a_learned_model_becomes_active_unless_it_is_refused(world: Arc<World>) {
    let scope = &world.scope;
    assert_eq!(scope.active_model_version().await.unwrap(), 0);
    assert_eq!(scope.keep_text_model(&model(0, Some(b"one")), at(1)).await.unwrap(), Some(1));
    assert_eq!(scope.keep_text_model(&model(1, None), at(2)).await.unwrap(), Some(2));
    assert_eq!(states(scope).await, [(2, ModelState::Refused), (1, ModelState::Active)]);
    assert_eq!(scope.active_overlay().await.unwrap(), Some((1, b"one".to_vec())));
    assert_eq!(scope.newest_text_model().await.unwrap(), (2, 11), "a refused one need not be learned again");
    let refused = scope.activate_text_model(2).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::RefusedModel))), "{refused:?}");
    assert_eq!(scope.keep_text_model(&model(2, Some(b"three")), at(3)).await.unwrap(), Some(3));
    assert_eq!(scope.active_model_version().await.unwrap(), 3);
    let listed = scope.list_text_models().await.unwrap();
    assert_eq!(listed[1].reason, Some(LocalText::new("Worse", "Хуже")));
    assert_eq!((listed[0].scores, listed[0].corrections, listed[0].created_at), (model(0, None).scores, 7, at(3)));
}

async fn what_people_chose_stays_until_they_choose_again(world: Arc<World>) {
    let scope = &world.scope;
    scope.keep_text_model(&model(0, Some(b"one")), at(1)).await.unwrap();
    scope.activate_text_model(0).await.unwrap();
    assert_eq!(scope.active_overlay().await.unwrap(), None);
    scope.keep_text_model(&model(1, Some(b"two")), at(2)).await.unwrap();
    assert_eq!(states(scope).await, [(2, ModelState::Available), (1, ModelState::Available)]);
    scope.activate_text_model(2).await.unwrap();
    scope.keep_text_model(&model(2, Some(b"three")), at(3)).await.unwrap();
    assert_eq!(scope.active_model_version().await.unwrap(), 3, "back on the newest, it goes on by itself");
    let unknown = scope.activate_text_model(9).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)), "{unknown:?}");
    assert_eq!(scope.active_model_version().await.unwrap(), 3);
}

async fn of_two_who_learned_at_once_one_is_kept(world: Arc<World>) {
    let scope = &world.scope;
    let (a, b) = (model(0, Some(b"a")), model(0, Some(b"b")));
    let (a, b) = tokio::join!(scope.keep_text_model(&a, at(1)), scope.keep_text_model(&b, at(1)));
    let mut kept = [a.unwrap(), b.unwrap()];
    kept.sort_unstable();
    assert_eq!(kept, [None, Some(1)]);
}

async fn old_models_are_given_up_but_never_the_active_one(world: Arc<World>) {
    let scope = &world.scope;
    scope.keep_text_model(&model(0, Some(b"first")), at(1)).await.unwrap();
    scope.keep_text_model(&model(1, Some(b"second")), at(2)).await.unwrap();
    scope.activate_text_model(1).await.unwrap();
    for after in 2..23 {
        scope.keep_text_model(&model(after, Some(b"later")), at(after)).await.unwrap();
    }
    let kept: Vec<i64> = scope.list_text_models().await.unwrap().iter().filter(|m| m.kept).map(|m| m.version).collect();
    let newest = (4..=23).rev();
    assert_eq!(kept, newest.chain([1]).collect::<Vec<_>>(), "twenty, and the one people chose");
    assert_eq!(scope.active_overlay().await.unwrap(), Some((1, b"first".to_vec())));
    assert!(matches!(scope.activate_text_model(2).await, Err(StoreError::NotFound)));
}

async fn rules_and_models_survive_a_restart(world: Arc<World>) {
    world.scope.publish_rule_set(&rules("one", world.anna), at(1)).await.unwrap();
    world.scope.keep_text_model(&model(0, Some(b"one")), at(1)).await.unwrap();
    world.store.close().await;
    let store = Store::open(&world.fresh.options).await.unwrap();
    let scope = store.in_organisation(world.scope.organisation_id());
    assert_eq!(scope.active_rule_set().await.unwrap().unwrap().toml, "one");
    assert_eq!(scope.active_overlay().await.unwrap(), Some((1, b"one".to_vec())));
}
