//! `POST /api/v1/reports`

use std::time::Instant;

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
};
use report::{Receipt, Report};

use crate::{app::AppState, auth::CallingDevice, error::ApiError, ingest};

/// Send a report
///
/// Answered after a durable write. The same report again, byte for byte, is answered with its receipt and 200.
#[utoipa::path(
    post, path = "/api/v1/reports", operation_id = "sendReport", tag = "devices", request_body = Report,
    responses(
        (status = 201, description = "stored", body = Receipt),
        (status = 200, description = "was here before", body = Receipt),
    ),
)]
pub async fn handler(
    State(app): State<AppState>,
    device: CallingDevice,
    request: Request,
) -> Result<(StatusCode, Json<Receipt>), ApiError> {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let taken = ingest::take_in(&app, &device, &parts, body).await?;
    app.metrics.ingest_seconds.record(started.elapsed());
    let status = if taken.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(taken.receipt)))
}
