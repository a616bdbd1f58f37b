//! How far the grouping of an organisation's reports has come: what the detector knows, up to which entry of the log, and
//! which collector does it. All of it moves in one write with what was concluded, so a collector that dies in between
//! leaves nothing half done: the next one reads on from here.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ExprTrait as _, ForeignKey, OnConflict};
use sea_orm::{Condition, QueryOrder, QuerySelect, Set};

use crate::codec::{from_json, from_ms, to_ms};
use crate::migrations::{Step, table};
use crate::tables::{incident, organisation, ticket_event, ticket_factor};
use crate::write::Tx;
use crate::{
    Actor, Incident, IncidentChange, NewIncident, OrganisationId, ReportFactors, Scope, Store, StoreError, TimelineKind,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "detector_state")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    /// What the detector knows, in its own form.
    pub snapshot: Option<Vec<u8>>,
    /// Position in the log up to which the snapshot has read.
    pub cursor: i64,
    /// The collector that groups.
    pub holder: Option<Uuid>,
    pub held_until: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 2.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::OrganisationId).uuid().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::Snapshot).blob().null().to_owned(),
        ColumnDef::new(Column::Cursor).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Holder).uuid().null().to_owned(),
        ColumnDef::new(Column::HeldUntil).big_integer().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.foreign_key(
        ForeignKey::create().from(Entity, Column::OrganisationId).to(organisation::Entity, organisation::Column::Id),
    );
    vec![Step::Table(table)]
}

/// Where the grouping of an organisation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupingState {
    /// What the detector knows, in its own form; `None` before the first time.
    pub snapshot: Option<Bytes>,
    /// Position in the log up to which the snapshot has read.
    pub cursor: i64,
}

/// What a step of the grouping came to.
#[derive(Debug, Clone, Default)]
pub struct GroupingStep {
    /// Factors of reports it looked at.
    pub factors: Vec<ReportFactors>,
    /// Proposals that are new or have changed.
    pub incidents: Vec<NewIncident>,
    /// Keys of proposals that faded.
    pub faded: Vec<String>,
    /// What the detector knows now, with the position up to which it has read; `None` keeps the old.
    pub state: Option<(Bytes, i64)>,
}

/// An entry of an organisation's log, as the grouping reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Logged {
    /// Its position.
    pub seq: i64,
    /// When, by the collector's clock.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// To what it happened, and what.
    pub what: LoggedWhat,
}

/// What an entry of the log is about.
#[derive(Debug, Clone, PartialEq)]
pub enum LoggedWhat {
    /// A ticket.
    Ticket(i64, TimelineKind),
    /// A proposed incident.
    Incident(Uuid, IncidentChange),
}

impl Store {
    /// Lets the grouping of every organisation be had at once. For the start of a collector that is alone on its database
    /// (SQLite): whoever has it there was killed.
    pub async fn end_grouping_leases(&self) -> Result<(), StoreError> {
        self.write(None, (), |tx, ()| {
            Box::pin(async move {
                Entity::update_many().col_expr(Column::HeldUntil, Expr::val(0)).exec(tx.db).await?;
                Ok(())
            })
        })
        .await
    }
}

impl Scope {
    /// Takes or keeps the grouping of this organisation for `holder` until `until`. `None` while another collector has it.
    pub async fn hold_grouping(
        &self,
        holder: Uuid,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<GroupingState>, StoreError> {
        self.write((holder, to_ms(now), to_ms(until)), |tx, (organisation, (holder, now, until))| {
            Box::pin(async move {
                let first =
                    Model { organisation_id: organisation.0, snapshot: None, cursor: 0, holder: None, held_until: 0 };
                let there = OnConflict::column(Column::OrganisationId).do_nothing().to_owned();
                Entity::insert(ActiveModel::from(first).reset_all())
                    .on_conflict(there)
                    .exec_without_returning(tx.db)
                    .await?;
                let free = Condition::any()
                    .add(Column::Holder.eq(*holder))
                    .add(Column::HeldUntil.lt(*now))
                    .add(Column::Holder.is_null());
                let taken = Entity::update_many()
                    .col_expr(Column::Holder, Expr::val(*holder))
                    .col_expr(Column::HeldUntil, Expr::val(*until))
                    .filter(Column::OrganisationId.eq(organisation.0))
                    .filter(free)
                    .exec(tx.db)
                    .await?;
                if taken.rows_affected == 0 {
                    return Ok(None);
                }
                let row = Entity::find_by_id(organisation.0).one(tx.db).await?.ok_or(StoreError::NotFound)?;
                Ok(Some(GroupingState { snapshot: row.snapshot.map(Bytes::from), cursor: row.cursor }))
            })
        })
        .await
    }

    /// Lets another collector have the grouping at once.
    pub async fn release_grouping(&self, holder: Uuid) -> Result<(), StoreError> {
        self.write(holder, |tx, (organisation, holder)| {
            Box::pin(async move {
                Entity::update_many()
                    .col_expr(Column::HeldUntil, Expr::val(0))
                    .filter(Column::OrganisationId.eq(organisation.0))
                    .filter(Column::Holder.eq(*holder))
                    .exec(tx.db)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Keeps what a step came to, all or nothing; returns the proposals as they stand now. `None`, and nothing is kept, when
    /// `holder` no longer has the grouping.
    pub async fn keep_grouping(
        &self,
        holder: Uuid,
        step: &GroupingStep,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<Incident>>, StoreError> {
        self.write((holder, step.clone(), to_ms(now)), |tx, (organisation, (holder, step, now))| {
            Box::pin(async move { step.keep(tx, *organisation, *holder, *now).await })
        })
        .await
    }

    /// The log after `seq`, oldest first, at most `limit` entries. Positions become visible in order, so nothing is missed
    /// by asking again with the last one seen.
    pub async fn log_since(&self, seq: i64, limit: u64) -> Result<Vec<Logged>, StoreError> {
        use ticket_event::Column;
        let rows = ticket_event::Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::Seq.gt(seq))
            .order_by_asc(Column::Seq)
            .limit(limit)
            .all(self.db())
            .await?;
        let logged = |row: ticket_event::Model| {
            Ok(Logged {
                seq: row.seq,
                at: from_ms(row.at)?,
                actor: from_json(&row.actor)?,
                what: match row.incident_id {
                    Some(incident) => LoggedWhat::Incident(incident, from_json(&row.kind)?),
                    None => LoggedWhat::Ticket(row.number, from_json(&row.kind)?),
                },
            })
        };
        rows.into_iter().map(logged).collect()
    }
}

impl GroupingStep {
    async fn keep(
        &self,
        tx: &Tx<'_>,
        organisation: OrganisationId,
        holder: Uuid,
        now_ms: i64,
    ) -> Result<Option<Vec<Incident>>, StoreError> {
        tx.lock_organisation(organisation).await?;
        let change = match &self.state {
            Some((snapshot, cursor)) => {
                ActiveModel { snapshot: Set(Some(snapshot.to_vec())), cursor: Set(*cursor), ..Default::default() }
            }
            // Whether it is still ours is asked all the same.
            None => ActiveModel { holder: Set(Some(holder)), ..Default::default() },
        };
        let ours = Entity::update_many()
            .set(change)
            .filter(Column::OrganisationId.eq(organisation.0))
            .filter(Column::Holder.eq(holder).and(Column::HeldUntil.gte(now_ms)))
            .exec(tx.db)
            .await?;
        if ours.rows_affected == 0 {
            return Ok(None);
        }
        ticket_factor::keep(tx, organisation, &self.factors).await?;
        let mut kept = Vec::with_capacity(self.incidents.len());
        for new in &self.incidents {
            kept.push(incident::keep(tx, organisation, new, now_ms).await?);
        }
        for key in &self.faded {
            incident::fade(tx, organisation, key, now_ms).await?;
        }
        Ok(Some(kept))
    }
}
