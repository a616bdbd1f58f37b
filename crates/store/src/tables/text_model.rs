//! What an organisation's corrections taught the text model: every version's scores, and the newest versions themselves.

use chrono::{DateTime, Utc};
use report::LocalText;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ExprTrait as _, ForeignKey, Index};
use sea_orm::{QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::codec::{from_json, from_ms, from_name, to_count, to_json, to_ms, to_name};
use crate::migrations::{Step, index, table};
use crate::tables::{organisation, staff};
use crate::write::Tx;
use crate::{Conflict, OrganisationId, Scope, StaffRef, StoreError};

/// Most versions that are listed.
const MAX_LISTED: u64 = 100;
/// How many of the newest versions keep what they learned; the active one always does. An older one is learned again if need be.
const OVERLAYS_KEPT: u64 = 20;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "text_model")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    /// What it changes in the shipped model; absent where it was refused or has been given up.
    pub overlay: Option<Vec<u8>>,
    pub corrections: i64,
    /// Newest change of a correction it knows of.
    pub learned_revision: i64,
    /// [`ModelScores`] as JSON.
    pub scores: String,
    /// [`ModelState`].
    pub state: String,
    /// [`LocalText`] as JSON.
    pub reason: Option<String>,
    pub created_by: Option<Uuid>,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 2.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::Version).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Overlay).blob().null().to_owned(),
        ColumnDef::new(Column::Corrections).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::LearnedRevision).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Scores).text().not_null().to_owned(),
        ColumnDef::new(Column::State).text().not_null().to_owned(),
        ColumnDef::new(Column::Reason).text().null().to_owned(),
        ColumnDef::new(Column::CreatedBy).uuid().null().to_owned(),
        ColumnDef::new(Column::CreatedAt).big_integer().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.primary_key(Index::create().col(Column::OrganisationId).col(Column::Version)).foreign_key(
        ForeignKey::create().from(Entity, Column::OrganisationId).to(organisation::Entity, organisation::Column::Id),
    );
    let by_state = [Column::OrganisationId, Column::State, Column::Version];
    vec![Step::Table(table), Step::Index(index("text_model_by_state", Entity, by_state))]
}

fn of(organisation: OrganisationId) -> Select<Entity> {
    Entity::find().filter(Column::OrganisationId.eq(organisation.0))
}

fn is_in(state: ModelState) -> sea_orm::sea_query::SimpleExpr {
    Column::State.eq(state.as_str())
}

/// Makes `version` the active one; 0 leaves none active. The organisation is locked by then.
async fn activate(tx: &Tx<'_>, organisation: OrganisationId, version: i64) -> Result<(), StoreError> {
    let set = |state: ModelState| {
        Entity::update_many()
            .col_expr(Column::State, Expr::val(state.as_str()))
            .filter(Column::OrganisationId.eq(organisation.0))
    };
    set(ModelState::Available).filter(is_in(ModelState::Active)).exec(tx.db).await?;
    if version == 0 {
        return Ok(());
    }
    let wanted = of(organisation)
        .select_only()
        .column(Column::State)
        .expr_as(Expr::col(Column::Overlay).is_not_null(), "kept")
        .filter(Column::Version.eq(version));
    let found: Option<(String, bool)> = wanted.into_tuple().one(tx.db).await?;
    let Some((state, kept)) = found else { return Err(StoreError::NotFound) };
    match from_name(state)? {
        ModelState::Refused => Err(StoreError::Conflict(Conflict::RefusedModel)),
        _ if !kept => Err(StoreError::NotFound),
        _ => {
            set(ModelState::Active).filter(Column::Version.eq(version)).exec(tx.db).await?;
            Ok(())
        }
    }
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelState {
    /// Reports are judged by it.
    Active,
    /// It may be made active.
    Available,
    /// It is worse than the shipped model and never judges.
    Refused,
}

impl ModelState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Available => "available",
            Self::Refused => "refused",
        }
    }
}

/// How a version does on the held-out set, beside the shipped one; each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ModelScores {
    /// Share of held-out texts it gets right.
    pub held_out_accuracy: f32,
    /// Mean of the categories' F1.
    pub held_out_macro_f1: f32,
    /// The shipped model's share.
    pub shipped_accuracy: f32,
    /// The shipped model's macro-F1.
    pub shipped_macro_f1: f32,
}

/// A model that was just learned.
#[derive(Debug, Clone)]
pub struct NewTextModel {
    /// The newest version when learning began; another one since then, and this one is not kept.
    pub after: i64,
    /// What it changes in the shipped model; absent when it is refused.
    pub overlay: Option<Vec<u8>>,
    /// From how many corrections it was learned.
    pub corrections: u32,
    /// Newest change of a correction it knows of ([`crate::CorrectionTally::revision`]).
    pub learned_revision: i64,
    /// How it does.
    pub scores: ModelScores,
    /// Why it is refused, in words.
    pub reason: Option<LocalText>,
    /// Who asked for it; nobody when the collector learned by itself.
    pub created_by: Option<Uuid>,
}

/// A version's line of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct TextModelVersion {
    /// From 1.
    pub version: i64,
    /// When it was learned.
    pub created_at: DateTime<Utc>,
    /// Who asked for it; nobody when the collector learned by itself.
    pub created_by: Option<StaffRef>,
    /// From how many corrections.
    pub corrections: u32,
    /// How it does.
    pub scores: ModelScores,
    /// Where it stands.
    pub state: ModelState,
    /// Why, where that needs saying.
    pub reason: Option<LocalText>,
    /// Whether what it learned is still kept, so that it can be made active.
    pub kept: bool,
}

impl Scope {
    /// Version of the active model; 0 is the shipped one.
    pub async fn active_model_version(&self) -> Result<i64, StoreError> {
        let active = of(self.organisation).select_only().column(Column::Version).filter(is_in(ModelState::Active));
        Ok(active.into_tuple().one(self.db()).await?.unwrap_or(0))
    }

    /// The active model's version and what it changes in the shipped one, unless the shipped one is active.
    pub async fn active_overlay(&self) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
        let row = of(self.organisation).filter(is_in(ModelState::Active)).one(self.db()).await?;
        Ok(row.and_then(|row| row.overlay.map(|overlay| (row.version, overlay))))
    }

    /// The newest version, and the newest change of a correction it knows of; zeros when there is none.
    pub async fn newest_text_model(&self) -> Result<(i64, i64), StoreError> {
        let newest = of(self.organisation).select_only().columns([Column::Version, Column::LearnedRevision]);
        let newest = newest.order_by_desc(Column::Version).limit(1).into_tuple().one(self.db()).await?;
        Ok(newest.unwrap_or((0, 0)))
    }

    /// Versions, newest first, at most 100 and the active one.
    pub async fn list_text_models(&self) -> Result<Vec<TextModelVersion>, StoreError> {
        type Row = (i64, i64, String, String, Option<String>, Option<Uuid>, i64, bool);
        let columns = [
            Column::Version,
            Column::Corrections,
            Column::Scores,
            Column::State,
            Column::Reason,
            Column::CreatedBy,
            Column::CreatedAt,
        ];
        let lines = of(self.organisation)
            .select_only()
            .columns(columns)
            .expr_as(Expr::col(Column::Overlay).is_not_null(), "kept")
            .order_by_desc(Column::Version);
        let mut rows: Vec<Row> = lines.clone().limit(MAX_LISTED).into_tuple().all(self.db()).await?;
        if !rows.iter().any(|row| row.3 == ModelState::Active.as_str()) {
            let active: Option<Row> = lines.filter(is_in(ModelState::Active)).into_tuple().one(self.db()).await?;
            rows.extend(active);
        }
        let authors = staff::names(self.db(), self.organisation, rows.iter().filter_map(|row| row.5)).await?;
        let line = |(version, corrections, scores, state, reason, author, created_at, kept): Row| {
            Ok(TextModelVersion {
                version,
                created_at: from_ms(created_at)?,
                created_by: author.and_then(|id| authors.get(&id).cloned()),
                corrections: to_count(corrections),
                scores: from_json(&scores)?,
                state: from_name(state)?,
                reason: reason.as_deref().map(from_json).transpose()?,
                kept,
            })
        };
        rows.into_iter().map(line).collect()
    }

    /// Keeps a learned model as the next version. It becomes the active one unless it is refused (it has a reason), or
    /// staff went back from a newer one: what people chose stays until they choose again. Returns the version; `None` when
    /// another was learned meanwhile.
    pub async fn keep_text_model(&self, new: &NewTextModel, now: DateTime<Utc>) -> Result<Option<i64>, StoreError> {
        self.write((new.clone(), to_ms(now)), |tx, (organisation, (new, now))| {
            Box::pin(async move { keep(tx, *organisation, new, *now).await })
        })
        .await
    }

    /// Makes a version the active one; 0 is the shipped model.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such version, or it is no longer kept; [`Conflict::RefusedModel`].
    pub async fn activate_text_model(&self, version: i64) -> Result<(), StoreError> {
        self.write(version, |tx, (organisation, version)| {
            Box::pin(async move {
                tx.lock_organisation(*organisation).await?;
                activate(tx, *organisation, *version).await
            })
        })
        .await
    }
}

async fn keep(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    new: &NewTextModel,
    now_ms: i64,
) -> Result<Option<i64>, StoreError> {
    tx.lock_organisation(organisation).await?;
    let newest_first =
        || of(organisation).select_only().columns([Column::Version, Column::State]).order_by_desc(Column::Version);
    let newest: Option<(i64, String)> = newest_first().limit(1).into_tuple().one(tx.db).await?;
    let newest = newest.map_or(0, |(version, _)| version);
    if newest != new.after {
        return Ok(None);
    }
    let accepted = newest_first().filter(Column::State.ne(ModelState::Refused.as_str())).limit(1);
    let accepted: Option<(i64, String)> = accepted.into_tuple().one(tx.db).await?;
    let went_back = accepted.is_some_and(|(_, state)| state != ModelState::Active.as_str());
    let refused = new.overlay.is_none();
    let row = Model {
        organisation_id: organisation.0,
        version: newest + 1,
        overlay: new.overlay.clone(),
        corrections: i64::from(new.corrections),
        learned_revision: new.learned_revision,
        scores: to_json(&new.scores)?,
        state: to_name(if refused { ModelState::Refused } else { ModelState::Available })?,
        reason: new.reason.as_ref().map(to_json).transpose()?,
        created_by: new.created_by,
        created_at: now_ms,
    };
    let version = row.version;
    Entity::insert(ActiveModel::from(row).reset_all()).exec_without_returning(tx.db).await?;
    if !refused && !went_back {
        activate(tx, organisation, version).await?;
    }
    give_up_old_overlays(tx, organisation).await?;
    Ok(Some(version))
}

async fn give_up_old_overlays(tx: &Tx<'_>, organisation: OrganisationId) -> Result<(), StoreError> {
    let kept = of(organisation).select_only().column(Column::Version).filter(Column::Overlay.is_not_null());
    let oldest_kept: Option<i64> =
        kept.order_by_desc(Column::Version).offset(OVERLAYS_KEPT - 1).limit(1).into_tuple().one(tx.db).await?;
    let Some(oldest_kept) = oldest_kept else { return Ok(()) };
    Entity::update_many()
        .col_expr(Column::Overlay, Expr::val(None::<Vec<u8>>))
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::Version.lt(oldest_kept))
        .filter(Column::State.ne(ModelState::Active.as_str()))
        .exec(tx.db)
        .await?;
    Ok(())
}
