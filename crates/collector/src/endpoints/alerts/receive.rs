//! `POST /api/v1/alerts`

use axum::{Json, extract::State};

use crate::{alerts, app::AppState, auth::CallingMonitoring, error::ApiError, extract::JsonBody, wire};

/// Take alerts of monitoring
///
/// Alertmanager's webhook. An alert with the label `redbutton_category` opens a notice while it fires; the same alert any
/// number of times is one notice.
#[utoipa::path(
    post, path = "/api/v1/alerts", operation_id = "receiveAlerts", tag = "monitoring", request_body = wire::Alerts,
    responses((status = 200, description = "what became of them", body = wire::AlertsTaken)),
)]
pub async fn handler(
    State(app): State<AppState>,
    monitoring: CallingMonitoring,
    JsonBody(alerts): JsonBody<wire::Alerts>,
) -> Result<Json<wire::AlertsTaken>, ApiError> {
    let scope = app.store.in_organisation(monitoring.organisation_id);
    alerts::take(&scope, &alerts, app.clock.now()).await.map(Json)
}
