use std::collections::HashMap;

use chrono::{DateTime, Utc};
use report::Language;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ForeignKey};
use sea_orm::{QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use crate::codec::{from_ms, from_ms_opt, from_name, to_ms, to_name};
use crate::migrations::{Step, index, table};
use crate::tables::{organisation, session};
use crate::write::Tx;
use crate::{Conflict, OrganisationId, Scope, Store, StoreError};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "staff")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    /// As given, for reading.
    pub login: String,
    /// In lower case, for finding.
    pub login_key: String,
    pub name: String,
    pub role: String,
    pub language: String,
    pub password_hash: Option<String>,
    pub created_at: i64,
    pub disabled_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Id).uuid().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::Login).text().not_null().to_owned(),
        ColumnDef::new(Column::LoginKey).text().not_null().unique_key().to_owned(),
        ColumnDef::new(Column::Name).text().not_null().to_owned(),
        ColumnDef::new(Column::Role).text().not_null().to_owned(),
        ColumnDef::new(Column::Language).text().not_null().to_owned(),
        ColumnDef::new(Column::PasswordHash).text().null().to_owned(),
        ColumnDef::new(Column::CreatedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::DisabledAt).big_integer().null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.foreign_key(
        ForeignKey::create().from(Entity, Column::OrganisationId).to(organisation::Entity, organisation::Column::Id),
    );
    vec![Step::Table(table), Step::Index(index("staff_by_login", Entity, [Column::OrganisationId, Column::LoginKey]))]
}

impl TryFrom<Model> for Staff {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: OrganisationId(row.organisation_id),
            login: row.login,
            name: row.name,
            role: from_name(row.role)?,
            language: from_name(row.language)?,
            password_hash: row.password_hash,
            created_at: from_ms(row.created_at)?,
            disabled_at: from_ms_opt(row.disabled_at)?,
        })
    }
}

/// Names of people of an organisation, by id.
pub(crate) async fn names<C: ConnectionTrait>(
    db: &C,
    organisation: OrganisationId,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, StaffRef>, StoreError> {
    let ids: std::collections::BTreeSet<Uuid> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Name])
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, name)| (id, StaffRef { id, name })).collect())
}

/// Somebody of the organisation who may act (is not disabled).
pub(crate) async fn acting(tx: &Tx<'_>, organisation: OrganisationId, id: Uuid) -> Result<StaffRef, StoreError> {
    let row: Option<(Uuid, String)> = Entity::find_by_id(id)
        .select_only()
        .columns([Column::Id, Column::Name])
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::DisabledAt.is_null())
        .into_tuple()
        .one(tx.db)
        .await?;
    let (id, name) = row.ok_or(StoreError::NotFound)?;
    Ok(StaffRef { id, name })
}

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
    pub async fn staff_by_login(&self, login: &str) -> Result<Option<Staff>, StoreError> {
        let row = Entity::find().filter(Column::LoginKey.eq(login.to_lowercase())).one(self.db()).await?;
        row.map(Staff::try_from).transpose()
    }
}

impl Scope {
    /// Makes a member of staff.
    ///
    /// # Errors
    /// [`crate::Conflict::Exists`] when the login is taken, in whichever organisation.
    pub async fn create_staff(&self, new: &NewStaff, now: DateTime<Utc>) -> Result<Staff, StoreError> {
        let row = Model {
            id: new.id,
            organisation_id: self.organisation.0,
            login: new.login.clone(),
            login_key: new.login.to_lowercase(),
            name: new.name.clone(),
            role: to_name(new.role)?,
            language: to_name(new.language)?,
            password_hash: new.password_hash.clone(),
            created_at: to_ms(now),
            disabled_at: None,
        };
        self.write(row, |tx, (_, row)| {
            Box::pin(async move {
                let insert = Entity::insert(ActiveModel::from(row.clone()).reset_all());
                match insert.exec_without_returning(tx.db).await.map_err(StoreError::from) {
                    Ok(_) => row.clone().try_into(),
                    Err(error) if error.is_duplicate() => Err(StoreError::Conflict(Conflict::Exists)),
                    Err(error) => Err(error),
                }
            })
        })
        .await
    }

    /// The member of staff of that id.
    pub async fn find_staff(&self, id: Uuid) -> Result<Option<Staff>, StoreError> {
        let row = Entity::find_by_id(id).filter(Column::OrganisationId.eq(self.organisation.0)).one(self.db()).await?;
        row.map(Staff::try_from).transpose()
    }

    /// Everybody, by login.
    pub async fn list_staff(&self) -> Result<Vec<Staff>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .order_by_asc(Column::LoginKey)
            .all(self.db())
            .await?;
        rows.into_iter().map(Staff::try_from).collect()
    }

    /// Sets the password and ends their sessions.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_password_hash(&self, id: Uuid, password_hash: &str) -> Result<(), StoreError> {
        self.update_staff(id, ActiveModel { password_hash: Set(Some(password_hash.to_owned())), ..Default::default() })
            .await
    }

    /// Disables them and ends their sessions. Repeatable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn disable_staff(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.update_staff(id, ActiveModel { disabled_at: Set(Some(to_ms(now))), ..Default::default() }).await
    }

    /// Changes a member of staff and ends their sessions.
    async fn update_staff(&self, id: Uuid, change: ActiveModel) -> Result<(), StoreError> {
        self.write((id, change), |tx, (organisation, (id, change))| {
            Box::pin(async move {
                let done = Entity::update_many()
                    .set(change.clone())
                    .filter(Column::Id.eq(*id))
                    .filter(Column::OrganisationId.eq(organisation.0))
                    .exec(tx.db)
                    .await?;
                if done.rows_affected == 0 {
                    return Err(StoreError::NotFound);
                }
                session::Entity::delete_many().filter(session::Column::StaffId.eq(*id)).exec(tx.db).await?;
                Ok(())
            })
        })
        .await
    }
}
