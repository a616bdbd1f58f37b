//! `GET /api/v1/incidents`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, wire};

/// Read the proposed incidents
#[utoipa::path(
    get, path = "/api/v1/incidents", operation_id = "listIncidents", tag = "incidents",
    responses((status = 200, description = "nobody has decided about these; newest first", body = Vec<wire::Proposal>)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
) -> Result<Json<Vec<wire::Proposal>>, ApiError> {
    let scope = app.store.in_organisation(staff.organisation_id);
    let open = scope.list_open_incidents().await?;
    let active = app.classifiers.of(&scope, app.clock.now()).await;
    Ok(Json(open.into_iter().map(|found| wire::Proposal::of(found, &active.classifier)).collect()))
}
