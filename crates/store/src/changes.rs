use crate::{OrganisationId, Scope, StoreError};

/// A ticket changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Ever-growing position within the organisation (not dense).
    pub seq: i64,
    /// Whose ticket.
    pub organisation_id: OrganisationId,
    /// Which.
    pub number: i64,
}

impl Scope {
    /// Changes after `seq`, oldest first, at most `limit`. Positions become visible in order, so nothing is missed by
    /// asking again with the last one seen.
    pub async fn changes_since(&self, _seq: i64, _limit: u64) -> Result<Vec<Change>, StoreError> {
        pending!()
    }

    /// Position of the newest change; 0 before the first.
    pub async fn last_change(&self) -> Result<i64, StoreError> {
        pending!()
    }
}
