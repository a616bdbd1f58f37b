//! `DELETE /api/v1/session`

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
};

use crate::{
    app::AppState,
    auth::{CallingStaff, clearing_cookie},
    error::ApiError,
};

/// Sign out
#[utoipa::path(
    delete, path = "/api/v1/session", operation_id = "signOut", tag = "session",
    responses((status = 204, description = "signed out")),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { session, .. }: CallingStaff,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1]), ApiError> {
    app.store.delete_session(session.bytes()).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, clearing_cookie())]))
}
