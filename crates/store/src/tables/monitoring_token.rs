//! Tokens with which monitoring tells of its alerts.

use chrono::{DateTime, Utc};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ForeignKey};

use crate::codec::{from_ms, from_ms_opt, to_ms};
use crate::migrations::{Step, table};
use crate::tables::organisation;
use crate::{OrganisationId, Scope, Store, StoreError};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "monitoring_token")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub token_hash: Vec<u8>,
    pub label: String,
    pub created_at: i64,
    pub revoked_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 2.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Id).uuid().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::TokenHash).blob().not_null().unique_key().to_owned(),
        ColumnDef::new(Column::Label).text().not_null().to_owned(),
        ColumnDef::new(Column::CreatedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::RevokedAt).big_integer().null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.foreign_key(
        ForeignKey::create().from(Entity, Column::OrganisationId).to(organisation::Entity, organisation::Column::Id),
    );
    vec![Step::Table(table)]
}

impl TryFrom<Model> for MonitoringToken {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: OrganisationId(row.organisation_id),
            label: row.label,
            created_at: from_ms(row.created_at)?,
            revoked_at: from_ms_opt(row.revoked_at)?,
        })
    }
}

/// A token with which monitoring calls; the token itself is shown once and never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonitoringToken {
    /// Its id, for listing and revoking.
    pub id: Uuid,
    /// Whose notices it opens.
    pub organisation_id: OrganisationId,
    /// What IT calls it.
    pub label: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Store {
    /// The token with that hash, unless it was revoked.
    pub async fn monitoring_token_by_hash(&self, token_hash: [u8; 32]) -> Result<Option<MonitoringToken>, StoreError> {
        let row = Entity::find()
            .filter(Column::TokenHash.eq(token_hash.to_vec()))
            .filter(Column::RevokedAt.is_null())
            .one(self.db())
            .await?;
        row.map(MonitoringToken::try_from).transpose()
    }
}

impl Scope {
    /// Makes a token of which only the hash is kept.
    pub async fn create_monitoring_token(
        &self,
        id: Uuid,
        token_hash: [u8; 32],
        label: &str,
        now: DateTime<Utc>,
    ) -> Result<MonitoringToken, StoreError> {
        let row = Model {
            id,
            organisation_id: self.organisation.0,
            token_hash: token_hash.to_vec(),
            label: label.to_owned(),
            created_at: to_ms(now),
            revoked_at: None,
        };
        self.write(row, |tx, (_, row)| {
            Box::pin(async move {
                Entity::insert(ActiveModel::from(row.clone()).reset_all()).exec_without_returning(tx.db).await?;
                row.clone().try_into()
            })
        })
        .await
    }

    /// Every token, newest first.
    pub async fn list_monitoring_tokens(&self) -> Result<Vec<MonitoringToken>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .all(self.db())
            .await?;
        rows.into_iter().map(MonitoringToken::try_from).collect()
    }

    /// Refuses the token from now on. Repeatable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn revoke_monitoring_token(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write((id, to_ms(now)), |tx, (organisation, (id, now))| {
            Box::pin(async move {
                let done = Entity::update_many()
                    .col_expr(Column::RevokedAt, Expr::val(*now))
                    .filter(Column::Id.eq(*id))
                    .filter(Column::OrganisationId.eq(organisation.0))
                    .exec(tx.db)
                    .await?;
                if done.rows_affected == 0 { Err(StoreError::NotFound) } else { Ok(()) }
            })
        })
        .await
    }
}
