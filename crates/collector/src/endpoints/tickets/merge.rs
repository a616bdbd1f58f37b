//! `POST /api/v1/tickets/{number}/merge`

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::AppState,
    auth::CallingStaff,
    error::ApiError,
    extract::{JsonBody, Path},
    ingest, wire,
};

/// Where a ticket belongs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Merge)]
pub struct Request {
    /// The ticket it is merged into.
    into: i64,
}

/// Merge a ticket into another
///
/// Nothing moves: the ticket keeps its reports and its timeline, and `split` undoes it. Where the other is a major
/// incident, the user is told that it is known.
#[utoipa::path(
    post, path = "/api/v1/tickets/{number}/merge", operation_id = "mergeTicket", tag = "tickets",
    params(("number" = i64, Path, description = "its number")), request_body = Request,
    responses((status = 200, description = "the ticket it belongs to now", body = wire::Ticket)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(number): Path<i64>,
    JsonBody(request): JsonBody<Request>,
) -> Result<Json<wire::Ticket>, ApiError> {
    let scope = app.store.in_organisation(staff.organisation_id);
    let left = ingest::root_of(&scope, number).await?;
    scope.merge_ticket(number, request.into, staff.id, app.clock.now()).await?;
    for root in left.into_iter().chain([request.into]) {
        ingest::recount(&app, &scope, root).await?;
    }
    wire::Ticket::read(&scope, request.into).await.map(Json)
}
