//! The text read from screens, and at the same time the queue of those to be read: a row comes with its picture, in one
//! transaction, so that a picture which is here is never forgotten.
//!
//! `due_at` is both lease and back-off. Who claims a row moves it ahead and lets the row rest; who dies with it loses it when
//! that time has come. Those that rest are few, as many as are read just now or were not read a moment ago; all others that wait
//! may be taken, so the newest of them is the first an index leads to, however many there are. A row is claimed by one
//! collector alone: SQLite's writes stand in one lane, PostgreSQL locks the row and lets others skip it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use report::Verdict;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{
    ColumnDef, ExprTrait as _, ForeignKey, Index, IndexOrder, InsertStatement, LockBehavior, LockType, Query,
};
use sea_orm::{Condition, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use crate::codec::{from_ms_opt, from_name, to_ms};
use crate::migrations::{Step, index, table};
use crate::tables::{refinement, report as report_table};
use crate::write::Tx;
use crate::{Backend, OrganisationId, Scope, Store, StoreError, VerdictBasis};

/// Most characters kept of one screen.
pub const MAX_SCREEN_TEXT_CHARS: usize = 8_000;
/// How often a picture is tried before it counts as unreadable.
pub const MAX_SCREEN_TRIES: u32 = 3;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "screen_text")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub n: i32,
    pub organisation_id: Uuid,
    pub state: String,
    pub text: Option<String>,
    /// Program and version that read it.
    pub engine: Option<String>,
    pub stored_at: i64,
    /// Nobody may take it before.
    pub due_at: i64,
    /// How often it was taken.
    pub tries: i32,
    pub read_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 2.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::ReportId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::N).integer().not_null().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::State).text().not_null().to_owned(),
        ColumnDef::new(Column::Text).text().null().to_owned(),
        ColumnDef::new(Column::Engine).text().null().to_owned(),
        ColumnDef::new(Column::StoredAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::DueAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Tries).integer().not_null().to_owned(),
        ColumnDef::new(Column::ReadAt).big_integer().null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.primary_key(Index::create().col(Column::ReportId).col(Column::N)).foreign_key(
        ForeignKey::create().from(Entity, Column::ReportId).to(report_table::Entity, report_table::Column::Id),
    );
    // Read backwards: the newest first, and of those of one moment the first.
    let mut to_read = index("screen_text_to_read", Entity, [Column::State, Column::StoredAt]);
    to_read.col((Column::N, IndexOrder::Desc));
    vec![Step::Table(table), Step::Index(to_read)]
}

/// The state of a row that waits for its `due_at`, being read or tried again later; [`ScreenState::Waiting`] to everybody.
const RESTING: &str = "resting";

/// Where the reading of a screen stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreenState {
    /// It will be read.
    Waiting,
    /// It was read; there may be no text on it.
    Read,
    /// It could not be read, and is tried no more.
    Failed,
    /// No collector so far could read screens; one that can will take it.
    Unavailable,
}

impl ScreenState {
    /// As written in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Unavailable => "unavailable",
        }
    }
}

/// A screen of a report, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// The attachment.
    pub n: u8,
    /// Where its reading stands.
    pub state: ScreenState,
    /// Its text, at most [`MAX_SCREEN_TEXT_CHARS`].
    pub text: Option<String>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
}

/// A screen that is this collector's to read until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedScreen {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// The report.
    pub report_id: Uuid,
    /// The attachment.
    pub n: u8,
    /// How often it was taken, this time included.
    pub tries: u32,
    lease_ends_ms: i64,
}

/// What was read from a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenReading {
    /// Its text; what is longer than [`MAX_SCREEN_TEXT_CHARS`] is cut.
    pub text: String,
    /// Program and version that read it.
    pub engine: String,
}

/// Outcome of [`Scope::screen_read`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenRecorded {
    /// Text and verdict are durable.
    Recorded {
        /// Whether category, priority, cause or confidence changed so much that the timeline says so.
        refined: bool,
    },
    /// Somebody added to the report meanwhile; nothing was written. Judge again.
    Outdated,
    /// The lease had ended, or the report was taken back; nothing was written.
    Lost,
}

/// States of rows that may be taken at once.
const TO_READ: [ScreenState; 2] = [ScreenState::Waiting, ScreenState::Unavailable];

/// Rows somebody may still read.
fn unread() -> Condition {
    Condition::all().add(Column::State.is_in(TO_READ.map(ScreenState::as_str).into_iter().chain([RESTING])))
}

/// Rows that have rested long enough.
fn rested(now_ms: i64) -> Condition {
    Condition::all().add(Column::State.eq(RESTING)).add(ColumnTrait::lte(&Column::DueAt, now_ms))
}

/// Whether there is one of these rows.
async fn is_any<C: ConnectionTrait>(db: &C, of: Condition) -> Result<bool, StoreError> {
    let found = Entity::find().filter(of).select_only().column(Column::N).into_tuple::<i32>().one(db).await?;
    Ok(found.is_some())
}

/// Lets those that have rested long enough be taken again; those tried too often have failed. Whoever had these died with
/// them, each time.
async fn wake(tx: &Tx<'_>, now_ms: i64) -> Result<(), StoreError> {
    let tried_enough = Expr::col(Column::Tries).gte(i32::try_from(MAX_SCREEN_TRIES).unwrap_or(i32::MAX));
    let next = Expr::case(tried_enough, Expr::val(ScreenState::Failed.as_str()))
        .finally(Expr::val(ScreenState::Waiting.as_str()));
    Entity::update_many().col_expr(Column::State, next.into()).filter(rested(now_ms)).exec(tx.db).await?;
    Ok(())
}

fn is(report_id: Uuid, n: u8) -> Condition {
    Condition::all().add(Column::ReportId.eq(report_id)).add(Column::N.eq(i32::from(n)))
}

/// The statement for a picture that came and is to be read.
pub(crate) fn wait(organisation: OrganisationId, report_id: Uuid, n: u8, now_ms: i64) -> InsertStatement {
    Query::insert()
        .into_table(Entity)
        .columns([
            Column::ReportId,
            Column::N,
            Column::OrganisationId,
            Column::State,
            Column::StoredAt,
            Column::DueAt,
            Column::Tries,
        ])
        .values_panic([
            report_id.into(),
            i32::from(n).into(),
            organisation.0.into(),
            ScreenState::Waiting.as_str().into(),
            now_ms.into(),
            now_ms.into(),
            0.into(),
        ])
        .to_owned()
}

/// What was not read yet of a report that was taken back is not read any more.
pub(crate) async fn forget_unread(tx: &Tx<'_>, report_id: Uuid) -> Result<(), StoreError> {
    Entity::delete_many().filter(unread()).filter(Column::ReportId.eq(report_id)).exec(tx.db).await?;
    Ok(())
}

/// Screens of reports by place. The caller has checked whose the reports are.
pub(crate) async fn of_reports<C: ConnectionTrait>(
    db: &C,
    reports: Vec<Uuid>,
) -> Result<HashMap<Uuid, Vec<Screen>>, StoreError> {
    let rows = Entity::find().filter(Column::ReportId.is_in(reports)).order_by_asc(Column::N).all(db).await?;
    let mut all: HashMap<Uuid, Vec<Screen>> = HashMap::new();
    for row in rows {
        let screen = Screen {
            n: u8::try_from(row.n).unwrap_or(u8::MAX),
            state: if row.state == RESTING { ScreenState::Waiting } else { from_name(row.state)? },
            text: row.text,
            read_at: from_ms_opt(row.read_at)?,
        };
        all.entry(row.report_id).or_default().push(screen);
    }
    Ok(all)
}

struct Claim {
    backend: Backend,
    now_ms: i64,
    lease_ends_ms: i64,
    stored_since_ms: i64,
}

impl Claim {
    /// The newest that may be taken of one state: when more comes than can be read, old ones are those nobody waits for any
    /// more.
    fn newest(&self, state: ScreenState) -> Select<Entity> {
        Entity::find()
            .filter(Column::State.eq(state.as_str()))
            .filter(Column::StoredAt.gte(self.stored_since_ms))
            .order_by_desc(Column::StoredAt)
            .order_by_asc(Column::N)
            .limit(1)
    }

    /// Whether there is anything to take. Asked often and mostly in vain: that must not stand in the way of writes.
    async fn is_worth_while(&self, db: &DatabaseConnection) -> Result<bool, StoreError> {
        for state in TO_READ {
            let newest = self.newest(state).select_only().column(Column::N).into_tuple::<i32>();
            if newest.one(db).await?.is_some() {
                return Ok(true);
            }
        }
        is_any(db, rested(self.now_ms)).await
    }

    async fn take(&self, tx: &Tx<'_>) -> Result<Option<ClaimedScreen>, StoreError> {
        wake(tx, self.now_ms).await?;
        let mut next: Option<Model> = None;
        for state in TO_READ {
            let mut newest = self.newest(state);
            if self.backend == Backend::Postgres {
                newest = newest.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
            }
            let found = newest.one(tx.db).await?;
            next = next.into_iter().chain(found).max_by_key(|row| (row.stored_at, -row.n));
        }
        let Some(row) = next else { return Ok(None) };
        let n = u8::try_from(row.n).map_err(|_| StoreError::Corrupt(format!("screen {} of a report", row.n)))?;
        let change = ActiveModel {
            state: Set(RESTING.to_owned()),
            due_at: Set(self.lease_ends_ms),
            tries: Set(row.tries + 1),
            ..Default::default()
        };
        Entity::update_many().set(change).filter(is(row.report_id, n)).exec(tx.db).await?;
        Ok(Some(ClaimedScreen {
            organisation_id: OrganisationId(row.organisation_id),
            report_id: row.report_id,
            n,
            tries: u32::try_from(row.tries + 1).unwrap_or(u32::MAX),
            lease_ends_ms: self.lease_ends_ms,
        }))
    }
}

impl ClaimedScreen {
    /// The row, while the lease holds.
    fn held(&self) -> Condition {
        is(self.report_id, self.n).add(Column::State.eq(RESTING)).add(Column::DueAt.eq(self.lease_ends_ms))
    }
}

impl Store {
    /// Takes the newest screen of any organisation that is to be read and came at or after `stored_since`; it is this
    /// collector's until `lease_ends`. One that was taken [`MAX_SCREEN_TRIES`] times without an outcome counts as failed.
    pub async fn claim_screen(
        &self,
        now: DateTime<Utc>,
        lease_ends: DateTime<Utc>,
        stored_since: DateTime<Utc>,
    ) -> Result<Option<ClaimedScreen>, StoreError> {
        let claim = Claim {
            backend: self.backend(),
            now_ms: to_ms(now),
            lease_ends_ms: to_ms(lease_ends),
            stored_since_ms: to_ms(stored_since),
        };
        if !claim.is_worth_while(self.db()).await? {
            return Ok(None);
        }
        self.write(None, claim, |tx, claim| Box::pin(claim.take(tx))).await
    }

    /// Marks screens nobody reads now as [`ScreenState::Unavailable`]; a collector that can read still takes them. Returns how
    /// many there were.
    pub async fn screens_unavailable(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let now_ms = to_ms(now);
        let waits = || Condition::all().add(Column::State.eq(ScreenState::Waiting.as_str()));
        if !is_any(self.db(), waits()).await? && !is_any(self.db(), rested(now_ms)).await? {
            return Ok(0);
        }
        self.write(None, now_ms, |tx, now_ms| {
            Box::pin(async move {
                wake(tx, *now_ms).await?;
                let marked = Entity::update_many()
                    .col_expr(Column::State, Expr::val(ScreenState::Unavailable.as_str()))
                    .filter(Column::State.eq(ScreenState::Waiting.as_str()))
                    .exec(tx.db)
                    .await?;
                Ok(marked.rows_affected)
            })
        })
        .await
    }

    /// Ends every lease. For the start of a collector that is alone on its database (SQLite): leases there are those of a
    /// process that was killed.
    pub async fn end_screen_leases(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(None, to_ms(now), |tx, now_ms| {
            Box::pin(async move {
                Entity::update_many()
                    .col_expr(Column::DueAt, Expr::val(*now_ms))
                    .filter(Column::State.eq(RESTING))
                    .filter(ColumnTrait::gt(&Column::DueAt, *now_ms))
                    .exec(tx.db)
                    .await?;
                Ok(())
            })
        })
        .await
    }
}

impl Scope {
    /// A claimed screen was not read: it is tried again at `again_at`, or never.
    pub async fn screen_not_read(
        &self,
        claim: &ClaimedScreen,
        again_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        self.write((claim.clone(), again_at.map(to_ms)), |tx, (organisation, (claim, again_at))| {
            Box::pin(async move {
                let change = match again_at {
                    Some(at) => ActiveModel { due_at: Set(*at), ..Default::default() },
                    None => ActiveModel { state: Set(ScreenState::Failed.as_str().to_owned()), ..Default::default() },
                };
                let own = claim.held().add(Column::OrganisationId.eq(organisation.0));
                Entity::update_many().set(change).filter(own).exec(tx.db).await?;
                Ok(())
            })
        })
        .await
    }

    /// A claim is given back untouched, because the collector stops: it counts as no try.
    pub async fn give_screen_back(&self, claim: &ClaimedScreen, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write((claim.clone(), to_ms(now)), |tx, (organisation, (claim, now_ms))| {
            Box::pin(async move {
                Entity::update_many()
                    .col_expr(Column::State, Expr::val(ScreenState::Waiting.as_str()))
                    .col_expr(Column::DueAt, Expr::val(*now_ms))
                    .col_expr(Column::Tries, Expr::col(Column::Tries).sub(1))
                    .filter(claim.held().add(Column::OrganisationId.eq(organisation.0)))
                    .exec(tx.db)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Keeps what a claimed screen says together with `verdict`, made from all that `basis` counts and this text. The
    /// report's verdict is replaced; its ticket follows while it is open, and its timeline says so where that matters. The
    /// signature by which later reports join the ticket stays what it was when it was opened.
    pub async fn screen_read(
        &self,
        claim: &ClaimedScreen,
        reading: &ScreenReading,
        verdict: &Verdict,
        basis: VerdictBasis,
        now: DateTime<Utc>,
    ) -> Result<ScreenRecorded, StoreError> {
        let text: String = reading.text.chars().filter(|c| *c != '\0').take(MAX_SCREEN_TEXT_CHARS).collect();
        let read = Read {
            claim: claim.clone(),
            reading: ScreenReading { text, engine: reading.engine.clone() },
            verdict: verdict.clone(),
            basis,
            now_ms: to_ms(now),
        };
        self.write(read, |tx, (organisation, read)| Box::pin(read.record(tx, *organisation))).await
    }
}

struct Read {
    claim: ClaimedScreen,
    reading: ScreenReading,
    verdict: Verdict,
    basis: VerdictBasis,
    now_ms: i64,
}

impl Read {
    /// Runs inside the transaction of a lane.
    async fn record(&self, tx: &Tx<'_>, organisation: OrganisationId) -> Result<ScreenRecorded, StoreError> {
        tx.lock_organisation(organisation).await?;
        let claim = &self.claim;
        let report = report_table::find(tx.db, organisation, claim.report_id).await?;
        let held = Entity::find().filter(claim.held()).one(tx.db).await?;
        let (Some(report), Some(_)) = (report.filter(|report| report.withdrawn_at.is_none()), held) else {
            return Ok(ScreenRecorded::Lost);
        };
        if refinement::basis(tx.db, report.id).await? != self.basis {
            return Ok(ScreenRecorded::Outdated);
        }
        let change = ActiveModel {
            state: Set(ScreenState::Read.as_str().to_owned()),
            text: Set(Some(self.reading.text.clone())),
            engine: Set(Some(self.reading.engine.clone())),
            read_at: Set(Some(self.now_ms)),
            ..Default::default()
        };
        Entity::update_many().set(change).filter(is(claim.report_id, claim.n)).exec(tx.db).await?;
        let refined = refinement::apply(tx, organisation, &report, &self.verdict, self.now_ms).await?;
        Ok(ScreenRecorded::Recorded { refined })
    }
}
