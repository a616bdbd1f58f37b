//! `POST /api/v1/tickets/{number}/replies`

use axum::{Json, extract::State};
use report::MAX_TEXT_CHARS;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::AppState,
    auth::CallingStaff,
    error::ApiError,
    extract::{JsonBody, Path, require_text},
    wire,
};

/// Words for the user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Reply)]
pub struct Request {
    /// What the user reads.
    #[schema(max_length = 4000)]
    text: String,
    /// Whether it is a question; the ticket then waits for the answer.
    #[serde(default)]
    asks: bool,
}

/// Write to the user
#[utoipa::path(
    post, path = "/api/v1/tickets/{number}/replies", operation_id = "replyToTicket", tag = "tickets",
    params(("number" = i64, Path, description = "its number")), request_body = Request,
    responses((status = 200, description = "the ticket as it stands now", body = wire::Ticket)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(number): Path<i64>,
    JsonBody(request): JsonBody<Request>,
) -> Result<Json<wire::Ticket>, ApiError> {
    require_text("text", &request.text, MAX_TEXT_CHARS)?;
    let scope = app.store.in_organisation(staff.organisation_id);
    scope.reply_to_ticket(number, staff.id, &request.text, request.asks, app.clock.now()).await?;
    wire::Ticket::read(&scope, number).await.map(Json)
}
