//! `GET /api/v1/triage/rules`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, wire};

/// Read the rules reports are judged by
#[utoipa::path(
    get, path = "/api/v1/triage/rules", operation_id = "getRules", tag = "triage",
    responses((status = 200, description = "own and shipped ones", body = wire::Rules)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
) -> Result<Json<wire::Rules>, ApiError> {
    wire::Rules::read(&app, &app.store.in_organisation(staff.organisation_id)).await.map(Json)
}
