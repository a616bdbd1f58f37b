use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use store::{Backend, BlobError, BlobKey};
use uuid::Uuid;

use crate::support::{World, hash};

async fn world() -> Arc<World> {
    World::new(Backend::Sqlite).await.unwrap()
}

fn key(world: &World) -> BlobKey {
    BlobKey { organisation_id: world.scope.organisation_id(), report_id: Uuid::now_v7(), n: 3 }
}

fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn a_blob_is_hashed_on_the_way_and_read_back() {
    let world = world().await;
    let (blobs, key) = (world.store.blobs(), key(&world));
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut writer = blobs.create(key, content.len() as u64).await.unwrap();
    for chunk in content.chunks(70_000) {
        writer.write(Bytes::copy_from_slice(chunk)).await.unwrap();
    }
    assert!(!blobs.exists(key).await.unwrap(), "it is not there before it is whole");
    let written = writer.commit().await.unwrap();
    assert_eq!((written.bytes, written.sha256), (content.len() as u64, hash(&content)));
    assert_eq!(blobs.read(key).await.unwrap(), content);
    assert_eq!(blobs.open(key).await.unwrap().1, content.len() as u64);
}

#[tokio::test]
async fn putting_again_replaces_and_deleting_twice_is_no_error() {
    let world = world().await;
    let (blobs, key) = (world.store.blobs(), key(&world));
    blobs.put(key, Bytes::from_static(b"one")).await.unwrap();
    blobs.put(key, Bytes::from_static(b"two")).await.unwrap();
    assert_eq!(blobs.read(key).await.unwrap(), "two");
    blobs.delete(key).await.unwrap();
    blobs.delete(key).await.unwrap();
    assert!(matches!(blobs.read(key).await, Err(BlobError::NotFound)));
}

#[tokio::test]
async fn an_aborted_or_too_large_upload_leaves_nothing() {
    let world = world().await;
    let (blobs, key) = (world.store.blobs(), key(&world));
    let folder = world.fresh.folder().join("blobs");
    let mut aborted = blobs.create(key, 10_000_000).await.unwrap();
    aborted.write(Bytes::from(vec![1; 2_000_000])).await.unwrap();
    assert_eq!(files(&folder), 1, "it has begun");
    drop(aborted);
    assert_eq!(files(&folder), 0);
    let mut too_large = blobs.create(key, 1_000_000).await.unwrap();
    too_large.write(Bytes::from(vec![1; 999_999])).await.unwrap();
    let refused = too_large.write(Bytes::from_static(b"23")).await;
    assert!(matches!(refused, Err(BlobError::TooLarge { max_bytes: 1_000_000 })));
    assert!(matches!(too_large.commit().await, Err(BlobError::TooLarge { .. })));
    assert_eq!(files(&folder), 0);
    assert!(!blobs.exists(key).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_uploads_at_once_are_all_there() {
    let world = world().await;
    let uploads = (0..64_u8).map(|n| {
        let (blobs, key) = (world.store.blobs().clone(), BlobKey { n, ..key(&world) });
        tokio::spawn(async move {
            blobs.put(key, Bytes::from(vec![n; 10_000])).await.unwrap();
            (key, n)
        })
    });
    for upload in uploads.collect::<Vec<_>>() {
        let (key, n) = upload.await.unwrap();
        assert_eq!(world.store.blobs().read(key).await.unwrap(), vec![n; 10_000]);
    }
}
