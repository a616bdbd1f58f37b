use std::sync::Arc;

use store::{Enrolled, StoreError};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{World, at, enrol, hash, info, token};

on_both_databases! {
    enrols_as_many_devices_as_a_token_allows
    refuses_expired_revoked_and_unknown_tokens
    revokes_and_lists_devices
}

async fn enrols_as_many_devices_as_a_token_allows(world: Arc<World>) {
    let id = token(&world.scope, "three", None, Some(3)).await;
    let tries = (0..10).map(|n| {
        let store = world.store.clone();
        tokio::spawn(async move { enrol(&store, "three", Uuid::now_v7(), &format!("H{n}")).await })
    });
    let mut enrolled = 0;
    for one in tries.collect::<Vec<_>>() {
        if let Enrolled::Enrolled { device, organisation } = one.await.unwrap() {
            enrolled += 1;
            assert_eq!(organisation.name, "North");
            let found = world.store.device_by_id(device.id).await.unwrap().unwrap();
            assert_eq!((found.secret_hash, found.info), (hash(device.id.as_bytes()), device.info));
        }
    }
    assert_eq!(enrolled, 3);
    let tokens = world.scope.list_enrolment_tokens().await.unwrap();
    assert_eq!(tokens.iter().find(|token| token.id == id).unwrap().uses, 3);
}

async fn refuses_expired_revoked_and_unknown_tokens(world: Arc<World>) {
    token(&world.scope, "expired", Some(at(0)), None).await;
    let revoked = token(&world.scope, "revoked", None, None).await;
    world.scope.revoke_enrolment_token(revoked, at(0)).await.unwrap();
    token(&world.scope, "good", Some(at(1)), None).await;
    for value in ["expired", "revoked", "unknown"] {
        assert!(matches!(enrol(&world.store, value, Uuid::now_v7(), "H").await, Enrolled::Refused), "{value}");
    }
    assert!(matches!(enrol(&world.store, "good", Uuid::now_v7(), "H").await, Enrolled::Enrolled { .. }));
    let found = world.store.enrolment_token_by_hash(hash("expired")).await.unwrap().unwrap();
    assert_eq!((found.expires_at, found.uses), (Some(at(0)), 0));
    let unknown = world.scope.revoke_enrolment_token(Uuid::now_v7(), at(0)).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)));
}

async fn revokes_and_lists_devices(world: Arc<World>) {
    let second = crate::support::device(&world.scope, "PC-0").await;
    world.scope.revoke_device(world.device, at(9)).await.unwrap();
    world.scope.device_seen(second, &info("PC-0b"), at(8)).await.unwrap();
    assert_eq!(world.store.device_by_id(world.device).await.unwrap().unwrap().revoked_at, Some(at(9)));
    let first = world.scope.list_devices(None, 1).await.unwrap();
    assert_eq!((first[0].id, first[0].last_seen_at), (second, Some(at(8))));
    let rest = world.scope.list_devices(Some(("PC-0b", second)), 10).await.unwrap();
    assert_eq!(rest.iter().map(|device| device.id).collect::<Vec<_>>(), [world.device]);
}
