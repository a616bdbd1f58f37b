use std::sync::Arc;

use store::{Conflict, NewSession, NewStaff, Role, StoreError};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{World, at, hash, organisation};

on_both_databases! {
    a_login_is_unique_everywhere_and_found_in_any_case
    a_session_ends_at_its_time_and_with_its_person
    disabled_people_do_nothing
}

async fn a_login_is_unique_everywhere_and_found_in_any_case(world: Arc<World>) {
    let south = organisation(&world.store, "South").await;
    let mut new = NewStaff {
        id: Uuid::now_v7(),
        login: "Вера@example.org".to_owned(),
        name: "Вера".to_owned(),
        role: Role::Lead,
        language: report::Language::Ru,
        password_hash: None,
    };
    world.scope.create_staff(&new, at(0)).await.unwrap();
    let found = world.store.staff_by_login("ВЕРА@EXAMPLE.ORG").await.unwrap().unwrap();
    assert_eq!((found.id, found.role, found.organisation_id), (new.id, Role::Lead, world.scope.organisation_id()));
    new.id = Uuid::now_v7();
    new.login = "вера@example.org".to_owned();
    let refused = south.create_staff(&new, at(0)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Exists))), "{refused:?}");
    let again = world.store.create_organisation(store::OrganisationId(Uuid::now_v7()), "South", at(0)).await;
    assert!(matches!(again, Err(StoreError::Conflict(Conflict::Exists))), "{again:?}");
}

async fn sign_in(world: &World, token: &str) {
    let new = NewSession { token_hash: hash(token), staff_id: world.anna, expires_at: at(100) };
    world.scope.create_session(&new, at(0)).await.unwrap();
}

async fn a_session_ends_at_its_time_and_with_its_person(world: Arc<World>) {
    let store = &world.store;
    sign_in(&world, "a").await;
    sign_in(&world, "b").await;
    let session = store.session_by_token_hash(hash("a"), at(99)).await.unwrap().unwrap();
    assert_eq!((session.staff.id, session.expires_at), (world.anna, at(100)));
    assert!(store.session_by_token_hash(hash("a"), at(100)).await.unwrap().is_none());
    store.touch_session(hash("a"), at(50), at(200)).await.unwrap();
    assert!(store.session_by_token_hash(hash("a"), at(150)).await.unwrap().is_some());
    store.touch_session(hash("b"), at(150), at(900)).await.unwrap();
    assert!(store.session_by_token_hash(hash("b"), at(150)).await.unwrap().is_none(), "it is not brought back");
    assert_eq!(store.delete_expired_sessions(at(150)).await.unwrap(), 1);
    store.delete_session(hash("a")).await.unwrap();
    assert!(store.session_by_token_hash(hash("a"), at(150)).await.unwrap().is_none());
    sign_in(&world, "c").await;
    world.scope.set_password_hash(world.anna, "new").await.unwrap();
    assert!(store.session_by_token_hash(hash("c"), at(1)).await.unwrap().is_none(), "a new password signs out");
    assert_eq!(world.scope.find_staff(world.anna).await.unwrap().unwrap().password_hash.as_deref(), Some("new"));
}

async fn disabled_people_do_nothing(world: Arc<World>) {
    world.report(0, "s").store(&world.scope).await;
    sign_in(&world, "a").await;
    world.scope.disable_staff(world.anna, at(1)).await.unwrap();
    assert!(world.store.session_by_token_hash(hash("a"), at(2)).await.unwrap().is_none());
    let new = NewSession { token_hash: hash("b"), staff_id: world.anna, expires_at: at(100) };
    assert!(matches!(world.scope.create_session(&new, at(2)).await, Err(StoreError::NotFound)));
    assert!(matches!(world.scope.take_ticket(1, world.anna, false, at(2)).await, Err(StoreError::NotFound)));
    assert_eq!(world.scope.list_staff().await.unwrap().len(), 2, "they stay in the list");
}
