use chrono::{DateTime, Utc};
use report::{Category, LocalText, VerdictSource};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, InsertStatement, Query};
use sea_orm::{QueryOrder, QueryResult, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::codec::{from_json, from_ms, to_json};
use crate::migrations::{Step, add_columns, index, table};
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
    /// [`TimelineKind`] as JSON, or [`IncidentChange`] where there is an incident.
    pub kind: String,
    /// Another ticket that changed with it: the one this was merged into.
    pub touched: Option<i64>,
    /// A proposed incident that changed; such an entry is of no ticket, and its `number` is 0.
    pub incident_id: Option<Uuid>,
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

/// Migration 2.
pub(crate) fn add_touched() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Touched).big_integer().null().to_owned(),
        ColumnDef::new(Column::IncidentId).uuid().null().to_owned(),
    ];
    add_columns(Entity, columns).collect()
}

/// An entry to be appended.
pub(crate) struct NewEntry<'a> {
    pub(crate) number: i64,
    pub(crate) touched: Option<i64>,
    pub(crate) actor: &'a Actor,
    pub(crate) kind: &'a TimelineKind,
}

/// The statement that appends entries; its rows are for [`announce`].
pub(crate) fn insert(
    organisation: OrganisationId,
    entries: &[NewEntry<'_>],
    at_ms: i64,
) -> Result<InsertStatement, StoreError> {
    let mut insert = Query::insert();
    insert.into_table(Entity).columns([
        Column::OrganisationId,
        Column::Number,
        Column::At,
        Column::Actor,
        Column::Kind,
        Column::Touched,
    ]);
    for entry in entries {
        insert.values_panic([
            organisation.0.into(),
            entry.number.into(),
            at_ms.into(),
            to_json(entry.actor)?.into(),
            to_json(entry.kind)?.into(),
            entry.touched.into(),
        ]);
    }
    insert.returning_col(Column::Seq);
    Ok(insert)
}

/// Announces the newest of appended entries: whoever listens reads on from where they are.
pub(crate) fn announce(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    rows: &[QueryResult],
) -> Result<(), StoreError> {
    let mut newest = None;
    for row in rows {
        newest = newest.max(Some(row.try_get::<i64>("", "seq")?));
    }
    let seq = newest.ok_or_else(|| StoreError::Corrupt("an insert returned nothing".to_owned()))?;
    tx.changed(Change { seq, organisation_id: organisation, number, touched: None, incident: None });
    Ok(())
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
    append_touching(tx, organisation, number, None, actor, kind, at_ms).await
}

/// Appends to a ticket's timeline what changes another ticket too.
pub(crate) async fn append_touching(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    touched: Option<i64>,
    actor: &Actor,
    kind: &TimelineKind,
    at_ms: i64,
) -> Result<(), StoreError> {
    append_all(tx, organisation, &[NewEntry { number, touched, actor, kind }], at_ms).await
}

/// Appends to several timelines.
pub(crate) async fn append_all(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    entries: &[NewEntry<'_>],
    at_ms: i64,
) -> Result<(), StoreError> {
    // PostgreSQL takes at most 65,535 parameters in a statement.
    for entries in entries.chunks(1_000) {
        let rows = tx.db.query_all(&insert(organisation, entries, at_ms)?).await?;
        announce(tx, organisation, entries[0].number, &rows)?;
    }
    Ok(())
}

/// Appends that a proposed incident changed.
pub(crate) async fn append_incident(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    incident: Uuid,
    actor: &Actor,
    change: IncidentChange,
    at_ms: i64,
) -> Result<(), StoreError> {
    let insert = Query::insert()
        .into_table(Entity)
        .columns([Column::OrganisationId, Column::Number, Column::At, Column::Actor, Column::Kind, Column::IncidentId])
        .values_panic([
            organisation.0.into(),
            0_i64.into(),
            at_ms.into(),
            to_json(actor)?.into(),
            to_json(&change)?.into(),
            incident.into(),
        ])
        .returning_col(Column::Seq)
        .to_owned();
    announce(tx, organisation, 0, &tx.db.query_all(&insert).await?)
}

/// The newest entry of a timeline that `wanted` takes, and whose it is.
pub(crate) async fn last<T>(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    wanted: impl Fn(TimelineKind) -> Option<T>,
) -> Result<Option<(Actor, T)>, StoreError> {
    let rows: Vec<(String, String)> = Entity::find()
        .select_only()
        .columns([Column::Actor, Column::Kind])
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::Number.eq(number))
        .order_by_desc(Column::Seq)
        .into_tuple()
        .all(tx.db)
        .await?;
    for (actor, kind) in rows {
        if let Some(found) = wanted(from_json(&kind)?) {
            return Ok(Some((from_json(&actor)?, found)));
        }
    }
    Ok(None)
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// The verdict of a report changed because more of it was read.
    VerdictRefined {
        /// Of which report.
        report_id: Uuid,
        /// The category before.
        from: Category,
        /// The category now.
        to: Category,
        /// Confidence of the category before, 0 to 1.
        confidence_from: f32,
        /// Confidence of the category now, 0 to 1.
        confidence_to: f32,
        /// What was read.
        source: VerdictSource,
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
    /// It was merged into another ticket.
    Merged {
        /// Into which.
        into: i64,
    },
    /// It left the ticket it was merged into.
    Split {
        /// Out of which.
        from: i64,
    },
    /// Staff merged another ticket into it.
    MemberAdded {
        /// Which.
        number: i64,
    },
    /// Staff split a ticket out of it.
    MemberLeft {
        /// Which.
        number: i64,
    },
    /// It became a major incident: by staff, by the collector, or because its user was the first to say "me too" to a notice
    /// without a ticket.
    MadeMajor {
        /// What is wrong, for users.
        title: LocalText,
        /// Tickets merged into it with that.
        members: Vec<i64>,
    },
    /// Staff took back that it is a major incident, or that the one it belonged to is.
    MajorTakenBack {
        /// The ticket that stood for all; on its own timeline itself.
        major: i64,
        /// Those that left it with that; empty on their own timelines.
        members: Vec<i64>,
    },
    /// The user said that a notice is their trouble; where the ticket was merged with that, the merge says so.
    MeToo {
        /// Which notice.
        notice: Uuid,
    },
    /// The user said that a notice is not their trouble.
    NotThis {
        /// Which notice.
        notice: Uuid,
    },
    /// The user took back what they had said of a notice.
    AnswerTakenBack {
        /// Which notice.
        notice: Uuid,
    },
    /// Monitoring says that what the ticket stands for is over.
    AlertOver {
        /// What was wrong, for users.
        title: LocalText,
    },
}

/// What can happen to a proposed incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentChange {
    /// It was proposed.
    Raised,
    /// It grew, or what its members share became clearer.
    Grown,
    /// It was made a major incident.
    Accepted,
    /// Staff said that it is none.
    Dismissed,
    /// It faded, or its major incident was resolved.
    Closed,
    /// Staff took back that it is a major incident; it is open again.
    TakenBack,
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

    /// Tickets whose reports these entries of the log tell of, each once, oldest first.
    pub async fn tickets_of_entries(&self, entries: &[i64]) -> Result<Vec<i64>, StoreError> {
        let mut numbers = std::collections::BTreeSet::new();
        for entries in entries.chunks(1_000) {
            let some: Vec<i64> = Entity::find()
                .select_only()
                .column(Column::Number)
                .filter(Column::OrganisationId.eq(self.organisation.0))
                .filter(Column::Seq.is_in(entries.iter().copied()))
                .filter(Column::IncidentId.is_null())
                .into_tuple()
                .all(self.db())
                .await?;
            numbers.extend(some);
        }
        Ok(numbers.into_iter().collect())
    }

    /// Positions of a ticket's entries in the log, oldest first.
    pub async fn entries_of_ticket(&self, number: i64) -> Result<Vec<i64>, StoreError> {
        let entries = Entity::find()
            .select_only()
            .column(Column::Seq)
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::Number.eq(number))
            .order_by_asc(Column::Seq)
            .limit(MAX_TIMELINE)
            .into_tuple()
            .all(self.db())
            .await?;
        Ok(entries)
    }
}
