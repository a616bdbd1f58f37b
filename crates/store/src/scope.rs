use uuid::Uuid;

use crate::Store;

/// Id of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct OrganisationId(pub Uuid);

impl std::fmt::Display for OrganisationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The store as one organisation sees it. Its functions stand beside the tables they work on, in `src/tables`.
#[derive(Clone)]
pub struct Scope {
    pub(crate) store: Store,
    pub(crate) organisation: OrganisationId,
}

impl Scope {
    /// The organisation it is limited to.
    pub fn organisation_id(&self) -> OrganisationId {
        self.organisation
    }

    /// The store it is a part of.
    pub fn store(&self) -> &Store {
        &self.store
    }
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Scope").field(&self.organisation.0).finish()
    }
}
