//! Finds mass incidents in the stream of reports, off the way of the reports themselves.
//!
//! The organisation's log is read in its order, so what a collector concludes depends on the log alone: one that takes
//! over, or comes back after a crash, reads on from the last snapshot and concludes the same. On several collectors one
//! at a time groups an organisation (a lease in the database). It is woken by what this collector stores; what others
//! store on the same database is seen within [`limits::GROUPING_POLL`].

use std::collections::{HashMap, HashSet};

use store::{Backend, Change, OrganisationId, StoreError};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use uuid::Uuid;

use super::group::Group;
use crate::{app::AppState, limits};

/// Groups until the collector stops.
pub async fn run(app: AppState) {
    // A collector that is alone on its database need not wait for the lease of one that was killed.
    if app.store.backend() == Backend::Sqlite
        && let Err(error) = app.store.end_grouping_leases().await
    {
        tracing::warn!(%error, "leases of the grouping could not be ended");
    }
    let mut announced = app.store.subscribe();
    let mut grouping = Grouping { holder: Uuid::new_v4(), groups: HashMap::new() };
    let mut dirty = Dirty::All;
    loop {
        if let Err(error) = grouping.step(&app, &dirty).await {
            tracing::error!(%error, "grouping reports failed");
        }
        dirty = tokio::select! {
            () = app.stopping.cancelled() => break,
            woken = woken(&mut announced) => woken,
            () = tokio::time::sleep(pause(&app)) => Dirty::All,
        };
    }
    grouping.stop(&app).await;
}

/// Which organisations have news.
enum Dirty {
    All,
    Some(HashSet<OrganisationId>),
}

fn pause(app: &AppState) -> std::time::Duration {
    match app.store.backend() {
        Backend::Sqlite => limits::GROUPING_BEAT,
        Backend::Postgres => limits::GROUPING_POLL,
    }
}

/// Waits for an announcement and takes all that wait behind it.
async fn woken(announced: &mut Receiver<Change>) -> Dirty {
    let mut some = HashSet::new();
    match announced.recv().await {
        Ok(change) => some.insert(change.organisation_id),
        Err(RecvError::Lagged(_)) => return Dirty::All,
        // The store is closing; the collector stops.
        Err(RecvError::Closed) => return std::future::pending().await,
    };
    while let Ok(change) = announced.try_recv() {
        some.insert(change.organisation_id);
    }
    Dirty::Some(some)
}

struct Grouping {
    /// This collector, for the lease.
    holder: Uuid,
    groups: HashMap<OrganisationId, Group>,
}

impl Grouping {
    async fn step(&mut self, app: &AppState, dirty: &Dirty) -> Result<(), StoreError> {
        let organisations: Vec<OrganisationId> = match dirty {
            Dirty::All => app.store.list_organisations().await?.into_iter().map(|one| one.id).collect(),
            Dirty::Some(some) => some.iter().copied().collect(),
        };
        for organisation in organisations {
            let group = match self.groups.entry(organisation) {
                std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(Group::new(app.store.in_organisation(organisation), self.holder))
                }
            };
            // The next round tries again, from the last position that was kept; the others are not kept waiting.
            if let Err(error) = group.catch_up(app).await {
                tracing::error!(%error, %organisation, "grouping reports failed");
                group.forget();
            }
        }
        Ok(())
    }

    async fn stop(&mut self, app: &AppState) {
        for group in self.groups.values_mut() {
            if let Err(error) = group.stop(app).await {
                tracing::warn!(%error, "the grouping of an organisation was not put down; another takes it over in time");
            }
        }
    }
}
