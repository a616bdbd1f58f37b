//! `POST /api/v1/triage/models/{version}/activate`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Path, wire};

/// Choose the text model reports are judged by
#[utoipa::path(
    post, path = "/api/v1/triage/models/{version}/activate", operation_id = "activateTextModel", tag = "triage",
    params(("version" = i64, Path, description = "which; 0 is the shipped one")),
    responses((status = 200, description = "newest first, the shipped one last", body = Vec<wire::ModelVersion>)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(version): Path<i64>,
) -> Result<Json<Vec<wire::ModelVersion>>, ApiError> {
    let scope = app.store.in_organisation(staff.organisation_id);
    scope.activate_text_model(version).await?;
    app.classifiers.reload(&scope, app.clock.now()).await;
    wire::ModelVersion::list(&scope).await.map(Json)
}
