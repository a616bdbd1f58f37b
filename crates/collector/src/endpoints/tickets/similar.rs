//! `GET /api/v1/tickets/{number}/similar`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Path, similar, wire};

/// Find open tickets that may have the same cause
#[utoipa::path(
    get, path = "/api/v1/tickets/{number}/similar", operation_id = "listSimilarTickets", tag = "tickets",
    params(("number" = i64, Path, description = "its number")),
    responses((status = 200, description = "of other devices, of the last 72 hours, most alike first, at most 5", body = Vec<wire::Similar>)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(number): Path<i64>,
) -> Result<Json<Vec<wire::Similar>>, ApiError> {
    let scope = app.store.in_organisation(staff.organisation_id);
    let now = app.clock.now();
    let active = app.classifiers.of(&scope, now).await;
    similar::to(&scope, &active.classifier, number, now).await.map(Json)
}
