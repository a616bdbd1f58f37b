//! `PUT /api/v1/reports/{id}/attachments/{n}`

use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use uuid::Uuid;

use crate::{app::AppState, auth::CallingDevice, error::ApiError, extract::Path, ingest};

/// Send an announced attachment
///
/// Media type, length and SHA-256 must be those the report announced. Repeatable.
#[utoipa::path(
    put, path = "/api/v1/reports/{id}/attachments/{n}", operation_id = "sendAttachment", tag = "devices",
    params(
        ("id" = Uuid, Path, description = "the report"),
        ("n" = u8, Path, description = "its place in the report"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204, description = "stored")),
)]
pub async fn handler(
    State(app): State<AppState>,
    device: CallingDevice,
    Path((report_id, n)): Path<(Uuid, u8)>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let (parts, body) = request.into_parts();
    ingest::store_attachment(&app, &device, report_id, n, &parts, body).await?;
    Ok(StatusCode::NO_CONTENT)
}
