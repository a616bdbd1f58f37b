//! The job: takes screens from the store's queue, one after the other, and refines verdicts. It stands beside the requests
//! and never before them.

use std::time::Duration;

use chrono::{DateTime, Utc};
use store::{Backend, BlobError, BlobKey, ClaimedScreen, MAX_SCREEN_TRIES, ScreenReading, ScreenRecorded, StoreError};

use super::{
    limited_process::Ended,
    read::{NotRead, Screen, read},
    tesseract::{Tesseract, Trouble},
};
use crate::{
    app::{App, AppState},
    ingest, limits,
};

/// Runs until the collector stops.
pub async fn run(app: AppState) {
    if app.store.backend() == Backend::Sqlite
        && let Err(error) = app.store.end_screen_leases(app.clock.now()).await
    {
        tracing::warn!(%error, "leases of screens could not be ended");
    }
    let workers = (0..app.config.screens.workers).map(|_| work(&app));
    futures_util::future::join_all(workers).await;
}

async fn work(app: &App) {
    let (mut known, mut told) = (None, None);
    while !app.stopping.is_cancelled() {
        let found = match known.take() {
            Some(tesseract) => Ok(tesseract),
            None => recogniser(app).await,
        };
        let pause = match found {
            Ok(tesseract) => match drain(app, &tesseract).await {
                Drained::Nothing => {
                    known = Some(tesseract);
                    limits::SCREEN_POLL
                }
                // It is looked for anew.
                Drained::NoRecogniser => Duration::ZERO,
            },
            Err(why) => {
                if told.as_ref() != Some(&why) {
                    tracing::warn!(%why, "screens are not read: verdicts are made without them");
                    told = Some(why);
                }
                if let Err(error) = app.store.screens_unavailable(app.clock.now()).await {
                    tracing::warn!(%error, "screens could not be marked as unread");
                }
                limits::SCREEN_POLL
            }
        };
        tokio::select! {
            () = app.stopping.cancelled() => {}
            () = app.screen_stored.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Why nothing reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Unread {
    #[error("screens.enabled is false")]
    SwitchedOff,
    #[error(transparent)]
    Recogniser(#[from] Trouble),
}

/// What reads.
async fn recogniser(app: &App) -> Result<Tesseract, Unread> {
    let set = &app.config.screens;
    if !set.enabled {
        return Err(Unread::SwitchedOff);
    }
    Ok(Tesseract::find(&set.command).await?)
}

/// Why there is nothing more to do.
enum Drained {
    Nothing,
    NoRecogniser,
}

/// Reads until nothing waits.
async fn drain(app: &App, tesseract: &Tesseract) -> Drained {
    loop {
        if app.stopping.is_cancelled() {
            return Drained::Nothing;
        }
        let now = app.clock.now();
        let lease_ends = now + app.config.screens.time_limit.as_delta() + limits::SCREEN_LEASE_MARGIN;
        let claim = match app.store.claim_screen(now, lease_ends, now - limits::SCREEN_WORTH_READING).await {
            Ok(Some(claim)) => claim,
            Ok(None) => return Drained::Nothing,
            Err(error) => {
                tracing::warn!(%error, "no screen could be taken");
                return Drained::Nothing;
            }
        };
        let outcome = tokio::select! {
            outcome = one(app, tesseract, &claim) => outcome,
            () = app.stopping.cancelled() => {
                give_back(app, &claim).await;
                return Drained::Nothing;
            }
        };
        match outcome {
            Ok(()) => {}
            Err(Stuck::Recogniser) => return Drained::NoRecogniser,
            Err(Stuck::Store(error)) => {
                // The lease ends by itself.
                tracing::warn!(%error, report = %claim.report_id, n = claim.n, "a screen could not be kept");
                return Drained::Nothing;
            }
        }
    }
}

/// Why the next screen would fare no better.
enum Stuck {
    Recogniser,
    Store(StoreError),
}

impl From<StoreError> for Stuck {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn one(app: &App, tesseract: &Tesseract, claim: &ClaimedScreen) -> Result<(), Stuck> {
    let set = &app.config.screens;
    let scope = app.store.in_organisation(claim.organisation_id);
    let key = BlobKey { organisation_id: claim.organisation_id, report_id: claim.report_id, n: claim.n };
    let screen = match app.store.blobs().read(key).await {
        Ok(file) => read(tesseract, file.to_vec(), set.max_megapixels, set.time_limit.0).await,
        Err(error) => return Ok(not_read(app, claim, &BlobTrouble(error), again_at(claim, app.clock.now())).await?),
    };
    match screen {
        Ok(screen) => Ok(keep(app, tesseract, claim, screen).await?),
        Err(NotRead::Recogniser(Ended::NotStarted(_))) => {
            scope.give_screen_back(claim, app.clock.now()).await?;
            Err(Stuck::Recogniser)
        }
        Err(why @ NotRead::Unreadable(_)) => Ok(not_read(app, claim, &why, None).await?),
        Err(why) => Ok(not_read(app, claim, &why, again_at(claim, app.clock.now())).await?),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("its file cannot be read: {0}")]
struct BlobTrouble(BlobError);

/// When a screen is tried again, if it is: the pause grows four times with each try.
fn again_at(claim: &ClaimedScreen, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let tries = claim.tries.min(MAX_SCREEN_TRIES);
    (tries < MAX_SCREEN_TRIES).then(|| now + limits::SCREEN_BACK_OFF * 4_u32.pow(tries.saturating_sub(1)))
}

async fn not_read(
    app: &App,
    claim: &ClaimedScreen,
    why: &(dyn std::error::Error + Sync),
    again_at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let again = again_at.is_some();
    tracing::warn!(%why, report = %claim.report_id, n = claim.n, tries = claim.tries, again, "a screen was not read");
    if !again {
        app.metrics.screens_failed.increment(1);
    }
    app.store.in_organisation(claim.organisation_id).screen_not_read(claim, again_at).await
}

/// Keeps the text together with the verdict made with it. Made again when the user adds something meanwhile.
async fn keep(app: &App, tesseract: &Tesseract, claim: &ClaimedScreen, screen: Screen) -> Result<(), StoreError> {
    let scope = app.store.in_organisation(claim.organisation_id);
    let reading = ScreenReading { text: screen.text, engine: tesseract.version.clone() };
    loop {
        let Some(stored) = scope.find_report(claim.report_id).await? else { return Ok(()) };
        let verdict = ingest::verdict(app, &scope, &stored, None, Some((claim.n, &reading.text))).await?;
        match scope.screen_read(claim, &reading, &verdict, stored.basis(), app.clock.now()).await? {
            ScreenRecorded::Outdated => {}
            ScreenRecorded::Recorded { refined } => {
                app.metrics.screens_read.increment(1);
                tracing::debug!(report = %claim.report_id, n = claim.n, refined, "a screen was read");
                return Ok(());
            }
            ScreenRecorded::Lost => return Ok(()),
        }
    }
}

async fn give_back(app: &App, claim: &ClaimedScreen) {
    let scope = app.store.in_organisation(claim.organisation_id);
    if let Err(error) = scope.give_screen_back(claim, app.clock.now()).await {
        // The lease ends by itself.
        tracing::warn!(%error, "a screen could not be given back");
    }
}
