//! `POST /api/v1/triage/rules/{version}/activate`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Path, own_rules, wire};

/// Choose the version of one's own rules reports are judged by
#[utoipa::path(
    post, path = "/api/v1/triage/rules/{version}/activate", operation_id = "activateRules", tag = "triage",
    params(("version" = i64, Path, description = "which; 0 leaves the shipped rules alone")),
    responses((status = 200, description = "the rules as they stand now", body = wire::Rules)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(version): Path<i64>,
) -> Result<Json<wire::Rules>, ApiError> {
    let scope = app.store.in_organisation(staff.organisation_id);
    own_rules::activate(&app, &scope, version).await?;
    wire::Rules::read(&app, &scope).await.map(Json)
}
