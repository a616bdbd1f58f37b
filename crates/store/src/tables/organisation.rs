use chrono::{DateTime, Utc};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, Query, UpdateStatement};

use crate::codec::{from_ms, to_ms};
use crate::migrations::{Step, table};
use crate::{Conflict, OrganisationId, Store, StoreError};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub next_ticket: i64,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Id).uuid().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::Name).text().not_null().unique_key().to_owned(),
        ColumnDef::new(Column::NextTicket).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::CreatedAt).big_integer().not_null().to_owned(),
    ];
    vec![Step::Table(table(Entity, columns))]
}

impl TryFrom<Model> for Organisation {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self { id: OrganisationId(row.id), name: row.name, created_at: from_ms(row.created_at)? })
    }
}

/// Notes that `number`, which was next, is taken.
pub(crate) fn takes_number(id: OrganisationId, number: i64) -> UpdateStatement {
    Query::update().table(Entity).value(Column::NextTicket, number + 1).and_where(Column::Id.eq(id.0)).to_owned()
}

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
        id: OrganisationId,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<Organisation, StoreError> {
        let row = Model { id: id.0, name: name.to_owned(), next_ticket: 1, created_at: to_ms(now) };
        self.write(None, row, |tx, row| {
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

    /// The organisation of that id.
    pub async fn find_organisation(&self, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
        Entity::find_by_id(id.0).one(self.db()).await?.map(Organisation::try_from).transpose()
    }

    /// Every organisation, oldest first.
    pub async fn list_organisations(&self) -> Result<Vec<Organisation>, StoreError> {
        let rows = Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(self.db()).await?;
        rows.into_iter().map(Organisation::try_from).collect()
    }
}
