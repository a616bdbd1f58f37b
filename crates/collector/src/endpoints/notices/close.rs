//! `POST /api/v1/notices/{id}/close`

use axum::{extract::State, http::StatusCode};
use uuid::Uuid;

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Path};

/// Close a notice
#[utoipa::path(
    post, path = "/api/v1/notices/{id}/close", operation_id = "closeNotice", tag = "notices",
    params(("id" = Uuid, Path, description = "the notice")),
    responses((status = 204, description = "closed")),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, ApiError> {
    app.store.in_organisation(staff.organisation_id).close_notice(id, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
