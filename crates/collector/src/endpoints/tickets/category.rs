//! `POST /api/v1/tickets/{number}/category`

use axum::{Json, extract::State};
use report::{Category, ErrorCode};
use serde::Deserialize;
use store::{Conflict, Correction, StoreError};
use utoipa::ToSchema;

use crate::{
    app::AppState,
    auth::CallingStaff,
    error::ApiError,
    extract::{JsonBody, Path},
    wire,
};

/// What a ticket really is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Recategorise)]
pub struct Request {
    /// Its category. What triage itself says takes a correction back; `other` only where triage abstained.
    category: Category,
    /// Key of the team that should have it; the category's usual one when absent.
    team: Option<String>,
}

/// Say what a ticket really is; later verdicts leave it so, and triage learns from it
#[utoipa::path(
    post, path = "/api/v1/tickets/{number}/category", operation_id = "recategoriseTicket", tag = "tickets",
    params(("number" = i64, Path, description = "its number")), request_body = Request,
    responses((status = 200, description = "the ticket as it stands now", body = wire::Ticket)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(number): Path<i64>,
    JsonBody(request): JsonBody<Request>,
) -> Result<Json<wire::Ticket>, ApiError> {
    let (scope, now) = (app.store.in_organisation(staff.organisation_id), app.clock.now());
    let active = app.classifiers.of(&scope, now).await;
    if request.team.as_ref().is_some_and(|team| !active.classifier.has_team(team)) {
        return Err(ApiError::with_detail(ErrorCode::InvalidRequest, "team: there is no such team"));
    }
    let correction = Correction {
        number,
        category: request.category,
        team: request.team,
        usual_team: active.classifier.team_of(request.category).to_owned(),
        staff_id: staff.id,
    };
    scope.correct_ticket(&correction, now).await.map_err(|error| match error {
        StoreError::Conflict(Conflict::NoAbstention) => {
            ApiError::with_detail(ErrorCode::InvalidRequest, "category: `other` only where triage abstained")
        }
        other => other.into(),
    })?;
    app.corrected.notify_one();
    wire::Ticket::read(&scope, number).await.map(Json)
}
