//! `POST /api/v1/incidents/{id}/dismiss`

use axum::{extract::State, http::StatusCode};
use uuid::Uuid;

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Path};

/// Say that a proposed incident is none
///
/// The grouping learns from it: the same set of factors is not proposed again soon.
#[utoipa::path(
    post, path = "/api/v1/incidents/{id}/dismiss", operation_id = "dismissIncident", tag = "incidents",
    params(("id" = Uuid, Path, description = "the proposal")),
    responses((status = 204, description = "dismissed")),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, ApiError> {
    app.store.in_organisation(staff.organisation_id).dismiss_incident(id, staff.id, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
