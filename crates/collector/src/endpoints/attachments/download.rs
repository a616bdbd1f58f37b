//! `GET /api/v1/reports/{id}/attachments/{n}`

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use report::ErrorCode;
use store::{AttachmentState, BlobKey};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Path};

/// Read an attachment
#[utoipa::path(
    get, path = "/api/v1/reports/{id}/attachments/{n}", operation_id = "getAttachment", tag = "tickets",
    params(
        ("id" = Uuid, Path, description = "the report"),
        ("n" = u8, Path, description = "its place in the report"),
    ),
    responses((status = 200, description = "its bytes", body = Vec<u8>, content_type = "application/octet-stream")),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path((report_id, n)): Path<(Uuid, u8)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let found = app.store.in_organisation(staff.organisation_id).find_attachment(report_id, n).await?;
    let found = found.filter(|found| found.state == AttachmentState::Stored);
    let plan = found.ok_or_else(|| ApiError::new(ErrorCode::NotFound))?.plan;
    // The bytes never change: their hash is their name.
    let etag = format!("\"{}\"", plan.sha256);
    let shown = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned()),
        // Sent by a device: never a page of ours, whatever a browser takes it for.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, shown).into_response());
    }
    let key = BlobKey { organisation_id: staff.organisation_id, report_id, n };
    let (file, bytes) = app.store.blobs().open(key).await?;
    let kind =
        [(header::CONTENT_TYPE, plan.media_type.as_str().to_owned()), (header::CONTENT_LENGTH, bytes.to_string())];
    Ok((shown, kind, Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024))).into_response())
}
