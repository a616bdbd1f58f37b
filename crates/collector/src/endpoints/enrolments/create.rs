//! `POST /api/v1/enrolments`

use axum::{Json, extract::State, http::StatusCode};
use report::{DeviceCredentials, EnrolmentRequest, ErrorCode};
use store::Enrolled;
use uuid::Uuid;

use crate::{
    app::AppState,
    auth::Token,
    error::ApiError,
    extract::{JsonBody, require_text},
    limits,
};

/// Why a device may not enrol.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Unknown, expired, revoked or used up; which is not told.
    #[error("the enrolment token is not valid")]
    InvalidToken,
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidToken => Self::new(ErrorCode::InvalidEnrolmentToken),
        }
    }
}

/// Enrol a device
#[utoipa::path(
    post, path = "/api/v1/enrolments", operation_id = "enrol", tag = "devices", request_body = EnrolmentRequest,
    responses((status = 201, description = "the device may report now; its secret is shown once", body = DeviceCredentials)),
)]
pub async fn handler(
    State(app): State<AppState>,
    JsonBody(request): JsonBody<EnrolmentRequest>,
) -> Result<(StatusCode, Json<DeviceCredentials>), ApiError> {
    require_text("device.hostname", &request.device.hostname, limits::HOSTNAME_CHARS)?;
    require_text("device.agent_version", &request.device.agent_version, limits::NAME_CHARS)?;
    let token = Token::parse(request.token.trim()).ok_or(Error::InvalidToken)?;
    let secret = Token::generate(&mut rand::rng());
    let (hash, new_id) = (secret.hash().bytes(), Uuid::now_v7());
    match app.store.enrol_device(token.hash().bytes(), &request.device, new_id, hash, app.clock.now()).await? {
        Enrolled::Refused => Err(Error::InvalidToken.into()),
        Enrolled::Enrolled { device, organisation } => Ok((
            StatusCode::CREATED,
            Json(DeviceCredentials { device_id: device.id, secret: secret.reveal(), organisation: organisation.name }),
        )),
    }
}
