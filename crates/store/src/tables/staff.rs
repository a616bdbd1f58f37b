use chrono::{DateTime, Utc};
use report::Language;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{OrganisationId, Scope, Store, StoreError};

/// What a member of staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works the queue.
    FirstLine,
    /// Works what is routed to a team.
    SecondLine,
    /// Sees figures and notices too.
    Lead,
    /// Everything, staff and devices included.
    Admin,
}

/// A person as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRef {
    /// Their id.
    pub id: Uuid,
    /// Their name, as users see it.
    pub name: String,
}

/// A member of staff.
#[derive(Clone)]
pub struct Staff {
    /// Their id.
    pub id: Uuid,
    /// Where they work.
    pub organisation_id: OrganisationId,
    /// What they sign in with; unique over all organisations, compared in lower case.
    pub login: String,
    /// Their name, as users see it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The language they read.
    pub language: Language,
    /// PHC string of their password; `None` when they cannot sign in with one.
    pub password_hash: Option<String>,
    /// When they were made.
    pub created_at: DateTime<Utc>,
    /// When they were disabled; they cannot sign in from then on.
    pub disabled_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Staff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staff").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

/// A member of staff to be made.
#[derive(Clone)]
pub struct NewStaff {
    /// Their id.
    pub id: Uuid,
    /// What they sign in with.
    pub login: String,
    /// Their name, as users see it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The language they read.
    pub language: Language,
    /// PHC string of their password.
    pub password_hash: Option<String>,
}

impl Store {
    /// The member of staff with that login (any case), disabled ones included, for signing in.
    pub async fn staff_by_login(&self, _login: &str) -> Result<Option<Staff>, StoreError> {
        pending!()
    }
}

impl Scope {
    /// Makes a member of staff.
    ///
    /// # Errors
    /// [`crate::Conflict::Exists`] when the login is taken, in whichever organisation.
    pub async fn create_staff(&self, _new: &NewStaff, _now: DateTime<Utc>) -> Result<Staff, StoreError> {
        pending!()
    }

    /// The member of staff of that id.
    pub async fn find_staff(&self, _id: Uuid) -> Result<Option<Staff>, StoreError> {
        pending!()
    }

    /// Everybody, by login.
    pub async fn list_staff(&self) -> Result<Vec<Staff>, StoreError> {
        pending!()
    }

    /// Sets the password and ends their sessions.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_password_hash(&self, _id: Uuid, _password_hash: &str) -> Result<(), StoreError> {
        pending!()
    }

    /// Disables them and ends their sessions. Repeatable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn disable_staff(&self, _id: Uuid, _now: DateTime<Utc>) -> Result<(), StoreError> {
        pending!()
    }
}
