use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ExprTrait as _, ForeignKey, Query};
use sea_orm::{Condition, QueryOrder};

use crate::codec::{from_ms, from_ms_opt, to_count, to_ms};
use crate::migrations::{Step, index, table};
use crate::tables::organisation;
use crate::write::Tx;
use crate::{OrganisationId, Scope, Store, StoreError};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "enrolment_token")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub token_hash: Vec<u8>,
    pub label: String,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub max_uses: Option<i64>,
    pub uses: i64,
    pub revoked_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Id).uuid().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::TokenHash).blob().not_null().unique_key().to_owned(),
        ColumnDef::new(Column::Label).text().not_null().to_owned(),
        ColumnDef::new(Column::CreatedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::ExpiresAt).big_integer().null().to_owned(),
        ColumnDef::new(Column::MaxUses).big_integer().null().to_owned(),
        ColumnDef::new(Column::Uses).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::RevokedAt).big_integer().null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.foreign_key(
        ForeignKey::create().from(Entity, Column::OrganisationId).to(organisation::Entity, organisation::Column::Id),
    );
    vec![
        Step::Table(table),
        Step::Index(index("enrolment_token_by_age", Entity, [Column::OrganisationId, Column::CreatedAt])),
    ]
}

impl TryFrom<Model> for EnrolmentToken {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: OrganisationId(row.organisation_id),
            label: row.label,
            created_at: from_ms(row.created_at)?,
            expires_at: from_ms_opt(row.expires_at)?,
            max_uses: row.max_uses.map(to_count),
            uses: to_count(row.uses),
            revoked_at: from_ms_opt(row.revoked_at)?,
        })
    }
}

/// Counts a use of a token that may still be used and tells whose it is; one statement, so that two devices cannot
/// share the last use.
pub(crate) async fn use_once(tx: &Tx<'_>, token_hash: [u8; 32], now_ms: i64) -> Result<Option<Uuid>, StoreError> {
    let usable = Condition::all()
        .add(Column::TokenHash.eq(token_hash.to_vec()))
        .add(Column::RevokedAt.is_null())
        .add(Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now_ms)))
        .add(
            Condition::any().add(Column::MaxUses.is_null()).add(Expr::col(Column::Uses).lt(Expr::col(Column::MaxUses))),
        );
    let update = Query::update()
        .table(Entity)
        .value(Column::Uses, Expr::col(Column::Uses).add(1))
        .cond_where(usable)
        .returning_col(Column::OrganisationId)
        .to_owned();
    match tx.db.query_one(&update).await? {
        Some(row) => Ok(Some(row.try_get("", "organisation_id")?)),
        None => Ok(None),
    }
}

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
    pub async fn enrolment_token_by_hash(&self, token_hash: [u8; 32]) -> Result<Option<EnrolmentToken>, StoreError> {
        let row = Entity::find().filter(Column::TokenHash.eq(token_hash.to_vec())).one(self.db()).await?;
        row.map(EnrolmentToken::try_from).transpose()
    }
}

impl Scope {
    /// Makes a token.
    pub async fn create_enrolment_token(
        &self,
        new: &NewEnrolmentToken,
        now: DateTime<Utc>,
    ) -> Result<EnrolmentToken, StoreError> {
        let row = Model {
            id: new.id,
            organisation_id: self.organisation.0,
            token_hash: new.token_hash.to_vec(),
            label: new.label.clone(),
            created_at: to_ms(now),
            expires_at: new.expires_at.map(to_ms),
            max_uses: new.max_uses.map(i64::from),
            uses: 0,
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
    pub async fn list_enrolment_tokens(&self) -> Result<Vec<EnrolmentToken>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .all(self.db())
            .await?;
        rows.into_iter().map(EnrolmentToken::try_from).collect()
    }

    /// Refuses the token from now on; devices enrolled with it stay. Repeatable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn revoke_enrolment_token(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
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
