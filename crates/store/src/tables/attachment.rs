use chrono::{DateTime, Utc};
use report::{AttachmentKind, AttachmentPlan};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ExprTrait as _, ForeignKey, Index, Query};
use sea_orm::{QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::batch;
use crate::codec::{from_json, from_ms_opt, from_name, to_ms};
use crate::migrations::{Step, table};
use crate::tables::ticket_event::NewEntry;
use crate::tables::{report as report_table, screen_text, ticket, ticket_event};
use crate::write::Tx;
use crate::{Actor, BlobKey, OrganisationId, Scope, Store, StoreError, TimelineKind};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "attachment")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub n: i32,
    pub organisation_id: Uuid,
    pub device_id: Uuid,
    /// [`AttachmentPlan`] as JSON.
    pub plan: String,
    pub state: String,
    pub stored_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::ReportId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::N).integer().not_null().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::DeviceId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::Plan).text().not_null().to_owned(),
        ColumnDef::new(Column::State).text().not_null().to_owned(),
        ColumnDef::new(Column::StoredAt).big_integer().null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.primary_key(Index::create().col(Column::ReportId).col(Column::N)).foreign_key(
        ForeignKey::create().from(Entity, Column::ReportId).to(report_table::Entity, report_table::Column::Id),
    );
    vec![Step::Table(table)]
}

impl AttachmentState {
    /// As written in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Stored => "stored",
            Self::Dropped => "dropped",
        }
    }
}

impl TryFrom<Model> for Attachment {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            report_id: row.report_id,
            device_id: row.device_id,
            plan: from_json(&row.plan)?,
            state: from_name(row.state)?,
            stored_at: from_ms_opt(row.stored_at)?,
        })
    }
}

/// Places of a report's attachments that are still expected, in their order.
pub(crate) async fn awaited<C: ConnectionTrait>(db: &C, report_id: Uuid) -> Result<Vec<u8>, StoreError> {
    let places: Vec<i32> = Entity::find()
        .select_only()
        .column(Column::N)
        .filter(Column::ReportId.eq(report_id))
        .filter(Column::State.eq(AttachmentState::Announced.as_str()))
        .order_by_asc(Column::N)
        .into_tuple()
        .all(db)
        .await?;
    Ok(places.into_iter().filter_map(|n| u8::try_from(n).ok()).collect())
}

/// Moves an attachment to another state. Returns whether anything changed.
pub(crate) async fn set_state(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    report_id: Uuid,
    n: u8,
    state: AttachmentState,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let question = Query::select()
        .columns([(Entity, Column::State), (Entity, Column::Plan)])
        .columns([
            (report_table::Entity, report_table::Column::TicketNumber),
            (report_table::Entity, report_table::Column::WithdrawnAt),
        ])
        .from(Entity)
        .inner_join(
            report_table::Entity,
            Expr::col((report_table::Entity, report_table::Column::Id)).equals((Entity, Column::ReportId)),
        )
        .and_where(Expr::col((Entity, Column::ReportId)).eq(report_id))
        .and_where(Expr::col((Entity, Column::N)).eq(i32::from(n)))
        .and_where(Expr::col((report_table::Entity, report_table::Column::OrganisationId)).eq(organisation.0))
        .to_owned();
    let answer = tx.db.query_one(&question).await?.ok_or(StoreError::NotFound)?;
    let before: AttachmentState = from_name(answer.try_get("", "state")?)?;
    // What is here stays here, and what was dropped may still come.
    if before == state || before == AttachmentState::Stored {
        return Ok(false);
    }
    let number: i64 = answer.try_get("", "ticket_number")?;
    let withdrawn: Option<i64> = answer.try_get("", "withdrawn_at")?;
    let stored_at = (state == AttachmentState::Stored).then_some(now_ms);
    let change = Query::update()
        .table(Entity)
        .value(Column::State, state.as_str())
        .value(Column::StoredAt, stored_at)
        .and_where(Column::ReportId.eq(report_id))
        .and_where(Column::N.eq(i32::from(n)))
        .to_owned();
    // The attachments of a withdrawn report are no longer counted.
    let no_longer = i64::from(before == AttachmentState::Announced && withdrawn.is_none());
    let ticket = ticket::no_longer_awaits(organisation, number, no_longer, now_ms);
    let (actor, kind) = match state {
        AttachmentState::Stored => (Actor::Collector, TimelineKind::AttachmentStored { report_id, n }),
        _ => (Actor::User, TimelineKind::AttachmentDropped { report_id, n }),
    };
    let entry = NewEntry { number, touched: None, actor: &actor, kind: &kind };
    let last = ticket_event::insert(organisation, &[entry], now_ms)?;
    let mut parts = vec![change.into(), ticket.into()];
    let plan: AttachmentPlan = from_json(&answer.try_get::<String>("", "plan")?)?;
    if state == AttachmentState::Stored && plan.kind == AttachmentKind::Screenshot && withdrawn.is_none() {
        parts.push(screen_text::wait(organisation, report_id, n, now_ms).into());
    }
    let rows = batch::run(tx, parts, last).await?;
    ticket_event::announce(tx, organisation, number, &rows)?;
    Ok(true)
}

impl Store {
    /// Keys of stored attachments of every organisation after `after`, in their order, for the check of integrity.
    pub(crate) async fn stored_blobs(
        &self,
        after: Option<(Uuid, i32)>,
        limit: u64,
    ) -> Result<Vec<BlobKey>, StoreError> {
        let mut query = Entity::find()
            .select_only()
            .columns([Column::OrganisationId, Column::ReportId, Column::N])
            .filter(Column::State.eq(AttachmentState::Stored.as_str()))
            .order_by_asc(Column::ReportId)
            .order_by_asc(Column::N)
            .limit(limit);
        if let Some((report, n)) = after {
            let place = Expr::tuple([Expr::col(Column::ReportId), Expr::col(Column::N)]);
            query = query.filter(place.gt(Expr::tuple([Expr::val(report), Expr::val(n)])));
        }
        let rows: Vec<(Uuid, Uuid, i32)> = query.into_tuple().all(self.db()).await?;
        let key = |(organisation, report_id, n): (Uuid, Uuid, i32)| BlobKey {
            organisation_id: OrganisationId(organisation),
            report_id,
            n: u8::try_from(n).unwrap_or(u8::MAX),
        };
        Ok(rows.into_iter().map(key).collect())
    }
}

/// Where an announced attachment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentState {
    /// It is expected.
    Announced,
    /// It is here.
    Stored,
    /// It will not come.
    Dropped,
}

/// An attachment of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// The report.
    pub report_id: Uuid,
    /// The device whose report it is.
    pub device_id: Uuid,
    /// What was announced.
    pub plan: AttachmentPlan,
    /// Where it stands.
    pub state: AttachmentState,
    /// When it came.
    pub stored_at: Option<DateTime<Utc>>,
}

impl Scope {
    /// An attachment of a report.
    pub async fn find_attachment(&self, report_id: Uuid, n: u8) -> Result<Option<Attachment>, StoreError> {
        let row = Entity::find_by_id((report_id, i32::from(n)))
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .one(self.db())
            .await?;
        row.map(Attachment::try_from).transpose()
    }

    /// Marks an attachment as stored, after its blob is durable. Repeatable; one that was dropped may still come.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when no such attachment was announced.
    pub async fn attachment_stored(&self, report_id: Uuid, n: u8, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write((report_id, n, to_ms(now)), |tx, (organisation, (report_id, n, now))| {
            Box::pin(async move {
                tx.lock_organisation(*organisation).await?;
                set_state(tx, *organisation, *report_id, *n, AttachmentState::Stored, *now).await?;
                Ok(())
            })
        })
        .await
    }
}
