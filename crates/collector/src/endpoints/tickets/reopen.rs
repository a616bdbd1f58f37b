//! `POST /api/v1/tickets/{number}/reopen`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Path, ingest, wire};

/// Undo a resolution; the user is told
#[utoipa::path(
    post, path = "/api/v1/tickets/{number}/reopen", operation_id = "reopenTicket", tag = "tickets",
    params(("number" = i64, Path, description = "its number")),
    responses((status = 200, description = "the ticket as it stands now", body = wire::Ticket)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(number): Path<i64>,
) -> Result<Json<wire::Ticket>, ApiError> {
    let scope = app.store.in_organisation(staff.organisation_id);
    let belonged_to = ingest::root_of(&scope, number).await?;
    scope.reopen_ticket(number, staff.id, app.clock.now()).await?;
    // Alone, where the incident it belonged to stays resolved.
    if ingest::root_of(&scope, number).await? != belonged_to {
        ingest::recount(&app, &scope, number).await?;
    }
    wire::Ticket::read(&scope, number).await.map(Json)
}
