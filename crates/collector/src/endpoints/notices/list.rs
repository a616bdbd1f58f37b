//! `GET /api/v1/notices`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, wire};

/// Read the open notices
#[utoipa::path(
    get, path = "/api/v1/notices", operation_id = "listNotices", tag = "notices",
    responses((
        status = 200,
        description = "newest first; planned ones that have not begun are among them",
        body = Vec<wire::OpenNotice>,
    )),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
) -> Result<Json<Vec<wire::OpenNotice>>, ApiError> {
    let (scope, now) = (app.store.in_organisation(staff.organisation_id), app.clock.now());
    let open = scope.list_open_notices(now).await?;
    let active = app.classifiers.of(&scope, now).await;
    Ok(Json(open.into_iter().map(|notice| wire::OpenNotice::of(notice, &active.classifier)).collect()))
}
