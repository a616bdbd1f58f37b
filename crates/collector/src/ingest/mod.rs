//! The way of a report: authenticate (the gate) → validate → triage → store → receipt; then its attachments and what
//! the user adds.

mod attachment;
mod follow_up;
mod judge;
mod known;
mod validate;

use axum::{body::Body, http::request::Parts};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use report::{ErrorCode, NoticeKind, Receipt, Report, SCHEMA_VERSION};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::{Ingested, NewReport, ReceiptRow};
use triage::{Fit, Input};

use crate::{
    app::App,
    auth::CallingDevice,
    body::{self, BodyLimit},
    error::ApiError,
    json, limits,
};

pub use attachment::store_attachment;
pub use follow_up::follow_up;
pub use judge::{recount, root_of, screen_texts, verdict};

/// A report that is durable now.
pub struct Taken {
    /// The answer.
    pub receipt: Receipt,
    /// Whether it was not here before.
    pub is_new: bool,
}

/// Takes a report in; when it returns `Ok`, the report survives a power cut.
pub async fn take_in(app: &App, device: &CallingDevice, parts: &Parts, body: Body) -> Result<Taken, ApiError> {
    body::require_json(&parts.headers)?;
    let limit = parts.extensions.get().copied().unwrap_or(BodyLimit(limits::REPORT_BYTES));
    let body = body::read(&parts.headers, body, limit).await?;
    let now = app.clock.now();
    let report = read(&body)?;
    validate::report(&report, &app.config.limits)?;
    validate::clocks(&report, &parts.headers, now)?;
    keep(app, device, &report, body, now).await
}

/// Reads a report of our schema.
fn read(body: &Bytes) -> Result<Report, ApiError> {
    #[derive(Deserialize)]
    struct Versioned {
        schema: serde_json::Number,
    }
    let text = json::check_text(body)?;
    let read = json::parse::<Report>(text, ErrorCode::InvalidReport);
    // What a later schema looks like is not ours to judge, so a misfit is one of the version first of all.
    let ours = match &read {
        Ok(report) => report.schema == SCHEMA_VERSION,
        Err(_) => {
            json::parse::<Versioned>(text, ErrorCode::InvalidReport)?.schema.as_u64() == Some(u64::from(SCHEMA_VERSION))
        }
    };
    if ours {
        return read;
    }
    Err(ApiError::with_detail(ErrorCode::UnsupportedSchema, format!("schema: this collector speaks {SCHEMA_VERSION}")))
}

async fn keep(
    app: &App,
    device: &CallingDevice,
    report: &Report,
    body: Bytes,
    now: DateTime<Utc>,
) -> Result<Taken, ApiError> {
    let scope = app.store.in_organisation(device.organisation_id);
    let input = Input::new(report);
    let rules = app.classifiers.of(&scope, now).await;
    let verdict = rules.classifier.verdict(&input);
    let notices = scope.open_notices(now).await?;
    let known = known::matching(&scope, device.id, &rules.classifier, &verdict, &input, &notices, now).await?;
    // One of many: how many they are decides how pressing it is.
    let counted = match known {
        Some((notice, Fit::Certain)) if notice.kind == NoticeKind::MajorIncident => {
            let affected = Some(notice.affected.saturating_add(1));
            Some(rules.classifier.verdict(&Input { affected, ..input }))
        }
        _ => None,
    };
    let (verdict, as_member) = match (known.and_then(|(notice, _)| notice.ticket), counted) {
        // An incident without a ticket has no members.
        (None, Some(counted)) => (counted, None),
        (_, as_member) => (verdict, as_member),
    };
    let new = NewReport {
        report,
        // Of the bytes as they came: an agent sends the same bytes again, so no canonical form is needed.
        content_hash: Sha256::digest(&body).into(),
        body,
        device_id: device.id,
        verdict: &verdict,
        notice: known.map(|(notice, _)| notice),
        as_member: as_member.as_ref(),
        received_at: now,
        join_after: now - limits::JOIN_WINDOW,
    };
    match scope.ingest_report(new).await? {
        Ingested::Stored(row) => {
            app.metrics.reports_received.increment(1);
            app.metrics.reports_joined.increment(u64::from(row.joined));
            Ok(Taken { receipt: receipt(row), is_new: true })
        }
        Ingested::Repeated(row) => {
            app.metrics.reports_repeated.increment(1);
            Ok(Taken { receipt: receipt(row), is_new: false })
        }
        Ingested::IdReused => Err(ApiError::with_detail(ErrorCode::IdReused, "id: belongs to another report")),
    }
}

/// The answer to a report, in the user's words.
pub fn receipt(row: ReceiptRow) -> Receipt {
    Receipt {
        report_id: row.report_id,
        received_at: row.received_at,
        ticket: row.ticket,
        joined: row.joined,
        says: triage::user_words(&row.verdict),
        verdict: row.verdict,
        notice: row.notice,
        awaited: row.awaited,
    }
}
