//! What was acknowledged is there after kill -9 and on a full disk; what failed takes nobody with it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use store::testing::fresh;
use store::{Backend, Ingested, OrganisationId, Store, StoreError, StoreOptions};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Sent, World, at, organisation};

on_both_databases! {
    a_failing_write_takes_nobody_with_it
    every_acknowledged_report_survives_kill_9
}

async fn a_failing_write_takes_nobody_with_it(world: Arc<World>) {
    let posts = (0..60).map(|n| {
        let scope = world.scope.clone();
        let mut sent = world.report(n, &format!("s{n}")).with_pictures(1);
        if n % 3 == 0 {
            // The unique key of attachments refuses it half-way: ticket, report and body are in by then.
            let twice = sent.report.attachments[0].clone();
            sent.report.attachments.push(twice);
        }
        tokio::spawn(async move { (n, sent.report.id, sent.ingest(&scope).await) })
    });
    let mut kept = 0;
    for post in posts.collect::<Vec<_>>() {
        let (n, id, outcome) = post.await.unwrap();
        let there = world.scope.find_report(id).await.unwrap().is_some();
        match outcome {
            Ok(Ingested::Stored(_)) => kept += 1,
            Err(StoreError::Database(_)) => assert_eq!(n % 3, 0),
            other => panic!("{other:?}"),
        }
        assert_eq!(there, n % 3 != 0, "report {n}");
    }
    assert_eq!(kept, 40);
    let counts = world.scope.count_tickets(world.anna).await.unwrap();
    assert_eq!(counts.open, 40, "a refused report leaves no ticket");
}

const CHILD: &str = "STORE_TEST_CHILD";

/// Not a test by itself: the process that is killed by the test below. It stores reports as fast as it can and prints
/// the id of each once it is acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by every_acknowledged_report_survives_kill_9"]
async fn child_that_stores_until_it_is_killed() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let told: Vec<&str> = told.split('|').collect();
    let store = Store::open(&StoreOptions::new(told[0], told[1])).await.unwrap();
    let scope = store.in_organisation(OrganisationId(told[2].parse().unwrap()));
    let device: Uuid = told[3].parse().unwrap();
    let writers = (0..8).map(|writer| {
        let scope = scope.clone();
        tokio::spawn(async move {
            for n in 0.. {
                let sent = Sent::new(device, at(n), &format!("{writer} {n}"));
                sent.store(&scope).await;
                // One write call: a line is whole or not there.
                println!("stored {}", sent.report.id);
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}

async fn every_acknowledged_report_survives_kill_9(world: Arc<World>) {
    let mut acknowledged = Vec::new();
    for _ in 0..3 {
        let options = &world.fresh.options;
        let told = format!(
            "{}|{}|{}|{}",
            options.database_url,
            options.blobs_dir.display(),
            world.scope.organisation_id(),
            world.device
        );
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "durability::child_that_stores_until_it_is_killed", "--ignored", "--nocapture"])
            .env(CHILD, told)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut heard = 0;
        for line in output.lines() {
            let Ok(line) = line else { break };
            let Some(id) = line.split("stored ").nth(1) else { continue };
            // The line may have been cut by the kill.
            let Ok(id) = id.trim().parse::<Uuid>() else { continue };
            acknowledged.push(id);
            heard += 1;
            if heard == 100 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(heard >= 100, "the child stored reports");
    }
    world.store.close().await;
    let store = Store::open(&world.fresh.options).await.unwrap();
    let scope = store.in_organisation(world.scope.organisation_id());
    for id in &acknowledged {
        assert!(scope.find_report(*id).await.unwrap().is_some(), "{id} was acknowledged and is lost");
    }
    assert_eq!(store.integrity().await.unwrap().problems, Vec::<String>::new());
}

/// A small file system of its own; needs root, as in CI.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"]).arg(folder.path());
        if mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
            return Some(Self(folder));
        }
        eprintln!("full disk skipped: a tmpfs cannot be mounted here");
        None
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_an_error_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount(24) else { return };
    let at_disk = |name: &str| disk.0.path().join(name);
    let options = StoreOptions::new(format!("sqlite://{}", at_disk("store.db").display()), at_disk("blobs"));
    let store = Store::open(&options).await.unwrap();
    let scope = organisation(&store, "North").await;
    let device = crate::support::device(&scope, "PC-1").await;
    let mut kept = Vec::new();
    let mut refused = 0;
    for n in 0..400 {
        let posts = (0..4).map(|m| {
            let scope = scope.clone();
            let mut sent = Sent::new(device, at(n), &format!("{n} {m}"));
            sent.report.text = Some("x".repeat(60_000));
            tokio::spawn(async move { (sent.report.id, sent.ingest(&scope).await) })
        });
        for post in posts.collect::<Vec<_>>() {
            match post.await.unwrap() {
                (id, Ok(Ingested::Stored(_))) => kept.push(id),
                (_, Err(StoreError::OutOfRoom)) => refused += 1,
                (_, other) => panic!("{other:?}"),
            }
        }
        if refused > 20 {
            break;
        }
    }
    assert!(refused > 20 && !kept.is_empty(), "the disk filled up");
    let key = store::BlobKey { organisation_id: scope.organisation_id(), report_id: Uuid::now_v7(), n: 0 };
    let blob = store.blobs().put(key, vec![1; 20_000_000].into()).await;
    assert!(matches!(blob, Err(store::BlobError::OutOfRoom)), "{blob:?}");
    store.close().await;
    let store = Store::open(&options).await.unwrap();
    assert_eq!(store.integrity().await.unwrap().problems, Vec::<String>::new());
    let scope = store.in_organisation(scope.organisation_id());
    for id in kept {
        assert!(scope.find_report(id).await.unwrap().is_some(), "{id} was acknowledged and is lost");
    }
}

#[tokio::test]
async fn a_fresh_store_closes_without_having_been_used() {
    let fresh = fresh(Backend::Sqlite).unwrap();
    Store::open(&fresh.options).await.unwrap().close().await;
}
