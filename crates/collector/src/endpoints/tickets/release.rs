//! `POST /api/v1/tickets/{number}/release`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Path, wire};

/// Put a ticket back
#[utoipa::path(
    post, path = "/api/v1/tickets/{number}/release", operation_id = "releaseTicket", tag = "tickets",
    params(("number" = i64, Path, description = "its number")),
    responses((status = 200, description = "the ticket as it stands now", body = wire::Ticket)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(number): Path<i64>,
) -> Result<Json<wire::Ticket>, ApiError> {
    let scope = app.store.in_organisation(staff.organisation_id);
    scope.release_ticket(number, staff.id, app.clock.now()).await?;
    wire::Ticket::read(&scope, number).await.map(Json)
}
