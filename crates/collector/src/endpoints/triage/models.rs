//! `GET /api/v1/triage/models`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, wire};

/// List the versions of the text model
#[utoipa::path(
    get, path = "/api/v1/triage/models", operation_id = "listTextModels", tag = "triage",
    responses((status = 200, description = "newest first, the shipped one last", body = Vec<wire::ModelVersion>)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
) -> Result<Json<Vec<wire::ModelVersion>>, ApiError> {
    wire::ModelVersion::list(&app.store.in_organisation(staff.organisation_id)).await.map(Json)
}
