//! What each device's users are to be told: one row for each device an event of a ticket concerns.

use report::{Event, EventKind, EventPage, TicketRef};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ExprTrait as _, ForeignKey, JoinType, Order, Query};
use sea_orm::{Condition, DeriveIden, QueryOrder, QuerySelect, Set};

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
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The ticket another was merged into, where both are read.
#[derive(Copy, Clone, DeriveIden)]
#[sea_orm(iden = "major")]
struct Major;

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

/// Who is told.
pub(crate) enum Audience {
    /// The people of one ticket.
    Ticket(i64),
    /// The people of a ticket and of everything open that was merged into it.
    Everybody(i64),
    /// The people of a ticket and of what was merged into it and resolved at this instant, that is, with it.
    ResolvedAt(i64, i64),
    /// The people of several tickets.
    Tickets(Vec<i64>),
    /// The people of open tickets, merged ones too, whose reports name a notice.
    Concerned(Uuid),
}

impl Audience {
    fn condition(&self, organisation: OrganisationId) -> Condition {
        let number = report_table::Column::TicketNumber;
        // The ticket's own number is asked for inside: beside the question for its members, PostgreSQL would take neither
        // through an index.
        let with_members = |root: i64, which: Expr| {
            let members = Condition::all().add(ticket::Column::MergedInto.eq(root)).add(which);
            let all = Query::select()
                .column(ticket::Column::Number)
                .from(ticket::Entity)
                .and_where(ticket::Column::OrganisationId.eq(organisation.0))
                .cond_where(Condition::any().add(ticket::Column::Number.eq(root)).add(members))
                .to_owned();
            Condition::all().add(number.in_subquery(all))
        };
        match self {
            Self::Ticket(one) => Condition::all().add(number.eq(*one)),
            Self::Tickets(some) => Condition::all().add(number.is_in(some.iter().copied())),
            Self::Everybody(root) => with_members(*root, ticket::Column::Queue.eq(ticket::Queue::Merged as i32)),
            Self::Concerned(notice) => {
                let open = Query::select()
                    .column(ticket::Column::Number)
                    .from(ticket::Entity)
                    .and_where(Expr::col((ticket::Entity, ticket::Column::OrganisationId)).eq(organisation.0))
                    .and_where(
                        Expr::col((ticket::Entity, ticket::Column::Number)).equals((report_table::Entity, number)),
                    )
                    .and_where(ticket::Column::Queue.is_in(ticket::Queue::JOINABLE))
                    .to_owned();
                Condition::all().add(report_table::Column::NoticeId.eq(*notice)).add(Expr::exists(open))
            }
            Self::ResolvedAt(root, at) => with_members(*root, ticket::Column::ResolvedAt.eq(*at)),
        }
    }
}

/// Tells every device with a live report there, once.
pub(crate) async fn tell(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    audience: &Audience,
    kind: &EventKind,
    at_ms: i64,
) -> Result<(), StoreError> {
    let kind = to_json(kind)?;
    let reports: Vec<(Uuid, Uuid, i64)> = report_table::Entity::find()
        .select_only()
        .columns([report_table::Column::DeviceId, report_table::Column::Id, report_table::Column::TicketNumber])
        .filter(report_table::Column::OrganisationId.eq(organisation.0))
        .filter(audience.condition(organisation))
        .filter(report_table::Column::WithdrawnAt.is_null())
        .order_by_desc(report_table::Column::ReceivedAt)
        .order_by_desc(report_table::Column::Id)
        .into_tuple()
        .all(tx.db)
        .await?;
    let mut told = std::collections::HashSet::new();
    let rows = reports.into_iter().filter(|(device, _, _)| told.insert(*device));
    let rows: Vec<ActiveModel> = rows
        .map(|(device, report, number)| ActiveModel {
            organisation_id: Set(organisation.0),
            device_id: Set(device),
            report_id: Set(report),
            number: Set(number),
            at: Set(at_ms),
            kind: Set(kind.clone()),
            ..Default::default()
        })
        .collect();
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
        let select = Query::select()
            .columns([
                (Entity, Column::Seq),
                (Entity, Column::ReportId),
                (Entity, Column::Number),
                (Entity, Column::At),
                (Entity, Column::Kind),
            ])
            .columns([(ticket::Entity, ticket::Column::Status), (ticket::Entity, ticket::Column::MergedInto)])
            .expr_as(Expr::col((Major, ticket::Column::Status)), "major_status")
            .from(Entity)
            .join(
                JoinType::InnerJoin,
                ticket::Entity,
                Condition::all()
                    .add(Expr::col((ticket::Entity, ticket::Column::OrganisationId)).eq(self.organisation.0))
                    .add(Expr::col((ticket::Entity, ticket::Column::Number)).equals((Entity, Column::Number))),
            )
            .join_as(
                JoinType::LeftJoin,
                ticket::Entity,
                Major,
                Condition::all().add(Expr::col((Major, ticket::Column::OrganisationId)).eq(self.organisation.0)).add(
                    Expr::col((Major, ticket::Column::Number)).equals((ticket::Entity, ticket::Column::MergedInto)),
                ),
            )
            .and_where(Expr::col((Entity, Column::DeviceId)).eq(device_id))
            .and_where(Expr::col((Entity, Column::OrganisationId)).eq(self.organisation.0))
            .and_where(Expr::col((Entity, Column::Seq)).gt(after))
            .order_by((Entity, Column::Seq), Order::Asc)
            .limit(limit.clamp(1, MAX_PAGE))
            .to_owned();
        let rows = self.db().query_all(&select).await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            let own = TicketRef { number: row.try_get("", "number")?, status: from_name(row.try_get("", "status")?)? };
            let into: Option<i64> = row.try_get("", "merged_into")?;
            let theirs: Option<String> = row.try_get("", "major_status")?;
            let ticket = match into.zip(theirs) {
                Some((into, theirs)) => ticket::reported(own.status, into, from_name(theirs)?),
                None => own,
            };
            events.push(Event {
                seq: row.try_get("", "seq")?,
                report_id: row.try_get("", "report_id")?,
                ticket,
                at: from_ms(row.try_get("", "at")?)?,
                kind: from_json(&row.try_get::<String>("", "kind")?)?,
            });
        }
        let next = events.last().map_or(after, |event| event.seq);
        Ok(EventPage { events, next })
    }
}
