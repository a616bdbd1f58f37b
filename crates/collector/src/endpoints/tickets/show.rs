//! `GET /api/v1/tickets/{number}`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Path, wire};

/// Read a ticket with everything in it
#[utoipa::path(
    get, path = "/api/v1/tickets/{number}", operation_id = "getTicket", tag = "tickets",
    params(("number" = i64, Path, description = "its number")),
    responses((status = 200, description = "the ticket", body = wire::Ticket)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(number): Path<i64>,
) -> Result<Json<wire::Ticket>, ApiError> {
    let scope = app.store.in_organisation(staff.organisation_id);
    wire::Ticket::read(&scope, number).await.map(Json)
}
