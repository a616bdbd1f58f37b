use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ForeignKey};

use crate::codec::{from_ms, to_ms};
use crate::migrations::{Step, index, table};
use crate::tables::staff;
use crate::{Scope, Staff, Store, StoreError};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    pub staff_id: Uuid,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub expires_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::TokenHash).blob().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::StaffId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::CreatedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::LastSeenAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::ExpiresAt).big_integer().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.foreign_key(ForeignKey::create().from(Entity, Column::StaffId).to(staff::Entity, staff::Column::Id));
    vec![
        Step::Table(table),
        Step::Index(index("session_by_staff", Entity, [Column::StaffId])),
        Step::Index(index("session_by_expiry", Entity, [Column::ExpiresAt])),
    ]
}

/// A signed-in browser.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who.
    pub staff: Staff,
    /// When they signed in.
    pub created_at: DateTime<Utc>,
    /// When [`Store::touch_session`] was called last.
    pub last_seen_at: DateTime<Utc>,
    /// From when on it is refused.
    pub expires_at: DateTime<Utc>,
}

/// A session to be made.
#[derive(Clone)]
pub struct NewSession {
    /// SHA-256 of the cookie's value.
    pub token_hash: [u8; 32],
    /// Who signed in.
    pub staff_id: Uuid,
    /// From when on it is refused.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// The session with that token; `None` when there is none, it has expired, or the person is disabled.
    pub async fn session_by_token_hash(
        &self,
        token_hash: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<Session>, StoreError> {
        let row =
            Entity::find_by_id(token_hash.to_vec()).filter(Column::ExpiresAt.gt(to_ms(now))).one(self.db()).await?;
        let Some(row) = row else { return Ok(None) };
        let person =
            staff::Entity::find_by_id(row.staff_id).filter(staff::Column::DisabledAt.is_null()).one(self.db()).await?;
        let Some(person) = person else { return Ok(None) };
        Ok(Some(Session {
            staff: person.try_into()?,
            created_at: from_ms(row.created_at)?,
            last_seen_at: from_ms(row.last_seen_at)?,
            expires_at: from_ms(row.expires_at)?,
        }))
    }

    /// Notes that it was used and when it will expire. Call it rarely (once in some minutes).
    pub async fn touch_session(
        &self,
        token_hash: [u8; 32],
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(None, (token_hash, to_ms(now), to_ms(expires_at)), |tx, (token_hash, now, expires_at)| {
            Box::pin(async move {
                Entity::update_many()
                    .col_expr(Column::LastSeenAt, Expr::val(*now))
                    .col_expr(Column::ExpiresAt, Expr::val(*expires_at))
                    .filter(Column::TokenHash.eq(token_hash.to_vec()))
                    // One that has expired is not brought back.
                    .filter(Column::ExpiresAt.gt(*now))
                    .exec(tx.db)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Signs out. Repeatable.
    pub async fn delete_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        self.write(None, token_hash, |tx, token_hash| {
            Box::pin(async move {
                Entity::delete_by_id(token_hash.to_vec()).exec(tx.db).await?;
                Ok(())
            })
        })
        .await
    }

    /// Forgets sessions that expired before `now`; returns how many.
    pub async fn delete_expired_sessions(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.write(None, to_ms(now), |tx, now| {
            Box::pin(async move {
                let done = Entity::delete_many().filter(Column::ExpiresAt.lte(*now)).exec(tx.db).await?;
                Ok(done.rows_affected)
            })
        })
        .await
    }
}

impl Scope {
    /// Signs a member of this organisation in.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when they are not of this organisation or disabled.
    pub async fn create_session(&self, new: &NewSession, now: DateTime<Utc>) -> Result<(), StoreError> {
        let row = Model {
            token_hash: new.token_hash.to_vec(),
            staff_id: new.staff_id,
            created_at: to_ms(now),
            last_seen_at: to_ms(now),
            expires_at: to_ms(new.expires_at),
        };
        self.write(row, |tx, (organisation, row)| {
            Box::pin(async move {
                staff::acting(tx, *organisation, row.staff_id).await?;
                Entity::insert(ActiveModel::from(row.clone()).reset_all()).exec_without_returning(tx.db).await?;
                Ok(())
            })
        })
        .await
    }
}
