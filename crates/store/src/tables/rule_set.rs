//! Rules of an organisation's own, every version of them kept. At most one is active.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ForeignKey, Index};
use sea_orm::{QueryOrder, QuerySelect};

use crate::codec::{from_ms, to_ms};
use crate::migrations::{Step, index, table};
use crate::tables::{organisation, staff};
use crate::write::Tx;
use crate::{OrganisationId, Scope, StaffRef, StoreError};

/// Most versions that are listed.
const MAX_LISTED: u64 = 100;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rule_set")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub toml: String,
    pub note: String,
    pub created_by: Option<Uuid>,
    pub created_at: i64,
    pub active: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 2.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::Version).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Toml).text().not_null().to_owned(),
        ColumnDef::new(Column::Note).text().not_null().to_owned(),
        ColumnDef::new(Column::CreatedBy).uuid().null().to_owned(),
        ColumnDef::new(Column::CreatedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Active).boolean().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.primary_key(Index::create().col(Column::OrganisationId).col(Column::Version)).foreign_key(
        ForeignKey::create().from(Entity, Column::OrganisationId).to(organisation::Entity, organisation::Column::Id),
    );
    let active = [Column::OrganisationId, Column::Active, Column::Version];
    vec![Step::Table(table), Step::Index(index("rule_set_active", Entity, active))]
}

fn of(organisation: OrganisationId) -> Select<Entity> {
    Entity::find().filter(Column::OrganisationId.eq(organisation.0))
}

/// Makes `version` the active one; 0 leaves none active. The organisation is locked by then.
async fn activate(tx: &Tx<'_>, organisation: OrganisationId, version: i64) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Active, Expr::val(false))
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::Active.eq(true))
        .exec(tx.db)
        .await?;
    if version == 0 {
        return Ok(());
    }
    let done = Entity::update_many()
        .col_expr(Column::Active, Expr::val(true))
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::Version.eq(version))
        .exec(tx.db)
        .await?;
    if done.rows_affected == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Rules to be kept; the caller has checked that they work.
#[derive(Debug, Clone)]
pub struct NewRuleSet {
    /// The rule file.
    pub toml: String,
    /// Why it was changed, in its author's words.
    pub note: String,
    /// Who made it.
    pub created_by: Option<Uuid>,
}

/// A version's line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSetVersion {
    /// From 1.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: Option<StaffRef>,
    /// Why, in their words.
    pub note: String,
    /// Whether reports are judged by it.
    pub active: bool,
}

/// A version with its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// From 1.
    pub version: i64,
    /// The rule file.
    pub toml: String,
}

impl Scope {
    /// Version of the active rules; 0 when there are none.
    pub async fn active_rule_version(&self) -> Result<i64, StoreError> {
        let active = of(self.organisation).select_only().column(Column::Version).filter(Column::Active.eq(true));
        Ok(active.into_tuple().one(self.db()).await?.unwrap_or(0))
    }

    /// The active rules, if there are any.
    pub async fn active_rule_set(&self) -> Result<Option<RuleSet>, StoreError> {
        let row = of(self.organisation).filter(Column::Active.eq(true)).one(self.db()).await?;
        Ok(row.map(|row| RuleSet { version: row.version, toml: row.toml }))
    }

    /// One version of the rules.
    pub async fn find_rule_set(&self, version: i64) -> Result<Option<RuleSet>, StoreError> {
        let row = of(self.organisation).filter(Column::Version.eq(version)).one(self.db()).await?;
        Ok(row.map(|row| RuleSet { version: row.version, toml: row.toml }))
    }

    /// Versions, newest first, at most 100 and the active one.
    pub async fn list_rule_sets(&self) -> Result<Vec<RuleSetVersion>, StoreError> {
        type Row = (i64, String, Option<Uuid>, i64, bool);
        let columns = [Column::Version, Column::Note, Column::CreatedBy, Column::CreatedAt, Column::Active];
        let lines = of(self.organisation).select_only().columns(columns).order_by_desc(Column::Version);
        let mut rows: Vec<Row> = lines.clone().limit(MAX_LISTED).into_tuple().all(self.db()).await?;
        if !rows.iter().any(|row| row.4) {
            let active: Option<Row> = lines.filter(Column::Active.eq(true)).into_tuple().one(self.db()).await?;
            rows.extend(active);
        }
        let authors = staff::names(self.db(), self.organisation, rows.iter().filter_map(|row| row.2)).await?;
        let line = |(version, note, author, created_at, active): Row| {
            let created_by = author.and_then(|id| authors.get(&id).cloned());
            Ok(RuleSetVersion { version, created_at: from_ms(created_at)?, created_by, note, active })
        };
        rows.into_iter().map(line).collect()
    }

    /// Keeps rules as the next version and makes it the active one. Returns the version.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the author is not of this organisation, or disabled.
    pub async fn publish_rule_set(&self, new: &NewRuleSet, now: DateTime<Utc>) -> Result<i64, StoreError> {
        self.write((new.clone(), to_ms(now)), |tx, (organisation, (new, now))| {
            Box::pin(async move {
                tx.lock_organisation(*organisation).await?;
                if let Some(author) = new.created_by {
                    staff::acting(tx, *organisation, author).await?;
                }
                let newest: Option<i64> = of(*organisation)
                    .select_only()
                    .column(Column::Version)
                    .order_by_desc(Column::Version)
                    .limit(1)
                    .into_tuple()
                    .one(tx.db)
                    .await?;
                let row = Model {
                    organisation_id: organisation.0,
                    version: newest.unwrap_or(0) + 1,
                    toml: new.toml.clone(),
                    note: new.note.clone(),
                    created_by: new.created_by,
                    created_at: *now,
                    active: false,
                };
                let version = row.version;
                Entity::insert(ActiveModel::from(row).reset_all()).exec_without_returning(tx.db).await?;
                activate(tx, *organisation, version).await?;
                Ok(version)
            })
        })
        .await
    }

    /// Makes an earlier version the active one again; 0 leaves none active.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such version; then nothing changes.
    pub async fn activate_rule_set(&self, version: i64) -> Result<(), StoreError> {
        self.write(version, |tx, (organisation, version)| {
            Box::pin(async move {
                tx.lock_organisation(*organisation).await?;
                activate(tx, *organisation, *version).await
            })
        })
        .await
    }
}
