//! `GET /api/v1/triage/quality?days=`

use axum::{Json, extract::State};
use report::ErrorCode;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Query, limits, quality, wire};

/// Over which time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Tickets opened in the last so many days; 30 when absent.
    #[param(minimum = 1, maximum = 3650)]
    days: Option<u32>,
}

/// See how right triage is
#[utoipa::path(
    get, path = "/api/v1/triage/quality", operation_id = "getTriageQuality", tag = "triage", params(Request),
    responses((status = 200, description = "figures", body = wire::Quality)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Query(request): Query<Request>,
) -> Result<Json<wire::Quality>, ApiError> {
    let days = request.days.unwrap_or(quality::DEFAULT_DAYS);
    if !(1..=limits::QUALITY_DAYS).contains(&days) {
        let detail = format!("days: is not from 1 to {}", limits::QUALITY_DAYS);
        return Err(ApiError::with_detail(ErrorCode::InvalidRequest, detail));
    }
    let scope = app.store.in_organisation(staff.organisation_id);
    quality::measure(&scope, days, app.clock.now()).await.map(Json)
}
