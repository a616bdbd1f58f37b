use axum::http::{HeaderMap, header};
use report::ErrorCode;
use store::{OrganisationId, Store};

use super::Token;
use crate::error::ApiError;

/// The monitoring that is calling; there only where the routing table asked for it.
#[derive(Debug, Clone, Copy)]
pub struct CallingMonitoring {
    /// Whose it is.
    pub organisation_id: OrganisationId,
}

/// Finds the organisation whose monitoring `Authorization: Bearer {token}` proves.
///
/// # Errors
/// `unauthenticated` without such a header, and for a token that is unknown or revoked.
pub async fn authenticate(headers: &HeaderMap, store: &Store) -> Result<CallingMonitoring, ApiError> {
    let token = token(headers).ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated))?;
    let found = store.monitoring_token_by_hash(token.hash().bytes()).await?;
    let found = found.ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated))?;
    Ok(CallingMonitoring { organisation_id: found.organisation_id })
}

fn token(headers: &HeaderMap) -> Option<Token> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    // Schemes are compared without case (RFC 9110, 11.1).
    scheme.eq_ignore_ascii_case("bearer").then_some(())?;
    Token::parse(token.trim())
}
