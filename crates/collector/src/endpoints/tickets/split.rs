//! `POST /api/v1/tickets/{number}/split`

use axum::{Json, extract::State};

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Path, ingest, wire};

/// Split a ticket out of the one it was merged into
///
/// It is as it was before; from then on only a person merges it again.
#[utoipa::path(
    post, path = "/api/v1/tickets/{number}/split", operation_id = "splitTicket", tag = "tickets",
    params(("number" = i64, Path, description = "its number")),
    responses((status = 200, description = "the ticket as it stands now", body = wire::Ticket)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(number): Path<i64>,
) -> Result<Json<wire::Ticket>, ApiError> {
    let scope = app.store.in_organisation(staff.organisation_id);
    let left = ingest::root_of(&scope, number).await?;
    scope.split_ticket(number, staff.id, app.clock.now()).await?;
    for number in left.into_iter().chain([number]) {
        ingest::recount(&app, &scope, number).await?;
    }
    wire::Ticket::read(&scope, number).await.map(Json)
}
