//! `POST /api/v1/triage/rules/check`

use axum::{Json, extract::State};
use report::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::JsonBody, limits, own_rules, wire};

/// Rules to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RulesToCheck)]
pub struct Request {
    /// The rule file.
    #[schema(max_length = 262144)]
    toml: String,
    /// On how many of the newest reports.
    #[schema(minimum = 0, maximum = 2000)]
    last: u32,
}

/// Try rules on the newest reports; nothing is changed
///
/// One check of an organisation at a time; `rate_limited` says when to come back.
#[utoipa::path(
    post, path = "/api/v1/triage/rules/check", operation_id = "checkRules", tag = "triage", request_body = Request,
    responses((status = 200, description = "what is wrong, or which verdicts would differ", body = wire::RulesCheck)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    JsonBody(request): JsonBody<Request>,
) -> Result<Json<wire::RulesCheck>, ApiError> {
    if request.last > limits::RULES_CHECK_REPORTS {
        let detail = format!("last: is more than {}", limits::RULES_CHECK_REPORTS);
        return Err(ApiError::with_detail(ErrorCode::InvalidRequest, detail));
    }
    let scope = app.store.in_organisation(staff.organisation_id);
    let found = own_rules::try_out(&app, &scope, request.toml, request.last).await?;
    Ok(Json(found.into()))
}
