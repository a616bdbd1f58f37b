use std::sync::Arc;

use bytes::Bytes;
use store::{Backend, BlobKey, Store, StoreError, StoreOptions};

use crate::on_both_databases;
use crate::support::{World, at};

on_both_databases! {
    backs_up_what_is_there
    finds_missing_blobs
    refuses_writes_once_closed
}

async fn backs_up_what_is_there(world: Arc<World>) {
    let sent = world.report(0, "s").with_pictures(1);
    let row = sent.store(&world.scope).await;
    let key = BlobKey { organisation_id: world.scope.organisation_id(), report_id: row.report_id, n: 0 };
    world.store.blobs().put(key, Bytes::from_static(b"\0\0\0")).await.unwrap();
    world.scope.attachment_stored(row.report_id, 0, at(1)).await.unwrap();
    let target = tempfile::tempdir().unwrap();
    let backup = world.store.backup_to(target.path()).await.unwrap();
    assert_eq!(backup.blobs, 1);
    assert!(world.store.backup_to(target.path()).await.is_err(), "a folder that holds something is refused");
    match world.store.backend() {
        Backend::Postgres => assert_eq!(backup.database, None),
        Backend::Sqlite => {
            let url = format!("sqlite://{}", backup.database.unwrap().display());
            let copy = Store::open(&StoreOptions::new(url, backup.blobs_dir)).await.unwrap();
            let scope = copy.in_organisation(world.scope.organisation_id());
            assert_eq!(scope.find_report(row.report_id).await.unwrap().unwrap().report, sent.report);
            assert_eq!(copy.blobs().read(key).await.unwrap(), "\0\0\0");
            let found = copy.integrity().await.unwrap();
            assert!(found.problems.is_empty() && found.missing_blobs.is_empty(), "{found:?}");
        }
    }
}

async fn finds_missing_blobs(world: Arc<World>) {
    let sent = world.report(0, "s").with_pictures(2);
    sent.store(&world.scope).await;
    let key = |n| BlobKey { organisation_id: world.scope.organisation_id(), report_id: sent.report.id, n };
    for n in [0, 1] {
        world.store.blobs().put(key(n), Bytes::from_static(b"x")).await.unwrap();
        world.scope.attachment_stored(sent.report.id, n, at(1)).await.unwrap();
    }
    assert_eq!(world.store.integrity().await.unwrap().missing_blobs, []);
    world.store.blobs().delete(key(1)).await.unwrap();
    let found = world.store.integrity().await.unwrap();
    assert_eq!((found.missing_blobs, found.problems.len()), (vec![key(1)], 0));
}

async fn refuses_writes_once_closed(world: Arc<World>) {
    let pending = (0..20).map(|n| {
        let (sent, scope) = (world.report(n, &n.to_string()), world.scope.clone());
        tokio::spawn(async move { sent.ingest(&scope).await })
    });
    let pending: Vec<_> = pending.collect();
    world.store.close().await;
    for outcome in pending {
        let outcome = outcome.await.unwrap();
        assert!(matches!(outcome, Ok(_) | Err(StoreError::Closed)), "{outcome:?}");
    }
    let refused = world.report(99, "s").ingest(&world.scope).await;
    assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
}
