use report::Language;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::ApiError;

/// The member of staff who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Staff {
    /// Their id.
    pub id: Uuid,
    /// What they sign in with.
    pub login: String,
    /// Their name, as users see it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Name of the organisation they work in.
    pub organisation: String,
    /// The language they read.
    pub language: Language,
}

/// What a member of staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
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
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffRef {
    /// Their id.
    pub id: Uuid,
    /// Their name.
    pub name: String,
}

impl Staff {
    /// With the name of their organisation.
    pub async fn of(store: &store::Store, staff: store::Staff) -> Result<Self, ApiError> {
        let organisation = store.find_organisation(staff.organisation_id).await?;
        let organisation =
            organisation.ok_or_else(|| ApiError::internal("staff of an organisation that is not there"))?;
        let store::Staff { id, login, name, role, language, .. } = staff;
        Ok(Self { id, login, name, role: role.into(), organisation: organisation.name, language })
    }
}

impl From<store::Role> for Role {
    fn from(role: store::Role) -> Self {
        match role {
            store::Role::FirstLine => Self::FirstLine,
            store::Role::SecondLine => Self::SecondLine,
            store::Role::Lead => Self::Lead,
            store::Role::Admin => Self::Admin,
        }
    }
}

impl From<store::StaffRef> for StaffRef {
    fn from(store::StaffRef { id, name }: store::StaffRef) -> Self {
        Self { id, name }
    }
}
