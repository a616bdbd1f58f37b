//! `POST /api/v1/tickets/{number}/major-incident/undo`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Path, ingest, wire};

/// Take back that a ticket is a major incident
///
/// Undo of `…/major-incident` and of accepting a proposal. Those that came because of it are as they were before; what a
/// person merged by hand stays. Its notice closes, and the proposal is open again.
#[utoipa::path(
    post, path = "/api/v1/tickets/{number}/major-incident/undo", operation_id = "undoMajorIncident", tag = "tickets",
    params(("number" = i64, Path, description = "its number")),
    responses((status = 200, description = "the ticket as it stands now", body = wire::Ticket)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(number): Path<i64>,
) -> Result<Json<wire::Ticket>, ApiError> {
    let scope = app.store.in_organisation(staff.organisation_id);
    scope.take_back_major(number, staff.id, app.clock.now()).await?;
    ingest::recount(&app, &scope, number).await?;
    wire::Ticket::read(&scope, number).await.map(Json)
}
