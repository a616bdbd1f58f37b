use chrono::{DateTime, Utc};
use store::{Conflict, Organisation, OrganisationId, Store, StoreError};
use uuid::Uuid;

/// Name of the organisation made on a fresh database.
pub const DEFAULT_NAME: &str = "Default";

/// The oldest organisation; on a fresh database it is made, so that a collector works at once.
pub async fn default_organisation(store: &Store, now: DateTime<Utc>) -> Result<Organisation, StoreError> {
    if let Some(oldest) = store.list_organisations().await?.into_iter().next() {
        return Ok(oldest);
    }
    match store.create_organisation(OrganisationId(Uuid::now_v7()), DEFAULT_NAME, now).await {
        // Another process was faster.
        Err(StoreError::Conflict(Conflict::Exists)) => {
            store.list_organisations().await?.into_iter().next().ok_or(StoreError::NotFound)
        }
        made => made,
    }
}
