//! `GET /api/v1/notices`

use axum::{Json, extract::State};
use report::Notice;

use crate::{app::AppState, auth::CallingStaff, error::ApiError};

/// Read the open notices
#[utoipa::path(
    get, path = "/api/v1/notices", operation_id = "listNotices", tag = "notices",
    responses((status = 200, description = "newest first; planned ones that have not begun are among them", body = Vec<Notice>)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
) -> Result<Json<Vec<Notice>>, ApiError> {
    Ok(Json(app.store.in_organisation(staff.organisation_id).list_open_notices(app.clock.now()).await?))
}
