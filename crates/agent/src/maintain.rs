//! What is looked at once a second: cheap, and nothing of it when nothing has changed.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use uuid::Uuid;

use crate::core::{Core, lock};
use crate::identity::Identity;
use crate::network_watch::{Watch, way_out};
use crate::outbox::{Item, Lease};
use crate::state::{AgentProblem, PressStage};

const LOOK: Duration = Duration::from_secs(1);
/// Every so many looks, what failed before is tried again: a full disk, a locked key store.
const RETRY_LOOKS: u32 = 5;

/// Takes up what the last run left.
pub(crate) fn recover(core: &Arc<Core>) -> std::io::Result<()> {
    if core.is_leader() {
        core.outbox.clean(SystemTime::now())?;
        core.scan()?;
        close_lost(core);
    }
    Ok(())
}

/// Presses that were being made when the last run ended before they were saved: there is no report of them.
fn close_lost(core: &Arc<Core>) {
    // A report whose key cannot be had now is not lost.
    if lock(&core.problems).contains(&AgentProblem::KeyStoreLocked) {
        return;
    }
    let lost: Vec<Uuid> = {
        let queue = lock(&core.queue);
        let presses = lock(&core.presses);
        let unfinished = |view: &&crate::PressView| view.stage.is_under_way() && queue.get(view.report_id).is_none();
        presses.all().filter(unfinished).map(|view| view.report_id).collect()
    };
    for id in lost.into_iter().filter(|id| !lock(&core.unfinished).contains_key(id)) {
        tracing::warn!(report = %id, "a press was cut off before it was saved");
        core.change(id, |view| {
            view.stage = PressStage::Withdrawn;
            view.can_undo = false;
        });
    }
}

/// Looks until the engine stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut network = Watch::new(way_out(), core.world.clock.now(), Instant::now());
    let mut outbox_stamp = core.outbox.stamp();
    let mut identity_stamp = Identity::stamp(&core.paths.state);
    let mut looks = 0_u32;
    loop {
        tokio::select! {
            () = core.cancel.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        looks = looks.wrapping_add(1);
        if network.look(way_out(), core.world.clock.now(), Instant::now()) {
            tracing::info!("the network is back, or the machine woke up: trying now");
            lock(&core.queue).hurry();
            core.wake();
            core.news.notify_one();
        }
        let now_stamp = Identity::stamp(&core.paths.state);
        let is_locked = lock(&core.problems).contains(&AgentProblem::KeyStoreLocked);
        let again = is_locked && looks.is_multiple_of(RETRY_LOOKS);
        if now_stamp != identity_stamp || again {
            identity_stamp = now_stamp;
            core.load_identity();
        }
        take_lease(&core).await;
        let now_stamp = core.outbox.stamp();
        if now_stamp != outbox_stamp || again {
            outbox_stamp = now_stamp;
            let scanning = Arc::clone(&core);
            if let Ok(Err(error)) = core.runtime.spawn_blocking(move || scanning.scan()).await {
                tracing::error!(%error, "the outbox cannot be read");
            }
        }
        if !core.is_leader() {
            follow_leader(&core);
        }
        if looks.is_multiple_of(RETRY_LOOKS) {
            write_what_had_no_room(&core).await;
        }
        core.publish();
    }
}

/// The process that delivered may be gone.
async fn take_lease(core: &Arc<Core>) {
    if core.is_leader() {
        return;
    }
    match Lease::try_take(&core.paths.state) {
        Ok(Some(lease)) => {
            tracing::info!("delivering from now on");
            *lock(&core.lease) = Some(lease);
            lock(&core.presses).reread(|_| true);
            let recovering = Arc::clone(core);
            if let Ok(Err(error)) = core.runtime.spawn_blocking(move || recover(&recovering)).await {
                tracing::error!(%error, "the outbox cannot be read");
            }
        }
        Ok(None) => {}
        Err(error) => tracing::error!(%error, "the lease cannot be taken"),
    }
}

/// Shows what the delivering process knows.
fn follow_leader(core: &Arc<Core>) {
    let mut presses = lock(&core.presses);
    presses.reread(|_| true);
}

/// Room may have come: reports kept in memory become durable.
async fn write_what_had_no_room(core: &Arc<Core>) {
    let unsaved: Vec<(Item, Vec<(u8, Bytes)>)> = {
        let queue = lock(&core.queue);
        let entries = queue.entries().filter_map(|entry| {
            let pictures = entry.in_memory.as_ref()?;
            Some((entry.item.clone(), pictures.iter().map(|(n, bytes)| (*n, bytes.clone())).collect()))
        });
        entries.collect()
    };
    let had_some = !unsaved.is_empty();
    let mut all_saved = true;
    for (item, pictures) in unsaved {
        let id = item.id;
        let put = core
            .disk(move |outbox| {
                let slices: Vec<(u8, &[u8])> = pictures.iter().map(|(n, bytes)| (*n, &bytes[..])).collect();
                outbox.put(&item, &slices)
            })
            .await;
        match put {
            Ok(_) => {
                // What found no room is found missing when its turn comes, and told then.
                let still_here = lock(&core.queue).get_mut(id).map(|entry| entry.in_memory = None).is_some();
                if still_here {
                    core.change(id, |view| {
                        if view.stage == PressStage::Diagnosing {
                            view.stage = PressStage::Saved;
                        }
                    });
                } else {
                    // It arrived while it was being written.
                    drop(core.disk(move |outbox| outbox.remove(id)).await);
                }
            }
            Err(_) => all_saved = false,
        }
    }
    if had_some && all_saved {
        core.set_problem(AgentProblem::NotSaved, false);
    }
}
