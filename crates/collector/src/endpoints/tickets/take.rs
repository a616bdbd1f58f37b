//! `POST /api/v1/tickets/{number}/take`

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::AppState,
    auth::CallingStaff,
    error::ApiError,
    extract::{OptionalJsonBody, Path},
    wire,
};

/// How to take a ticket. May be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Take)]
pub struct Request {
    /// Take it over from whoever has it.
    force: bool,
}

/// Take a ticket
///
/// `conflict` names whoever has it; `force` takes it over.
#[utoipa::path(
    post, path = "/api/v1/tickets/{number}/take", operation_id = "takeTicket", tag = "tickets",
    params(("number" = i64, Path, description = "its number")), request_body = Option<Request>,
    responses((status = 200, description = "the ticket as it stands now", body = wire::Ticket)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(number): Path<i64>,
    OptionalJsonBody(request): OptionalJsonBody<Request>,
) -> Result<Json<wire::Ticket>, ApiError> {
    let scope = app.store.in_organisation(staff.organisation_id);
    scope.take_ticket(number, staff.id, request.force, app.clock.now()).await?;
    wire::Ticket::read(&scope, number).await.map(Json)
}
