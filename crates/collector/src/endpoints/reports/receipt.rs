//! `GET /api/v1/reports/{id}/receipt`

use axum::{Json, extract::State};
use report::{ErrorCode, Receipt};
use uuid::Uuid;

use crate::{app::AppState, auth::CallingDevice, error::ApiError, extract::Path, ingest};

/// Read a report's receipt as it stands now
#[utoipa::path(
    get, path = "/api/v1/reports/{id}/receipt", operation_id = "getReceipt", tag = "devices",
    params(("id" = Uuid, Path, description = "the report")),
    responses((status = 200, description = "the receipt", body = Receipt)),
)]
pub async fn handler(
    State(app): State<AppState>,
    device: CallingDevice,
    Path(id): Path<Uuid>,
) -> Result<Json<Receipt>, ApiError> {
    let row = app.store.in_organisation(device.organisation_id).find_receipt_row(id).await?;
    // Another device's report is no such thing, in the same organisation too.
    let row = row.filter(|row| row.device_id == device.id).ok_or_else(|| ApiError::new(ErrorCode::NotFound))?;
    Ok(Json(ingest::receipt(row)))
}
