use chrono::{DateTime, Utc};
use report::Category;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, Query};
use sea_orm::{QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::codec::{from_json, from_ms, to_json};
use crate::migrations::{Step, index, table};
use crate::write::Tx;
use crate::{Change, OrganisationId, Scope, StaffRef, StoreError};

/// Most entries of a timeline that are read.
const MAX_TIMELINE: u64 = 500;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket_event")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub organisation_id: Uuid,
    pub number: i64,
    pub at: i64,
    /// [`Actor`] as JSON: the name as it was then.
    pub actor: String,
    /// [`TimelineKind`] as JSON.
    pub kind: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Seq).big_integer().not_null().auto_increment().primary_key().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::Number).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::At).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Actor).text().not_null().to_owned(),
        ColumnDef::new(Column::Kind).text().not_null().to_owned(),
    ];
    vec![
        Step::Table(table(Entity, columns)),
        Step::Index(index("ticket_event_by_ticket", Entity, [Column::OrganisationId, Column::Number, Column::Seq])),
        Step::Index(index("ticket_event_by_seq", Entity, [Column::OrganisationId, Column::Seq])),
    ]
}

/// Appends to a ticket's timeline and announces the change. The organisation is locked by then.
pub(crate) async fn append(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    actor: &Actor,
    kind: &TimelineKind,
    at_ms: i64,
) -> Result<(), StoreError> {
    let insert = Query::insert()
        .into_table(Entity)
        .columns([Column::OrganisationId, Column::Number, Column::At, Column::Actor, Column::Kind])
        .values_panic([
            organisation.0.into(),
            number.into(),
            at_ms.into(),
            to_json(actor)?.into(),
            to_json(kind)?.into(),
        ])
        .returning_col(Column::Seq)
        .to_owned();
    let row = tx.db.query_one(&insert).await?;
    let row = row.ok_or_else(|| StoreError::Corrupt("an insert returned nothing".to_owned()))?;
    tx.changed(Change { seq: row.try_get("", "seq")?, organisation_id: organisation, number });
    Ok(())
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Actor {
    /// The person at the device.
    User,
    /// A member of staff.
    Staff(StaffRef),
    /// The collector itself.
    Collector,
}

/// One thing that happened to a ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEntry {
    /// Its position; grows within the organisation.
    pub seq: i64,
    /// When, by the collector's clock.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub kind: TimelineKind,
}

/// What can happen to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TimelineKind {
    /// A report opened it.
    Opened {
        /// Which.
        report_id: Uuid,
    },
    /// A report joined it.
    Joined {
        /// Which.
        report_id: Uuid,
    },
    /// The user added a sentence to a report.
    TextAdded {
        /// To which report.
        report_id: Uuid,
        /// What they wrote.
        text: String,
    },
    /// The user took a report back.
    ReportWithdrawn {
        /// Which.
        report_id: Uuid,
        /// Whether the ticket closed with it.
        closes: bool,
    },
    /// An attachment came.
    AttachmentStored {
        /// Of which report.
        report_id: Uuid,
        /// Which.
        n: u8,
    },
    /// An attachment will not come.
    AttachmentDropped {
        /// Of which report.
        report_id: Uuid,
        /// Which.
        n: u8,
    },
    /// Somebody took it.
    Taken {
        /// From whom, if somebody had it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<StaffRef>,
    },
    /// Its holder put it back.
    Released,
    /// Staff wrote to the user.
    Replied {
        /// What.
        text: String,
    },
    /// Staff asked the user.
    Asked {
        /// What.
        text: String,
    },
    /// Staff said it is done.
    Resolved {
        /// What was done, for the user.
        text: String,
    },
    /// The resolution was undone.
    Reopened,
    /// Staff said what it really is.
    Recategorised {
        /// What it was taken for.
        from: Category,
        /// What it is.
        to: Category,
        /// Key of the team that has it now.
        team: String,
    },
}

impl Scope {
    /// The newest entries of a ticket's timeline, oldest first.
    pub(crate) async fn timeline(&self, number: i64) -> Result<Vec<TimelineEntry>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::Number.eq(number))
            .order_by_desc(Column::Seq)
            .limit(MAX_TIMELINE)
            .all(self.db())
            .await?;
        let entry = |row: Model| {
            Ok(TimelineEntry {
                seq: row.seq,
                at: from_ms(row.at)?,
                actor: from_json(&row.actor)?,
                kind: from_json(&row.kind)?,
            })
        };
        rows.into_iter().rev().map(entry).collect()
    }
}
