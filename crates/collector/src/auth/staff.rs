use axum::http::{HeaderMap, HeaderValue, header};
use chrono::{DateTime, Utc};
use report::ErrorCode;
use store::{Staff, Store};

use super::{Token, TokenHash};
use crate::{error::ApiError, units::Span};

/// Name of the cookie that holds a session.
pub const COOKIE: &str = "redbutton_session";

/// The member of staff who is calling; there only where the routing table asked for one.
#[derive(Debug, Clone)]
pub struct CallingStaff {
    /// Who.
    pub staff: Staff,
    /// Their session, for signing out.
    pub session: TokenHash,
}

/// Finds the member of staff whose session the cookie holds.
///
/// # Errors
/// `unauthenticated` when there is none or it has expired.
pub async fn authenticate(headers: &HeaderMap, store: &Store, now: DateTime<Utc>) -> Result<CallingStaff, ApiError> {
    let session = cookie(headers).ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated))?.hash();
    let found = store.session_by_token_hash(session.bytes(), now).await?;
    let staff = found.ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated))?.staff;
    Ok(CallingStaff { staff, session })
}

fn cookie(headers: &HeaderMap) -> Option<Token> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).and_then(|(_, value)| Token::parse(value))
}

/// `Set-Cookie` for a new session.
pub fn session_cookie(token: &Token, lifetime: Span, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let seconds = lifetime.0.as_secs();
    let text = format!("{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}", token.reveal());
    let mut value = HeaderValue::try_from(text).unwrap_or_else(|_| clearing_cookie());
    value.set_sensitive(true);
    value
}

/// `Set-Cookie` that forgets the session.
pub fn clearing_cookie() -> HeaderValue {
    HeaderValue::from_static("redbutton_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn finds_its_cookie_among_others() {
        let token = Token::generate(&mut StdRng::seed_from_u64(1));
        let mut headers = HeaderMap::new();
        assert!(cookie(&headers).is_none());
        let line = format!("theme=dark; {COOKIE}={}; x=1", token.reveal());
        headers.insert(header::COOKIE, line.parse().unwrap());
        assert_eq!(cookie(&headers).unwrap().hash(), token.hash());
    }

    #[test]
    fn a_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let token = Token::generate(&mut StdRng::seed_from_u64(1));
        let plain = session_cookie(&token, Span::seconds(60), false);
        let text = plain.to_str().unwrap();
        assert!(text.contains("HttpOnly") && text.contains("SameSite=Strict") && text.contains("Max-Age=60"));
        assert!(!text.contains("Secure"));
        assert!(session_cookie(&token, Span::seconds(60), true).to_str().unwrap().ends_with("; Secure"));
    }
}
