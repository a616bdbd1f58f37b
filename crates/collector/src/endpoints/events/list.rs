//! `GET /api/v1/events?after={seq}`

use axum::{Json, extract::State};
use report::EventPage;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{app::AppState, auth::CallingDevice, error::ApiError, extract::Query, limits};

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `next` of the page before; 0 or absent for the first.
    #[serde(default)]
    #[param(required = false)]
    after: i64,
}

/// Read what happened to this device's tickets
#[utoipa::path(
    get, path = "/api/v1/events", operation_id = "listEvents", tag = "devices", params(Request),
    responses((status = 200, description = "oldest first, at most 100", body = EventPage)),
)]
pub async fn handler(
    State(app): State<AppState>,
    device: CallingDevice,
    Query(request): Query<Request>,
) -> Result<Json<EventPage>, ApiError> {
    let scope = app.store.in_organisation(device.organisation_id);
    Ok(Json(scope.events_for_device(device.id, request.after.max(0), limits::EVENTS_PER_PAGE).await?))
}
