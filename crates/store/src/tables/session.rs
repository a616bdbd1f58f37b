use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Scope, Staff, Store, StoreError};

/// A signed-in browser.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who.
    pub staff: Staff,
    /// When they signed in.
    pub created_at: DateTime<Utc>,
    /// When [`Store::touch_session`] was called last.
    pub last_seen_at: DateTime<Utc>,
    /// From when on it is refused.
    pub expires_at: DateTime<Utc>,
}

/// A session to be made.
#[derive(Clone)]
pub struct NewSession {
    /// SHA-256 of the cookie's value.
    pub token_hash: [u8; 32],
    /// Who signed in.
    pub staff_id: Uuid,
    /// From when on it is refused.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// The session with that token; `None` when there is none, it has expired, or the person is disabled.
    pub async fn session_by_token_hash(
        &self,
        _token_hash: [u8; 32],
        _now: DateTime<Utc>,
    ) -> Result<Option<Session>, StoreError> {
        pending!()
    }

    /// Notes that it was used and when it will expire. Call it rarely (once in some minutes).
    pub async fn touch_session(
        &self,
        _token_hash: [u8; 32],
        _now: DateTime<Utc>,
        _expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        pending!()
    }

    /// Signs out. Repeatable.
    pub async fn delete_session(&self, _token_hash: [u8; 32]) -> Result<(), StoreError> {
        pending!()
    }

    /// Forgets sessions that expired before `now`; returns how many.
    pub async fn delete_expired_sessions(&self, _now: DateTime<Utc>) -> Result<u64, StoreError> {
        pending!()
    }
}

impl Scope {
    /// Signs a member of this organisation in.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when they are not of this organisation or disabled.
    pub async fn create_session(&self, _new: &NewSession, _now: DateTime<Utc>) -> Result<(), StoreError> {
        pending!()
    }
}
