//! `POST /api/v1/triage/rules`

use axum::{Json, extract::State, http::StatusCode};
use report::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::JsonBody, limits, own_rules, wire};

/// Rules to be used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRules)]
pub struct Request {
    /// The rule file.
    #[schema(max_length = 262144)]
    toml: String,
    /// Why it was changed, for whoever reads the list of versions.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: String,
}

/// Publish rules; every report that comes after the answer is judged by them
#[utoipa::path(
    post, path = "/api/v1/triage/rules", operation_id = "publishRules", tag = "triage", request_body = Request,
    responses((status = 201, description = "the rules as they stand now", body = wire::Rules)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    JsonBody(request): JsonBody<Request>,
) -> Result<(StatusCode, Json<wire::Rules>), ApiError> {
    if request.note.chars().count() > limits::RULES_NOTE_CHARS || request.note.contains('\0') {
        let detail = format!("note: has more than {} characters, or NUL", limits::RULES_NOTE_CHARS);
        return Err(ApiError::with_detail(ErrorCode::InvalidRequest, detail));
    }
    let scope = app.store.in_organisation(staff.organisation_id);
    own_rules::publish(&app, &scope, request.toml, request.note, staff.id).await?;
    Ok((StatusCode::CREATED, Json(wire::Rules::read(&app, &scope).await?)))
}
