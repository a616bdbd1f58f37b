//! What staff said a ticket really is. One row a ticket, changed when they change their mind; the text model learns from it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use report::{Category, FollowUpKind, TicketRef, TicketStatus};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ExprTrait as _, ForeignKey, Index, OnConflict, Order, Query};
use sea_orm::{QueryOrder, QuerySelect, Set};
use serde::Deserialize;

use crate::codec::{from_ms_opt, from_name, to_count, to_ms};
use crate::migrations::{Step, index, table};
use crate::tables::{follow_up, organisation, report as report_table, report_body, staff, ticket, ticket_event};
use crate::write::Tx;
use crate::{Actor, Conflict, OrganisationId, Scope, StoreError, TimelineKind};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "correction")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ticket_number: i64,
    /// Grows with every change of any correction of the organisation.
    pub revision: i64,
    pub from_category: String,
    pub to_category: String,
    pub team: String,
    pub staff_id: Uuid,
    pub at: i64,
    /// Whether staff went back to what triage had said.
    pub undone: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 2.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::TicketNumber).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Revision).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::FromCategory).text().not_null().to_owned(),
        ColumnDef::new(Column::ToCategory).text().not_null().to_owned(),
        ColumnDef::new(Column::Team).text().not_null().to_owned(),
        ColumnDef::new(Column::StaffId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::At).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Undone).boolean().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.primary_key(Index::create().col(Column::OrganisationId).col(Column::TicketNumber)).foreign_key(
        ForeignKey::create().from(Entity, Column::OrganisationId).to(organisation::Entity, organisation::Column::Id),
    );
    vec![
        Step::Table(table),
        Step::Index(index("correction_by_revision", Entity, [Column::OrganisationId, Column::Revision])),
    ]
}

fn of(organisation: OrganisationId) -> Select<Entity> {
    Entity::find().filter(Column::OrganisationId.eq(organisation.0))
}

/// A correction of a ticket on its way in.
#[derive(Debug, Clone)]
pub struct Correction {
    /// Which ticket.
    pub number: i64,
    /// What it is. [`Category::Other`] only takes back a correction of a ticket on which triage abstained.
    pub category: Category,
    /// The team that should have it, where staff said.
    pub team: Option<String>,
    /// The category's usual team, where they did not.
    pub usual_team: String,
    /// Who says so.
    pub staff_id: Uuid,
}

impl Correction {
    /// Runs inside the transaction of a lane.
    async fn apply(&self, tx: &Tx<'_>, organisation: OrganisationId, now_ms: i64) -> Result<TicketRef, StoreError> {
        tx.lock_organisation(organisation).await?;
        let me = staff::acting(tx, organisation, self.staff_id).await?;
        let found = ticket::Entity::find().filter(ticket::is(organisation, self.number)).one(tx.db).await?;
        let row = found.ok_or(StoreError::NotFound)?;
        let status: TicketStatus = from_name(row.status)?;
        if status == TicketStatus::Withdrawn {
            return Err(StoreError::Conflict(Conflict::Status(status)));
        }
        let said = row.said_category.unwrap_or_else(|| row.category.clone());
        let said_team = row.said_team.unwrap_or_else(|| row.team.clone());
        let category = self.category.as_str();
        let agrees = category == said;
        if self.category == Category::Other && !agrees {
            return Err(StoreError::Conflict(Conflict::NoAbstention));
        }
        let usual_team = if agrees { &said_team } else { &self.usual_team };
        let team = self.team.as_ref().unwrap_or(usual_team);
        if row.category == category && row.team == *team {
            return Ok(TicketRef { number: self.number, status });
        }
        let undone = agrees && *team == said_team;
        let change = ticket::ActiveModel {
            category: Set(category.to_owned()),
            team: Set(team.clone()),
            said_category: Set((!undone).then(|| said.clone())),
            said_team: Set((!undone).then(|| said_team.clone())),
            updated_at: Set(now_ms),
            ..Default::default()
        };
        ticket::Entity::update_many().set(change).filter(ticket::is(organisation, self.number)).exec(tx.db).await?;
        let correction = Model {
            organisation_id: organisation.0,
            ticket_number: self.number,
            revision: newest_revision(tx.db, organisation).await? + 1,
            from_category: said,
            to_category: category.to_owned(),
            team: team.clone(),
            staff_id: me.id,
            at: now_ms,
            undone,
        };
        let changed = [
            Column::Revision,
            Column::FromCategory,
            Column::ToCategory,
            Column::Team,
            Column::StaffId,
            Column::At,
            Column::Undone,
        ];
        Entity::insert(ActiveModel::from(correction).reset_all())
            .on_conflict(
                OnConflict::columns([Column::OrganisationId, Column::TicketNumber]).update_columns(changed).to_owned(),
            )
            .exec_without_returning(tx.db)
            .await?;
        let kind =
            TimelineKind::Recategorised { from: from_name(row.category)?, to: self.category, team: team.clone() };
        ticket_event::append(tx, organisation, self.number, &Actor::Staff(me), &kind, now_ms).await?;
        Ok(TicketRef { number: self.number, status })
    }
}

async fn newest_revision<C: ConnectionTrait>(db: &C, organisation: OrganisationId) -> Result<i64, StoreError> {
    let newest = of(organisation).select_only().column(Column::Revision).order_by_desc(Column::Revision).limit(1);
    Ok(newest.into_tuple().one(db).await?.unwrap_or(0))
}

/// How many corrections there are to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CorrectionTally {
    /// Position of the newest change.
    pub revision: i64,
    /// Tickets whose correction changed since the position asked for.
    pub changed: u32,
    /// When the newest change was.
    pub last_at: Option<DateTime<Utc>>,
}

/// What a corrected ticket's user wrote, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectedText {
    /// Which ticket.
    pub number: i64,
    /// What it is.
    pub category: Category,
    /// The user's sentences, oldest first; never empty.
    pub sentences: Vec<String>,
}

/// The only part of a stored report that is read here.
#[derive(Deserialize)]
struct Wrote {
    text: Option<String>,
}

impl Scope {
    /// Sets what a ticket really is; later verdicts leave category and team alone. Correcting back to what triage says
    /// takes the correction back. Saying what is so already changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when ticket or person is not of this organisation; [`Conflict::Status`] when the ticket was
    /// withdrawn; [`Conflict::NoAbstention`].
    pub async fn correct_ticket(&self, correction: &Correction, now: DateTime<Utc>) -> Result<TicketRef, StoreError> {
        self.write((correction.clone(), to_ms(now)), |tx, (organisation, (correction, now))| {
            Box::pin(async move { correction.apply(tx, *organisation, *now).await })
        })
        .await
    }

    /// What changed among the corrections after position `after`.
    pub async fn tally_corrections(&self, after: i64) -> Result<CorrectionTally, StoreError> {
        let found: Option<(Option<i64>, i64, Option<i64>)> = of(self.organisation)
            .select_only()
            .expr_as(Column::Revision.max(), "newest")
            .expr_as(Column::Revision.count(), "changed")
            .expr_as(Column::At.max(), "last_at")
            .filter(Column::Revision.gt(after))
            .into_tuple()
            .one(self.db())
            .await?;
        let (newest, changed, last_at) = found.unwrap_or_default();
        Ok(CorrectionTally {
            revision: newest.unwrap_or(after),
            changed: to_count(changed),
            last_at: from_ms_opt(last_at)?,
        })
    }

    /// Corrected tickets with what their users wrote, newest correction first, at most `limit` of those at or before
    /// position `until`; and the position to go on with. Tickets without words are left out.
    pub async fn corrected_texts(
        &self,
        until: i64,
        limit: u64,
    ) -> Result<(Vec<CorrectedText>, Option<i64>), StoreError> {
        let rows: Vec<(i64, i64, String)> = of(self.organisation)
            .select_only()
            .columns([Column::TicketNumber, Column::Revision, Column::ToCategory])
            .filter(Column::Revision.lte(until))
            .filter(Column::Undone.eq(false))
            .filter(Column::ToCategory.ne(Category::Other.as_str()))
            .order_by_desc(Column::Revision)
            .limit(limit)
            .into_tuple()
            .all(self.db())
            .await?;
        let next = rows.last().filter(|_| rows.len() as u64 == limit).map(|(_, revision, _)| revision - 1);
        let mut sentences = self.sentences_of(rows.iter().map(|(number, ..)| *number).collect()).await?;
        let mut texts = Vec::with_capacity(rows.len());
        for (number, _, category) in rows {
            if let Some(sentences) = sentences.remove(&number) {
                texts.push(CorrectedText { number, category: from_name(category)?, sentences });
            }
        }
        Ok((texts, next))
    }

    /// What the users of tickets wrote, in the report that opened each and after it. A ticket that was opened within a major
    /// incident has words of its own like any other, and who corrected it saw them; those of its members are not the incident's:
    /// who corrected that looked at none of them.
    async fn sentences_of(&self, numbers: Vec<i64>) -> Result<HashMap<i64, Vec<String>>, StoreError> {
        use report_table::Column as Report;
        // Later presses repeat themselves; one that was taken back opened nothing.
        let opened_by = Query::select()
            .column((report_table::Entity, Report::Id))
            .from(report_table::Entity)
            .and_where(Expr::col((report_table::Entity, Report::OrganisationId)).eq(self.organisation.0))
            .and_where(
                Expr::col((report_table::Entity, Report::TicketNumber))
                    .equals((ticket::Entity, ticket::Column::Number)),
            )
            .and_where(Expr::col((report_table::Entity, Report::WithdrawnAt)).is_null())
            .order_by((report_table::Entity, Report::ReceivedAt), Order::Asc)
            .limit(1)
            .to_owned();
        let reports: Vec<(i64, Option<Uuid>)> = ticket::Entity::find()
            .select_only()
            .column(ticket::Column::Number)
            .expr_as(Expr::SubQuery(None, Box::new(opened_by.into())), "opened_by")
            .filter(ticket::Column::OrganisationId.eq(self.organisation.0))
            .filter(ticket::Column::Number.is_in(numbers))
            .into_tuple()
            .all(self.db())
            .await?;
        let reports: Vec<(i64, Uuid)> =
            reports.into_iter().filter_map(|(number, opened_by)| Some((number, opened_by?))).collect();
        let ids: Vec<Uuid> = reports.iter().map(|(_, id)| *id).collect();
        let mut follow_ups = follow_up::of_reports(self.db(), ids.clone()).await?;
        let bodies =
            report_body::Entity::find().filter(report_body::Column::ReportId.is_in(ids)).all(self.db()).await?;
        let mut sentences: HashMap<i64, Vec<String>> = HashMap::new();
        let numbers: HashMap<Uuid, i64> = reports.into_iter().map(|(number, id)| (id, number)).collect();
        for body in bodies {
            let Some(number) = numbers.get(&body.report_id) else { continue };
            let wrote: Wrote = serde_json::from_slice(&body.body)
                .map_err(|error| StoreError::Corrupt(format!("report {}: {error}", body.report_id)))?;
            let later = follow_ups.remove(&body.report_id).unwrap_or_default();
            let later = later.into_iter().filter_map(|stored| match stored.follow_up.kind {
                FollowUpKind::Text { text } => Some(text),
                _ => None,
            });
            let words: Vec<String> =
                wrote.text.into_iter().chain(later).filter(|text| !text.trim().is_empty()).collect();
            if !words.is_empty() {
                sentences.entry(*number).or_default().extend(words);
            }
        }
        Ok(sentences)
    }
}
