use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{OrganisationId, Scope, Store, StoreError};

/// A token with which devices enrol; the token itself is shown once and never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentToken {
    /// Its id, for listing and revoking.
    pub id: Uuid,
    /// Whose devices it makes.
    pub organisation_id: OrganisationId,
    /// What IT calls it.
    pub label: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it is refused.
    pub expires_at: Option<DateTime<Utc>>,
    /// How many devices it may enrol; `None` is any number.
    pub max_uses: Option<u32>,
    /// How many it has.
    pub uses: u32,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A token to be made.
#[derive(Clone)]
pub struct NewEnrolmentToken {
    /// Its id.
    pub id: Uuid,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// What IT calls it.
    pub label: String,
    /// From when on it is refused.
    pub expires_at: Option<DateTime<Utc>>,
    /// How many devices it may enrol; `None` is any number.
    pub max_uses: Option<u32>,
}

impl Store {
    /// The token with that hash, whatever its state. [`Store::enrol_device`] checks again.
    pub async fn enrolment_token_by_hash(&self, _token_hash: [u8; 32]) -> Result<Option<EnrolmentToken>, StoreError> {
        pending!()
    }
}

impl Scope {
    /// Makes a token.
    pub async fn create_enrolment_token(
        &self,
        _new: &NewEnrolmentToken,
        _now: DateTime<Utc>,
    ) -> Result<EnrolmentToken, StoreError> {
        pending!()
    }

    /// Every token, newest first.
    pub async fn list_enrolment_tokens(&self) -> Result<Vec<EnrolmentToken>, StoreError> {
        pending!()
    }

    /// Refuses the token from now on; devices enrolled with it stay. Repeatable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn revoke_enrolment_token(&self, _id: Uuid, _now: DateTime<Utc>) -> Result<(), StoreError> {
        pending!()
    }
}
