//! What each device's users are to be told: one row for each device an event of a ticket concerns.

use report::{Event, EventKind, EventPage, TicketRef};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ForeignKey, JoinType};
use sea_orm::{Condition, QueryOrder, QuerySelect, Set};

use crate::codec::{from_json, from_ms, from_name, to_json};
use crate::migrations::{Step, index, table};
use crate::tables::{device, report as report_table, ticket};
use crate::write::Tx;
use crate::{OrganisationId, Scope, StoreError};

/// Most events of one page; the wire promises no more.
const MAX_PAGE: u64 = 100;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "device_event")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub organisation_id: Uuid,
    pub device_id: Uuid,
    pub report_id: Uuid,
    pub number: i64,
    pub at: i64,
    /// [`EventKind`] as JSON.
    pub kind: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "ticket::Entity",
        from = "(Column::OrganisationId, Column::Number)",
        to = "(ticket::Column::OrganisationId, ticket::Column::Number)"
    )]
    Ticket,
}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Seq).big_integer().not_null().auto_increment().primary_key().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::DeviceId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::ReportId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::Number).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::At).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Kind).text().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.foreign_key(ForeignKey::create().from(Entity, Column::DeviceId).to(device::Entity, device::Column::Id));
    vec![Step::Table(table), Step::Index(index("device_event_by_device", Entity, [Column::DeviceId, Column::Seq]))]
}

/// Tells every device with a live report in the ticket.
pub(crate) async fn tell(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    kind: &EventKind,
    at_ms: i64,
) -> Result<(), StoreError> {
    let kind = to_json(kind)?;
    let reports: Vec<(Uuid, Uuid)> = report_table::Entity::find()
        .select_only()
        .columns([report_table::Column::DeviceId, report_table::Column::Id])
        .filter(report_table::Column::OrganisationId.eq(organisation.0))
        .filter(report_table::Column::TicketNumber.eq(number))
        .filter(report_table::Column::WithdrawnAt.is_null())
        .order_by_desc(report_table::Column::ReceivedAt)
        .order_by_desc(report_table::Column::Id)
        .into_tuple()
        .all(tx.db)
        .await?;
    let mut told = std::collections::HashSet::new();
    let rows = reports.into_iter().filter(|(device, _)| told.insert(*device)).map(|(device, report)| ActiveModel {
        organisation_id: Set(organisation.0),
        device_id: Set(device),
        report_id: Set(report),
        number: Set(number),
        at: Set(at_ms),
        kind: Set(kind.clone()),
        ..Default::default()
    });
    let rows: Vec<ActiveModel> = rows.collect();
    // PostgreSQL takes at most 65,535 parameters in a statement.
    for rows in rows.chunks(1_000) {
        Entity::insert_many(rows.to_vec()).exec_without_returning(tx.db).await?;
    }
    Ok(())
}

impl Scope {
    /// What users of this device are to be told after `after`, oldest first, at most `limit` (100 at most). An event
    /// concerns the device's newest live report in the ticket; the ticket is shown as it stands now.
    pub async fn events_for_device(&self, device_id: Uuid, after: i64, limit: u64) -> Result<EventPage, StoreError> {
        let rows: Vec<(i64, Uuid, i64, i64, String, String)> = Entity::find()
            .select_only()
            .columns([Column::Seq, Column::ReportId, Column::Number, Column::At, Column::Kind])
            .column(ticket::Column::Status)
            .join(JoinType::InnerJoin, Relation::Ticket.def())
            .filter(
                Condition::all()
                    .add(Column::DeviceId.eq(device_id))
                    .add(Column::OrganisationId.eq(self.organisation.0))
                    .add(Column::Seq.gt(after)),
            )
            .order_by_asc(Column::Seq)
            .limit(limit.clamp(1, MAX_PAGE))
            .into_tuple()
            .all(self.db())
            .await?;
        let mut events = Vec::with_capacity(rows.len());
        for (seq, report_id, number, at, kind, status) in rows {
            let kind: EventKind = from_json(&kind)?;
            let ticket = TicketRef { number, status: from_name(status)? };
            events.push(Event { seq, report_id, ticket, at: from_ms(at)?, kind });
        }
        let next = events.last().map_or(after, |event| event.seq);
        Ok(EventPage { events, next })
    }
}
