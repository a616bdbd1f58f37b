//! `GET /api/v1/session`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, wire};

/// Read who is signed in
#[utoipa::path(
    get, path = "/api/v1/session", operation_id = "getSession", tag = "session",
    responses((status = 200, description = "who", body = wire::Staff)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
) -> Result<Json<wire::Staff>, ApiError> {
    Ok(Json(wire::Staff::of(&app.store, staff).await?))
}
