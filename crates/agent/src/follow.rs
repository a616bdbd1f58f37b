//! Asking the collector what happened to this device's tickets, so that their people need not.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::collector::Failure;
use crate::core::{Core, lock};
use crate::durable;
use crate::state::AgentProblem;

const FILE: &str = "follow";
/// Between questions when no ticket is open.
const IDLE_INTERVAL: Duration = Duration::from_secs(300);
/// Most events in a page, `EventPage`.
const FULL_PAGE: usize = 100;

#[derive(Default, Serialize, Deserialize)]
struct Cursor {
    /// Whose events they are: another enrolment counts anew.
    device: Option<uuid::Uuid>,
    after: i64,
}

/// Follows until the engine stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut failures = 0;
    loop {
        let has_open = lock(&core.presses).has_open_tickets();
        let interval = match has_open {
            true => Duration::from_secs(core.policy.follow_interval_s.value),
            false => IDLE_INTERVAL,
        };
        let asked_at = Instant::now();
        let more = match ask(&core).await {
            Ok(more) => {
                failures = 0;
                more
            }
            Err(failure) => {
                tracing::debug!(%failure, "no news");
                if let Failure::Refused { code, .. } = failure {
                    let problem = match code {
                        report::ErrorCode::UnknownDevice | report::ErrorCode::Unauthenticated => {
                            Some(AgentProblem::UnknownDevice)
                        }
                        report::ErrorCode::DeviceRevoked => Some(AgentProblem::DeviceRevoked),
                        _ => None,
                    };
                    if let Some(problem) = problem {
                        crate::deliver::stop(&core, problem);
                    }
                }
                failures = (failures + 1).min(8);
                false
            }
        };
        if more {
            continue;
        }
        let wait = (interval * 2_u32.pow(failures)).min(IDLE_INTERVAL.max(interval));
        tokio::select! {
            () = core.cancel.cancelled() => return,
            () = tokio::time::sleep_until(asked_at + wait) => {}
            // A receipt has come: from now on news are to be expected, though not yet.
            () = core.news.notified() => {
                let soon = Duration::from_secs(core.policy.follow_interval_s.value);
                tokio::select! {
                    () = core.cancel.cancelled() => return,
                    () = tokio::time::sleep(soon) => {}
                }
            }
        }
    }
}

/// One question. Answers whether there is more to ask for.
async fn ask(core: &Arc<Core>) -> Result<bool, Failure> {
    let Some(contact) = core.contact().filter(|_| core.is_leader()) else { return Ok(false) };
    let device = contact.identity.device_id;
    let after = read(core).filter(|cursor| cursor.device == Some(device)).unwrap_or_default().after;
    let answer = tokio::select! {
        () = core.cancel.cancelled() => return Ok(false),
        answer = contact.collector.events(&contact.identity, after, core.collector_now()) => answer?,
    };
    core.note_date(answer.date);
    let page = answer.body;
    let count = page.events.len();
    if count > 0 {
        let changed = {
            let mut presses = lock(&core.presses);
            let changed = presses.apply(page.events);
            // A ticket may stand for several presses; each keeps where it stands.
            let answered: Vec<_> = presses.all().filter(|view| view.receipt.is_some()).map(|v| v.report_id).collect();
            for id in answered {
                presses.save(id);
            }
            changed
        };
        tracing::info!(presses = changed.len(), "news");
        core.publish();
    }
    // Only after the presses are kept: a crash in between shows news twice rather than never.
    if page.next != after {
        write(core, &Cursor { device: Some(device), after: page.next });
    }
    Ok(count >= FULL_PAGE)
}

fn path(core: &Core) -> PathBuf {
    core.paths.state.join(FILE)
}

fn read(core: &Core) -> Option<Cursor> {
    let sealed = durable::read(&path(core)).ok()??;
    serde_json::from_slice(&core.keys.unseal(FILE, &sealed).ok()?).ok()
}

fn write(core: &Core, cursor: &Cursor) {
    let written = serde_json::to_vec(cursor)
        .map_err(std::io::Error::other)
        .and_then(|plain| core.keys.seal(FILE, &plain))
        .and_then(|sealed| durable::write(&path(core), &sealed));
    if let Err(error) = written {
        tracing::warn!(%error, "the place in the news could not be kept");
    }
}
