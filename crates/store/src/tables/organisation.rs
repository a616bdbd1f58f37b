use chrono::{DateTime, Utc};

use crate::{OrganisationId, Store, StoreError};

/// An organisation served by this collector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name, as users see it; unique.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl Store {
    /// Makes an organisation.
    ///
    /// # Errors
    /// [`crate::Conflict::Exists`] when the name is taken.
    pub async fn create_organisation(
        &self,
        _id: OrganisationId,
        _name: &str,
        _now: DateTime<Utc>,
    ) -> Result<Organisation, StoreError> {
        pending!()
    }

    /// The organisation of that id.
    pub async fn find_organisation(&self, _id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
        pending!()
    }

    /// Every organisation, oldest first.
    pub async fn list_organisations(&self) -> Result<Vec<Organisation>, StoreError> {
        pending!()
    }
}
