//! A thousand presses of ten devices while the collector is killed twenty times: none lost, none doubled.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use agent::{
    CaptureError, Engine, EnrolmentToken, FactSource, Flags, NoKeyStore, Parts, Paths, Policy, PressInput, Question,
    Screen, ScreenSource, Shot,
};
use anyhow::{Context as _, ensure};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use report::{Fact, FactOutcome, Privacy};
use store::{AttachmentState, Store, TicketQuery, TicketView};
use tests::{PATIENCE, collector_process::CollectorProcess, desktop::until};
use uuid::Uuid;

const DEVICES: usize = 10;
const PRESSES: usize = 100;
const KILLS: usize = 20;
/// Names the run: with the same seed the collector is killed after the same pauses.
const SEED: u64 = 20_260_101;

/// A machine with one of five troubles, so that some presses join and others open tickets.
struct Troubled;

impl FactSource for Troubled {
    fn ask(&self, question: &Question) -> Vec<Fact> {
        let rung = ["gateway", "dns", "proxy", "internet", "link"][(question.now.timestamp_millis() % 5) as usize];
        let data =
            serde_json::json!({ "broken_rung": rung, "gateway": { "address": "10.2.0.1", "ok": rung != "gateway" } });
        let outcome = FactOutcome::Ok { data };
        vec![Fact { probe: "network".to_owned(), outcome, took_ms: 3, privacy: Privacy::Technical }]
    }
}

/// A screen that no two presses share.
struct Noise;

impl ScreenSource for Noise {
    fn capture(&self, _private_windows: &[String]) -> Result<Vec<Screen>, CaptureError> {
        let mut rgba = vec![0; 64 * 64 * 4];
        rand::rng().fill(&mut rgba[..]);
        let shot = Shot { width: 64, height: 64, rgba, private: Vec::new() };
        Ok(vec![Screen { monitor: "NOISE-1".to_owned(), shot: Ok(shot) }])
    }
}

fn state_folder(folder: &Path, device: usize) -> PathBuf {
    Paths::under(&folder.join(format!("device-{device}"))).state
}

fn device(folder: &Path, n: usize, url: &str, token: &str) -> anyhow::Result<Engine> {
    let paths = Paths::under(&folder.join(format!("device-{n}")));
    let flags = Flags {
        collector_url: Some(Some(url.to_owned())),
        enrolment_token: Some(Some(EnrolmentToken::new(token.to_owned()))),
        press_debounce_ms: Some(0),
        ..Flags::default()
    };
    let policy = Policy::load(&paths, flags)?;
    let parts = Parts {
        key_store: Arc::new(NoKeyStore),
        screens: Arc::new(Noise),
        facts: Arc::new(Troubled),
        ..Parts::default()
    };
    Ok(Engine::start_with(paths, policy, parts)?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_presses_survive_twenty_kills() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data_dir = folder.path().join("collector");
    let mut collector = CollectorProcess::start(&data_dir, &["limits.device_requests_per_minute=0"])?;
    let token = collector.token()?;
    let engines: Vec<Engine> =
        (0..DEVICES).map(|n| device(folder.path(), n, &collector.url(), &token)).collect::<Result<_, _>>()?;

    let pressing: Vec<_> = engines
        .iter()
        .cloned()
        .map(|engine| {
            tokio::spawn(async move {
                let mut ids = Vec::with_capacity(PRESSES);
                for _ in 0..PRESSES {
                    ids.push(engine.press(PressInput::default()).await?.0);
                }
                anyhow::Ok(ids)
            })
        })
        .collect();

    // The kills fall at random into the time in which there is work, and a collector may die young.
    let mut random = StdRng::seed_from_u64(SEED);
    for _ in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(random.random_range(20..900))).await;
        collector.kill()?;
        tokio::time::sleep(Duration::from_millis(random.random_range(0..300))).await;
        collector.start_again()?;
    }

    let mut ids = BTreeSet::new();
    for press in pressing {
        ids.extend(press.await??);
    }
    ensure!(ids.len() == DEVICES * PRESSES, "{} ids", ids.len());
    for (n, engine) in engines.iter().enumerate() {
        // Backoff may have grown to minutes while the collector was down; a person's click on "try again" does this.
        engine.retry_now();
        let outbox = state_folder(folder.path(), n).join("outbox");
        until("everything is sent, pictures too", PATIENCE, async || {
            Ok(std::fs::read_dir(&outbox)?.next().is_none().then_some(()))
        })
        .await?;
        let state = engine.subscribe().borrow().clone();
        ensure!(
            state.waiting == 0 && state.set_aside == 0,
            "{} wait, {} were set aside",
            state.waiting,
            state.set_aside
        );
    }
    for engine in &engines {
        engine.shutdown().await;
    }
    collector.stop()?;
    check(&data_dir, &ids).await
}

/// Every report is in the store with its picture, and tickets count each exactly once; nothing else is there.
async fn check(data_dir: &Path, ids: &BTreeSet<Uuid>) -> anyhow::Result<()> {
    let database = format!("sqlite://{}", data_dir.join("redbutton.db").display());
    let store = Store::open(&store::StoreOptions::new(database, data_dir.join("blobs"))).await?;
    let organisation = store.list_organisations().await?.into_iter().next().context("no organisation")?;
    let scope = store.in_organisation(organisation.id);

    let mut lost = Vec::new();
    let mut expected: BTreeMap<i64, u64> = BTreeMap::new();
    for &id in ids {
        let Some(stored) = scope.find_report(id).await? else {
            lost.push(id);
            continue;
        };
        *expected.entry(stored.ticket_number).or_default() += 1;
        ensure!(stored.attachments.len() == 1, "{id} has {} pictures", stored.attachments.len());
        ensure!(
            stored.attachments[0].state == AttachmentState::Stored,
            "the picture of {id} is {:?}",
            stored.attachments[0].state
        );
    }

    let mut counted: BTreeMap<i64, u64> = BTreeMap::new();
    let mut cursor = None;
    loop {
        let query = TicketQuery {
            view: TicketView::Open,
            merged_into: None,
            category: None,
            q: None,
            cursor,
            limit: 200,
            staff_id: Uuid::nil(),
        };
        let page = scope.list_tickets(&query).await?;
        counted.extend(page.items.iter().map(|ticket| (ticket.number, u64::from(ticket.reports))));
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    println!(
        "{} reports in {} tickets, {} lost; tickets count {} reports",
        ids.len(),
        counted.len(),
        lost.len(),
        counted.values().sum::<u64>()
    );
    ensure!(lost.is_empty(), "lost: {lost:?}");
    ensure!(counted == expected, "tickets count {counted:?} where there are {expected:?}");
    let found = store.integrity().await?;
    ensure!(found.problems.is_empty() && found.missing_blobs.is_empty(), "{found:?}");
    store.close().await;
    Ok(())
}
