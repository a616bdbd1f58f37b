//! One press, from the screens to the outbox.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use report::{
    AttachmentKind, AttachmentPlan, Fact, FollowUpKind, MAX_ATTACHMENTS, MAX_FACTS, MAX_TEXT_CHARS, MediaType,
    Omission, OmissionReason, Report, SCHEMA_VERSION,
};
use uuid::Uuid;

use crate::capture::{CaptureError, Screen};
use crate::core::{Core, Unfinished, lock};
use crate::device;
use crate::diagnose::Question;
use crate::fit;
use crate::outbox::{Item, OutboxError, PictureRef};
use crate::picture::{self, EncodeError, Encoded};
use crate::presses::omit;
use crate::state::{AgentProblem, PressStage};

/// A press whose screens are taken.
pub(crate) struct Captured {
    pub id: Uuid,
    pub pressed_at: DateTime<Utc>,
    pub text: Option<String>,
    pub screens: Screens,
}

/// What became of the screens.
pub(crate) enum Screens {
    /// Policy, or this press, wants no picture.
    Off,
    /// One entry a monitor, or why there is none at all.
    Taken(Result<Vec<Screen>, CaptureError>),
}

/// Asks the machine, redacts, writes, and leaves the rest to delivery.
pub(crate) async fn finish(core: Arc<Core>, captured: Captured) {
    let Captured { id, pressed_at, text, screens } = captured;
    core.change(id, |view| view.stage = PressStage::Diagnosing);

    let facts = ask(&core, pressed_at);
    let pictures = encode_all(&core, screens);
    let ((pictures, mut omissions), facts) = tokio::join!(pictures, facts);
    let facts = match facts {
        Ok(facts) => facts,
        Err(()) => {
            omit(&mut omissions, Omission { item: "fact:*".to_owned(), reason: OmissionReason::RedactionFailed });
            Vec::new()
        }
    };

    let (added, withdrawn) = match lock(&core.unfinished).get_mut(&id) {
        Some(unfinished) => (std::mem::take(&mut unfinished.texts), unfinished.withdrawn),
        None => (Vec::new(), false),
    };
    if withdrawn {
        lock(&core.unfinished).remove(&id);
        core.publish();
        return;
    }
    // What was added meanwhile is redacted already.
    let sentence = text.and_then(|text| redact_sentence(&core, &text, &mut omissions));
    let text = Some(sentence.into_iter().chain(added).collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty());
    let text = text.filter(|text| {
        let fits = text.chars().count() <= MAX_TEXT_CHARS;
        if !fits {
            omit(&mut omissions, Omission { item: "text".to_owned(), reason: OmissionReason::TooLarge });
        }
        fits
    });
    let user = match core.policy.share_user.value {
        true => device::login(),
        false => {
            omit(&mut omissions, Omission { item: "user".to_owned(), reason: OmissionReason::OffByPolicy });
            None
        }
    };
    let mut report = Report {
        schema: SCHEMA_VERSION,
        id,
        pressed_at,
        agent: device::agent_info(),
        hostname: device::hostname(),
        user,
        language: core.policy.language_of_person(),
        text,
        facts,
        attachments: plans(&pictures),
        omissions,
    };
    let body = match fit::to_json(&mut report) {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "a report could not be written as JSON");
            lock(&core.unfinished).remove(&id);
            core.change(id, |view| view.stage = PressStage::Refused);
            return;
        }
    };
    core.change(id, |view| {
        view.text.clone_from(&report.text);
        view.omissions.clone_from(&report.omissions);
        view.pictures_total = u32::try_from(pictures.len()).unwrap_or(u32::MAX);
    });
    save(&core, id, body, pictures).await;

    // Whatever came while the report was being written follows it.
    let late = lock(&core.unfinished).remove(&id).unwrap_or_default();
    if late.withdrawn {
        withdraw(&core, id).await;
    }
    for text in late.texts {
        core.add(id, FollowUpKind::Text { text }).await;
    }
    core.wake();
    core.publish();
}

/// Durable first, then told.
async fn save(core: &Arc<Core>, id: Uuid, body: String, pictures: Vec<(String, Encoded)>) {
    let bytes: Vec<(u8, Bytes)> =
        (0..).zip(pictures.iter()).map(|(n, (_, picture))| (n, Bytes::from(picture.bytes.clone()))).collect();
    let refs = (0..)
        .zip(&pictures)
        .map(|(n, (monitor, _))| PictureRef { n, media_type: MediaType::Webp, monitor: monitor.clone() })
        .collect();
    let mut item = Item { id, body: Some(body), pictures: refs, restamped: 0 };
    let (to_write, to_send) = (item.clone(), bytes.clone());
    let outcome = core
        .disk(move |outbox| {
            let slices: Vec<(u8, &[u8])> = to_send.iter().map(|(n, bytes)| (*n, &bytes[..])).collect();
            outbox.put(&to_write, &slices)
        })
        .await;
    match outcome {
        Ok(left_out) => {
            let monitors: Vec<String> =
                item.pictures.iter().filter(|p| left_out.contains(&p.n)).map(|p| p.monitor.clone()).collect();
            item.pictures.retain(|picture| !left_out.contains(&picture.n));
            core.set_problem(AgentProblem::OutboxFull, !left_out.is_empty());
            core.change(id, |view| {
                view.stage = PressStage::Saved;
                for monitor in monitors {
                    let item = format!("screenshot:{monitor}");
                    omit(&mut view.omissions, Omission { item, reason: OmissionReason::OutboxFull });
                }
            });
            if core.is_leader() {
                lock(&core.queue).insert(item, None, false);
            }
            for n in left_out {
                core.add(id, FollowUpKind::AttachmentDropped { n }).await;
            }
        }
        Err(error) => {
            tracing::error!(%error, "the report could not be saved; it is kept in memory and sent from there");
            if !matches!(error, OutboxError::NoRoom) {
                tracing::error!("not for lack of room");
            }
            core.set_problem(AgentProblem::NotSaved, true);
            lock(&core.queue).insert(item, Some(bytes.into_iter().collect()), false);
        }
    }
}

/// Takes back a press that is in the outbox or beyond.
pub(crate) async fn withdraw(core: &Arc<Core>, id: Uuid) {
    // Until it is off the disk, the scan must not take it for another process's.
    lock(&core.unfinished).insert(id, Unfinished { withdrawn: true, texts: Vec::new() });
    let (never_left, pictures) = {
        let mut queue = lock(&core.queue);
        match queue.get_mut(id) {
            Some(entry) if entry.item.body.is_some() && !entry.may_have_arrived => {
                queue.remove(id);
                queue.remove_follow_ups_of(id);
                (true, Vec::new())
            }
            Some(entry) => (false, std::mem::take(&mut entry.item.pictures)),
            None => (false, Vec::new()),
        }
    };
    core.change(id, |view| {
        view.stage = PressStage::Withdrawn;
        view.retry_at = None;
        view.unread = false;
    });
    if never_left {
        if let Err(error) = core.disk(move |outbox| outbox.forget(id)).await {
            tracing::error!(%error, "what was taken back could not be removed");
        }
        lock(&core.unfinished).remove(&id);
        return;
    }
    lock(&core.unfinished).remove(&id);
    core.add(id, FollowUpKind::Withdraw).await;
    for picture in pictures {
        drop(core.disk(move |outbox| outbox.remove_picture(id, picture.n)).await);
    }
    core.wake();
}

/// Facts, redacted; nothing when redaction itself does not work.
async fn ask(core: &Arc<Core>, pressed_at: DateTime<Utc>) -> Result<Vec<Fact>, ()> {
    let redactor = core.redactor.clone().ok_or(())?;
    let contact = core.contact().map(|contact| contact.identity.collector_url.clone());
    let question = Question {
        now: pressed_at,
        collector_url: contact.or_else(|| core.policy.collector_url.value.clone()),
        last_server_date: *lock(&core.server_date),
        policy: Arc::clone(&core.policy),
    };
    let facts = Arc::clone(&core.facts);
    let asked = core.runtime.spawn_blocking(move || {
        let mut facts = facts.ask(&question);
        facts.truncate(MAX_FACTS);
        facts.into_iter().map(|fact| redactor.fact(fact)).collect()
    });
    asked.await.map_err(|error| tracing::error!(%error, "asking the machine failed"))
}

/// Pictures by monitor, and what there is none of.
async fn encode_all(core: &Arc<Core>, screens: Screens) -> (Vec<(String, Encoded)>, Vec<Omission>) {
    let left_out = |monitor: &str, reason| Omission { item: format!("screenshot:{monitor}"), reason };
    let screens = match screens {
        Screens::Off => return (Vec::new(), vec![left_out("*", OmissionReason::OffByPolicy)]),
        Screens::Taken(Err(error)) => {
            tracing::warn!(%error, "no picture");
            return (Vec::new(), vec![left_out("*", reason_of(&error))]);
        }
        Screens::Taken(Ok(screens)) => screens,
    };
    let mut omissions = Vec::new();
    let mut encoding = Vec::new();
    for Screen { monitor, shot } in screens {
        match shot {
            Ok(_) if encoding.len() == MAX_ATTACHMENTS => omissions.push(left_out(&monitor, OmissionReason::TooLarge)),
            Ok(shot) => encoding.push((monitor, core.runtime.spawn_blocking(move || picture::encode(shot)))),
            Err(error) => {
                tracing::warn!(monitor, %error, "no picture");
                omissions.push(left_out(&monitor, reason_of(&error)));
            }
        }
    }
    let mut pictures = Vec::new();
    for (monitor, encoding) in encoding {
        match encoding.await {
            Ok(Ok(picture)) => pictures.push((monitor, picture)),
            Ok(Err(EncodeError::TooLarge(_))) => omissions.push(left_out(&monitor, OmissionReason::TooLarge)),
            Ok(Err(EncodeError::Image(error))) => {
                tracing::warn!(monitor, %error, "no picture");
                omissions.push(left_out(&monitor, OmissionReason::CaptureFailed));
            }
            // Painting over private windows happens there, so it is redaction that failed.
            Err(_panicked) => omissions.push(left_out(&monitor, OmissionReason::RedactionFailed)),
        }
    }
    (pictures, omissions)
}

fn reason_of(error: &CaptureError) -> OmissionReason {
    match error {
        CaptureError::System(_) => OmissionReason::CaptureFailed,
        CaptureError::PrivateWindowsUnknown(_) => OmissionReason::RedactionFailed,
    }
}

fn plans(pictures: &[(String, Encoded)]) -> Vec<AttachmentPlan> {
    (0..)
        .zip(pictures)
        .map(|(n, (monitor, picture))| AttachmentPlan {
            n,
            kind: AttachmentKind::Screenshot,
            media_type: MediaType::Webp,
            bytes: picture.bytes.len() as u64,
            sha256: picture.sha256.clone(),
            size: Some(picture.size),
            monitor: Some(monitor.clone()),
        })
        .collect()
}

fn redact_sentence(core: &Core, text: &str, omissions: &mut Vec<Omission>) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if text.chars().count() > MAX_TEXT_CHARS {
        omit(omissions, Omission { item: "text".to_owned(), reason: OmissionReason::TooLarge });
        return None;
    }
    match core.redactor.as_ref().and_then(|redactor| redactor.text(text).ok()) {
        Some(text) => Some(text),
        None => {
            omit(omissions, Omission { item: "text".to_owned(), reason: OmissionReason::RedactionFailed });
            None
        }
    }
}
