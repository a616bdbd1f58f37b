//! Sending what the outbox holds: a report first, then its pictures and what people add, until the collector has it
//! all or refuses it for good.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use report::{ErrorCode, FollowUp, FollowUpKind, Omission, OmissionReason, Receipt, Report};
use tokio::time::Instant;
use uuid::Uuid;

use crate::backoff;
use crate::collector::{Answer, Failure};
use crate::core::{Contact, Core, lock};
use crate::notice_answer;
use crate::outbox::{Item, OutboxError};
use crate::presses::omit;
use crate::queue::{Lane, Next, Pause, Work};
use crate::seal::UnsealError;
use crate::state::{AgentProblem, PressStage};

/// Most times one report is stamped anew.
const MOST_RESTAMPS: u8 = 3;
/// Most times one picture is sent again because it arrived broken.
const MOST_RESENDS: u32 = 5;
/// A report may wait this long, `docs/api.md`; a day is left for the clocks.
const OLDEST_PRESS: TimeDelta = TimeDelta::days(89);
/// How often a device that is not known (any more) asks again: IT may have put it back.
const UNKNOWN_DEVICE_PAUSE: Duration = Duration::from_secs(3600);

/// Works through one lane until the engine stops.
pub(crate) async fn run(core: Arc<Core>, lane: Lane) {
    let mut wake = core.wake.subscribe();
    loop {
        wake.mark_unchanged();
        // Without the lease the queue holds nothing but what this process could not write to disk.
        let contact = core.contact();
        let next = match &contact {
            Some(_) => lock(&core.queue).next(lane, Instant::now()),
            None => Next::Nothing,
        };
        let until = match (next, contact) {
            (Next::Do(work), Some(contact)) => {
                tokio::select! {
                    () = core.cancel.cancelled() => return,
                    () = deliver(&core, &contact, work) => continue,
                }
            }
            (Next::WaitUntil(at), _) => Some(at),
            _ => None,
        };
        let timer = async {
            match until {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = core.cancel.cancelled() => return,
            _ = wake.changed() => {}
            () = timer => {}
        }
    }
}

async fn deliver(core: &Arc<Core>, contact: &Contact, work: Work) {
    match work {
        Work::Report(id) => report(core, contact, id).await,
        Work::Picture { report, n } => picture(core, contact, report, n).await,
        Work::FollowUp { report, follow_up } => addition(core, contact, report, follow_up).await,
    }
}

async fn report(core: &Arc<Core>, contact: &Contact, id: Uuid) {
    let Some(body) = lock(&core.queue).get(id).and_then(|entry| entry.item.body.clone()) else { return };
    core.change(id, |view| {
        if view.stage != PressStage::Withdrawn {
            view.stage = PressStage::Sending;
        }
        view.retry_at = None;
    });
    let started = Instant::now();
    // From here on only the collector knows whether it arrived; put back when the connection was never made.
    let before = lock(&core.queue).get_mut(id).map(|entry| std::mem::replace(&mut entry.may_have_arrived, true));
    let outcome = contact.collector.send_report(&contact.identity, Bytes::from(body), core.collector_now()).await;
    match outcome {
        Ok(answer) => {
            tracing::info!(report = %id, ms = started.elapsed().as_millis(), "report answered");
            arrived(core, id, answer).await;
        }
        Err(failure) => {
            if matches!(failure, Failure::Unreachable(_) | Failure::NotTrusted(_))
                && let Some(entry) = lock(&core.queue).get_mut(id)
            {
                entry.may_have_arrived = before.unwrap_or(true);
            }
            report_failed(core, contact, id, failure).await;
        }
    }
}

async fn arrived(core: &Arc<Core>, id: Uuid, Answer { body: receipt, date }: Answer<Receipt>) {
    core.note_date(date);
    all_is_well(core);
    let item = {
        let mut queue = lock(&core.queue);
        queue.succeeded(id);
        queue.get_mut(id).map(|entry| {
            entry.item.body = None;
            entry.item.pictures.retain(|picture| receipt.awaited.contains(&picture.n));
            entry.item.clone()
        })
    };
    let awaited = u32::try_from(receipt.awaited.len()).unwrap_or(u32::MAX);
    core.change(id, |view| {
        view.pictures_sent = view.pictures_total.saturating_sub(awaited);
        view.receipt = Some(receipt);
        view.retry_at = None;
        if view.stage != PressStage::Withdrawn {
            view.stage = PressStage::Answered;
            view.unread = true;
        }
    });
    if let Some(item) = item {
        keep(core, item).await;
    }
    lock(&core.presses).prune();
    core.news.notify_one();
    core.wake();
}

/// Writes what is left of an item, or removes it when nothing is.
async fn keep(core: &Arc<Core>, item: Item) {
    let id = item.id;
    let is_done = item.body.is_none() && item.pictures.is_empty();
    let durable = lock(&core.queue).get(id).is_some_and(|entry| entry.in_memory.is_none());
    let outcome = match (durable, is_done) {
        (false, _) => Ok(()),
        (true, true) => core.disk(move |outbox| outbox.remove(id)).await,
        (true, false) => core.disk(move |outbox| outbox.update(&item)).await,
    };
    if let Err(error) = outcome {
        // The file still says "to be sent": after a restart it is sent again and the collector knows it.
        tracing::warn!(%error, "the outbox could not be brought up to date");
    }
    // Off the disk first: what is on disk and not in the queue is taken for another process's.
    if is_done {
        lock(&core.queue).remove(id);
    }
    core.publish();
}

async fn report_failed(core: &Arc<Core>, contact: &Contact, id: Uuid, failure: Failure) {
    match &failure {
        Failure::Refused { code: ErrorCode::ClockSkew, date: Some(date), .. } if restamp(core, id, *date).await => {
            return;
        }
        Failure::Refused { code: ErrorCode::IdReused, .. } => {
            // Stamped anew after an answer that got lost: then the collector has it already.
            let restamped = lock(&core.queue).get(id).is_some_and(|entry| entry.item.restamped > 0);
            if restamped
                && let Ok(answer) = contact.collector.receipt(&contact.identity, id, core.collector_now()).await
            {
                return arrived(core, id, answer).await;
            }
        }
        _ => {}
    }
    if let Some(code) = handle(core, &Work::Report(id), failure) {
        tracing::error!(report = %id, %code, "the collector refuses the report; set aside");
        if let Err(error) = core.disk(move |outbox| outbox.set_aside(id)).await {
            tracing::error!(%error, "could not be set aside");
        }
        {
            let mut queue = lock(&core.queue);
            queue.remove(id);
            queue.remove_follow_ups_of(id);
        }
        core.change(id, |view| {
            view.stage = PressStage::Refused;
            view.refusal = Some(code);
            view.retry_at = None;
            view.unread = true;
        });
    }
}

/// Corrects the time of a press by the collector's clock. Answers whether it is worth sending again.
async fn restamp(core: &Arc<Core>, id: Uuid, server: DateTime<Utc>) -> bool {
    let now = core.world.clock.now();
    core.note_date(Some(server));
    *lock(&core.skew) = server - now;
    let item = {
        let mut queue = lock(&core.queue);
        let Some(entry) = queue.get_mut(id) else { return false };
        let parsed = entry.item.body.as_deref().and_then(|body| serde_json::from_str::<Report>(body).ok());
        let Some(mut report) = parsed.filter(|_| entry.item.restamped < MOST_RESTAMPS) else { return false };
        // As long ago as it was by our own clock, unless that clock was set in between.
        let ago = now - report.pressed_at;
        report.pressed_at = match ago {
            ago if ago > TimeDelta::zero() && ago < OLDEST_PRESS => server - ago,
            _ => server,
        };
        let Ok(body) = serde_json::to_string(&report) else { return false };
        entry.item.body = Some(body);
        entry.item.restamped += 1;
        entry.item.clone()
    };
    tracing::warn!(report = %id, "the clock of this device is off; the report is stamped by the collector's");
    keep(core, item).await;
    true
}

async fn picture(core: &Arc<Core>, contact: &Contact, id: Uuid, n: u8) {
    let found = {
        let queue = lock(&core.queue);
        let Some(entry) = queue.get(id) else { return };
        let Some(picture) = entry.item.pictures.iter().find(|picture| picture.n == n).cloned() else { return };
        let bytes = entry.in_memory.as_ref().map(|pictures| pictures.get(&n).cloned());
        (picture, bytes)
    };
    let (picture, in_memory) = found;
    let bytes = match in_memory {
        Some(bytes) => bytes,
        None => match core.disk(move |outbox| outbox.find_picture(id, n)).await {
            Ok(bytes) => bytes.map(Bytes::from),
            Err(OutboxError::Sealed(_, UnsealError::Locked)) => {
                put_off(core, &Work::Picture { report: id, n }, None);
                return;
            }
            Err(error) => {
                tracing::error!(%error, "a picture cannot be read; set aside");
                drop(core.disk(move |outbox| outbox.set_aside_picture(id, n)).await);
                None
            }
        },
    };
    let Some(bytes) = bytes else {
        return drop_picture(core, id, n, OmissionReason::OutboxFull).await;
    };
    let outcome = contact
        .collector
        .send_picture(&contact.identity, (id, n), picture.media_type, bytes, core.collector_now())
        .await;
    match outcome {
        Ok(()) => {
            all_is_well(core);
            core.change(id, |view| view.pictures_sent = (view.pictures_sent + 1).min(view.pictures_total));
            without_picture(core, id, n).await;
        }
        Err(Failure::Refused { code: ErrorCode::ClockSkew, date: Some(date), .. }) => correct_clock(core, id, n, date),
        Err(failure) => {
            let work = Work::Picture { report: id, n };
            let arrived_broken = matches!(
                failure,
                Failure::Refused { code: ErrorCode::ChecksumMismatch | ErrorCode::TruncatedBody, .. }
            );
            if arrived_broken {
                if put_off(core, &work, None).is_some_and(|failures| failures > MOST_RESENDS) {
                    drop_picture(core, id, n, OmissionReason::CaptureFailed).await;
                }
            } else if let Some(code) = handle(core, &work, failure) {
                tracing::warn!(report = %id, n, %code, "the collector refuses a picture; it is dropped");
                drop_picture(core, id, n, OmissionReason::TooLarge).await;
            }
        }
    }
}

fn correct_clock(core: &Arc<Core>, id: Uuid, n: u8, server: DateTime<Utc>) {
    *lock(&core.skew) = server - core.world.clock.now();
    put_off(core, &Work::Picture { report: id, n }, None);
}

async fn without_picture(core: &Arc<Core>, id: Uuid, n: u8) {
    let item = {
        let mut queue = lock(&core.queue);
        queue.succeeded(id);
        queue.get_mut(id).map(|entry| {
            entry.item.pictures.retain(|picture| picture.n != n);
            entry.item.clone()
        })
    };
    drop(core.disk(move |outbox| outbox.remove_picture(id, n)).await);
    if let Some(item) = item {
        keep(core, item).await;
    }
}

/// A picture will not come; the collector and the person are told.
async fn drop_picture(core: &Arc<Core>, id: Uuid, n: u8, reason: OmissionReason) {
    let monitor = lock(&core.queue)
        .get(id)
        .and_then(|entry| entry.item.pictures.iter().find(|picture| picture.n == n).map(|p| p.monitor.clone()));
    let Some(monitor) = monitor else { return };
    core.add(id, FollowUpKind::AttachmentDropped { n }).await;
    core.change(id, |view| omit(&mut view.omissions, Omission { item: format!("screenshot:{monitor}"), reason }));
    without_picture(core, id, n).await;
}

async fn addition(core: &Arc<Core>, contact: &Contact, report: Uuid, follow_up: FollowUp) {
    let outcome = contact.collector.send_follow_up(&contact.identity, report, &follow_up, core.collector_now()).await;
    let id = follow_up.id;
    let refused = match outcome {
        Ok(Answer { body: receipt, date }) => {
            core.note_date(date);
            all_is_well(core);
            core.change(report, |view| {
                view.receipt = Some(receipt);
                notice_answer::settle(&mut view.notice_answer, &follow_up, true);
            });
            false
        }
        Err(Failure::Refused { code: ErrorCode::ClockSkew, date: Some(date), .. }) => {
            *lock(&core.skew) = date - core.world.clock.now();
            put_off(core, &Work::FollowUp { report, follow_up }, None);
            return;
        }
        Err(failure) => {
            let work = Work::FollowUp { report, follow_up: follow_up.clone() };
            let Some(code) = handle(core, &work, failure) else { return };
            core.change(report, |view| notice_answer::settle(&mut view.notice_answer, &follow_up, false));
            tracing::warn!(%report, %code, "the collector refuses an addition; set aside");
            true
        }
    };
    let outcome = core
        .disk(move |outbox| match refused {
            true => outbox.set_aside_file(&format!("{report}.{id}.follow-up")),
            false => outbox.remove_follow_up(report, id),
        })
        .await;
    if let Err(error) = outcome {
        tracing::warn!(%error, "the outbox could not be brought up to date");
    }
    lock(&core.queue).remove_follow_up(report, id);
    core.publish();
}

/// What a failure means for what is sent next. Answers with the code of a refusal for good.
fn handle(core: &Arc<Core>, work: &Work, failure: Failure) -> Option<ErrorCode> {
    tracing::debug!(?work, %failure, "not sent");
    core.set_problem(AgentProblem::CollectorNotTrusted, matches!(failure, Failure::NotTrusted(_)));
    match failure {
        Failure::Unreachable(_) | Failure::NotTrusted(_) | Failure::Lost(_) => network_failed(core, None),
        Failure::NotTheCollector { retry_after, .. } => network_failed(core, retry_after),
        Failure::Refused { code: ErrorCode::RateLimited | ErrorCode::Unavailable, retry_after, date } => {
            core.note_date(date);
            network_failed(core, retry_after);
        }
        Failure::Refused { code: ErrorCode::UnknownDevice | ErrorCode::Unauthenticated, .. } => {
            stop(core, AgentProblem::UnknownDevice);
        }
        Failure::Refused { code: ErrorCode::DeviceRevoked, .. } => stop(core, AgentProblem::DeviceRevoked),
        Failure::Refused { code, retry_after, .. } if code.is_retryable() || code == ErrorCode::ChecksumMismatch => {
            put_off(core, work, retry_after);
        }
        Failure::Refused { code, .. } => return Some(code),
    }
    None
}

fn network_failed(core: &Arc<Core>, retry_after: Option<Duration>) {
    let failures = lock(&core.queue).network_failed();
    let unit = core.world.chance.unit();
    let (pause, wait): (fn(Instant) -> Pause, _) = match retry_after {
        Some(asked) => (Pause::Asked, backoff::asked(asked, unit)),
        None => (Pause::Network, backoff::delay(failures, unit)),
    };
    core.pause(pause(Instant::now() + wait), wait);
}

pub(crate) fn stop(core: &Arc<Core>, problem: AgentProblem) {
    tracing::error!(?problem, "delivery stops; everything is kept");
    core.set_problem(problem, true);
    core.pause(Pause::Asked(Instant::now() + UNKNOWN_DEVICE_PAUSE), UNKNOWN_DEVICE_PAUSE);
}

fn put_off(core: &Arc<Core>, work: &Work, retry_after: Option<Duration>) -> Option<u32> {
    let unit = core.world.chance.unit();
    let mut waited = Duration::ZERO;
    let failures = lock(&core.queue).put_off(work, Instant::now(), |failures| {
        waited = retry_after.map_or_else(|| backoff::delay(failures, unit), |asked| backoff::asked(asked, unit));
        waited
    });
    if let Work::Report(id) = work {
        let retry_at = core.world.clock.now() + TimeDelta::from_std(waited).unwrap_or(TimeDelta::MAX);
        core.change(*id, |view| {
            if view.stage.is_under_way() {
                view.stage = PressStage::WaitingForNetwork;
                view.retry_at = Some(retry_at);
            }
        });
    }
    failures
}

fn all_is_well(core: &Arc<Core>) {
    lock(&core.queue).answered();
    for over in [AgentProblem::CollectorNotTrusted, AgentProblem::UnknownDevice, AgentProblem::DeviceRevoked] {
        core.set_problem(over, false);
    }
}
