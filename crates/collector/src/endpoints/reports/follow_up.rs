//! `POST /api/v1/reports/{id}/follow-ups`

use axum::{Json, extract::State};
use report::{ErrorCode, FollowUp, FollowUpKind, MAX_TEXT_CHARS, Receipt};
use uuid::Uuid;

use crate::{
    app::AppState,
    auth::CallingDevice,
    error::ApiError,
    extract::{JsonBody, Path, require_text},
    ingest,
};

/// Add to a report after the press
///
/// A sentence refines the verdict; `withdraw` is Undo. The same follow-up again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/reports/{id}/follow-ups", operation_id = "followUp", tag = "devices", request_body = FollowUp,
    params(("id" = Uuid, Path, description = "the report")),
    responses((status = 200, description = "the receipt as it stands now", body = Receipt)),
)]
pub async fn handler(
    State(app): State<AppState>,
    device: CallingDevice,
    Path(report_id): Path<Uuid>,
    JsonBody(follow_up): JsonBody<FollowUp>,
) -> Result<Json<Receipt>, ApiError> {
    if follow_up.id.get_version_num() != 7 {
        return Err(ApiError::with_detail(ErrorCode::InvalidRequest, "id: is not a UUIDv7"));
    }
    if let FollowUpKind::Text { text } = &follow_up.kind {
        require_text("text", text, MAX_TEXT_CHARS)?;
    }
    ingest::follow_up(&app, &device, report_id, &follow_up).await.map(Json)
}
