use store::testing::fresh;
use store::{Backend, Store, StoreError, StoreOptions};

use crate::support::World;

async fn tampered(options: &StoreOptions) -> sea_orm::DatabaseConnection {
    sea_orm::Database::connect(options.database_url.clone()).await.unwrap()
}

async fn opening_again_changes_nothing_on(backend: Backend) {
    let Some(world) = World::new(backend).await else { return };
    let row = world.report(0, "s").store(&world.scope).await;
    world.store.close().await;
    for _ in 0..2 {
        let store = Store::open(&world.fresh.options).await.unwrap();
        let scope = store.in_organisation(world.scope.organisation_id());
        assert_eq!(scope.find_receipt_row(row.report_id).await.unwrap().as_ref(), Some(&row));
        store.close().await;
    }
}

/// Again and again: which of them get into each other's way is a matter of luck.
async fn many_open_a_new_database_at_once_on(backend: Backend) {
    for _ in 0..12 {
        let Some(fresh) = fresh(backend) else { return };
        // Six times everything once more: to wait for the disk each time shows nothing of who gets into whose way.
        let options = StoreOptions { sqlite_synchronous_full: false, ..fresh.options.clone() };
        let opening = (0..6).map(|_| {
            let options = options.clone();
            tokio::spawn(async move { Store::open(&options).await })
        });
        for store in opening.collect::<Vec<_>>() {
            store.await.unwrap().unwrap().ping().await.unwrap();
        }
    }
}

async fn a_newer_database_is_refused_on(backend: Backend) {
    use sea_orm::ConnectionTrait;
    let Some(world) = World::new(backend).await else { return };
    world.store.close().await;
    let raw = tampered(&world.fresh.options).await;
    raw.execute_unprepared("INSERT INTO schema_version (version, name) VALUES (999, 'from the future')").await.unwrap();
    let refused = Store::open(&world.fresh.options).await.map(drop);
    assert!(matches!(refused, Err(StoreError::NewerDatabase { found: 999, known: 1.. })), "{refused:?}");
    assert!(refused.unwrap_err().to_string().contains("version 999"));
    raw.execute_unprepared("DELETE FROM schema_version WHERE version = 999").await.unwrap();
    Store::open(&world.fresh.options).await.unwrap();
}

macro_rules! on_both {
    ($($name:ident => $test:ident),+ $(,)?) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$test(store::Backend::Sqlite).await;
        })+ }
        mod postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$test(store::Backend::Postgres).await;
        })+ }
    };
}

on_both! {
    opening_again_changes_nothing => opening_again_changes_nothing_on,
    many_open_a_new_database_at_once => many_open_a_new_database_at_once_on,
    a_newer_database_is_refused => a_newer_database_is_refused_on,
}

#[tokio::test]
async fn an_address_of_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for url in ["mysql://x/y", "nonsense", "sqlite://relative.db"] {
        let refused = Store::open(&StoreOptions::new(url, folder.path())).await.map(drop);
        assert!(matches!(refused, Err(StoreError::BadAddress(_))), "{url}: {refused:?}");
    }
}
