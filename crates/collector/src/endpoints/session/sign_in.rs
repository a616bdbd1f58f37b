//! `POST /api/v1/session`

use axum::{
    Extension, Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use report::ErrorCode;
use serde::Deserialize;
use store::NewSession;
use utoipa::ToSchema;

use crate::{
    app::AppState,
    auth::{Token, session_cookie},
    error::ApiError,
    extract::{JsonBody, require_text},
    limits,
    request_log::ClientAddress,
    wire,
};

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Login unknown, password wrong or person disabled; which is not told.
    #[error("wrong login or password")]
    WrongCredentials,
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::WrongCredentials => Self::new(ErrorCode::WrongCredentials),
        }
    }
}

/// A sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignIn)]
pub struct Request {
    /// Login; case does not matter.
    login: String,
    /// Password.
    password: String,
}

/// Sign in
#[utoipa::path(
    post, path = "/api/v1/session", operation_id = "signIn", tag = "session", request_body = Request,
    responses((status = 200, description = "signed in; the cookie is set", body = wire::Staff)),
)]
pub async fn handler(
    State(app): State<AppState>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    JsonBody(request): JsonBody<Request>,
) -> Result<Response, ApiError> {
    require_text("login", &request.login, limits::NAME_CHARS)?;
    let now = app.clock.now();
    let caller = (request.login.to_lowercase(), address);
    app.sign_ins.attempt(caller.clone(), now).map_err(ApiError::rate_limited)?;

    let found = app.store.staff_by_login(&request.login).await?;
    let stored = found.as_ref().and_then(|staff| staff.password_hash.clone());
    let right = app.passwords.verify(request.password, stored).await?;
    let staff = found.filter(|staff| right && staff.disabled_at.is_none()).ok_or(Error::WrongCredentials)?;
    app.sign_ins.forget(&caller);

    let token = Token::generate(&mut rand::rng());
    let lifetime = app.config.staff.session_lifetime;
    let session =
        NewSession { token_hash: token.hash().bytes(), staff_id: staff.id, expires_at: now + lifetime.as_delta() };
    app.store.in_organisation(staff.organisation_id).create_session(&session, now).await?;
    let cookie = session_cookie(&token, lifetime, app.config.server.is_https());
    let body = wire::Staff::of(&app.store, staff).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(body)).into_response())
}
