//! What tickets may share, one row for each factor of a ticket, however many reports have it: finds tickets that are
//! alike, and says what is special about a group.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use report::{Dimension, Factor};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, ColumnDef, ExprTrait as _, ForeignKey, Index, OnConflict};
use sea_orm::{QueryOrder, QuerySelect};

use crate::codec::{from_name, to_ms};
use crate::migrations::{Step, index, table};
use crate::tables::ticket;
use crate::write::Tx;
use crate::{OrganisationId, Scope, StoreError};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket_factor")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ticket_number: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub dimension: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
    /// The newest report of the ticket that has it.
    pub report_id: Uuid,
    /// When the collector had that report.
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 2.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::TicketNumber).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Dimension).text().not_null().to_owned(),
        ColumnDef::new(Column::Value).text().not_null().to_owned(),
        ColumnDef::new(Column::ReportId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::At).big_integer().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    let mut key = Index::create();
    for column in KEY {
        key.col(column);
    }
    table.primary_key(&mut key).foreign_key(
        ForeignKey::create()
            .from(Entity, (Column::OrganisationId, Column::TicketNumber))
            .to(ticket::Entity, (ticket::Column::OrganisationId, ticket::Column::Number)),
    );
    // With the ticket, so that who has a factor is read from the index alone.
    let by_value = [Column::OrganisationId, Column::Dimension, Column::Value, Column::At, Column::TicketNumber];
    vec![Step::TableInOrderOfKey(table), Step::Index(index("ticket_factor_by_value", Entity, by_value))]
}

const KEY: [Column; 4] = [Column::OrganisationId, Column::TicketNumber, Column::Dimension, Column::Value];

/// The factors of one report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportFactors {
    /// The report.
    pub report_id: Uuid,
    /// Its ticket.
    pub ticket_number: i64,
    /// When the collector had it.
    pub at: DateTime<Utc>,
    /// What it may share with others.
    pub factors: Vec<Factor>,
}

/// Keeps factors of reports for their tickets. A factor belongs to the newest report of the ticket that has it: where that one was
/// judged anew and has it no more, the ticket has it no more.
pub(crate) async fn keep(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    of_reports: &[ReportFactors],
) -> Result<(), StoreError> {
    for some in of_reports.chunks(1_000) {
        Entity::delete_many()
            .filter(Column::OrganisationId.eq(organisation.0))
            .filter(Column::TicketNumber.is_in(some.iter().map(|one| one.ticket_number)))
            .filter(Column::ReportId.is_in(some.iter().map(|one| one.report_id)))
            .exec(tx.db)
            .await?;
    }
    // One statement must not name a row twice.
    let mut newest: BTreeMap<(i64, &'static str, &str), &ReportFactors> = BTreeMap::new();
    for one in of_reports {
        for factor in &one.factors {
            let kept = newest.entry((one.ticket_number, factor.dimension.as_str(), &factor.value)).or_insert(one);
            if kept.at <= one.at {
                *kept = one;
            }
        }
    }
    let rows: Vec<ActiveModel> = newest
        .into_iter()
        .map(|((ticket_number, dimension, value), one)| {
            let row = Model {
                organisation_id: organisation.0,
                ticket_number,
                dimension: dimension.to_owned(),
                value: value.to_owned(),
                report_id: one.report_id,
                at: to_ms(one.at),
            };
            ActiveModel::from(row).reset_all()
        })
        .collect();
    let later = Expr::col((Alias::new("excluded"), Column::At)).gte(Expr::col((Entity, Column::At)));
    let newer =
        OnConflict::columns(KEY).update_columns([Column::ReportId, Column::At]).action_and_where(later).to_owned();
    for rows in rows.chunks(1_000) {
        Entity::insert_many(rows.to_vec()).on_conflict(newer.clone()).exec_without_returning(tx.db).await?;
    }
    Ok(())
}

/// A factor and the tickets that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorTickets {
    /// The factor.
    pub factor: Factor,
    /// Tickets with a report since the time asked for that has it, open or not: the one with the newest such report first, at
    /// most as many as were asked for.
    pub tickets: Vec<i64>,
}

impl Scope {
    /// The factors of a ticket's reports, each once.
    pub async fn factors_of_ticket(&self, number: i64) -> Result<Vec<Factor>, StoreError> {
        Ok(self.factors_of_tickets(&[number]).await?.remove(&number).unwrap_or_default())
    }

    /// The factors of tickets that have any, in the order of [`Factor`].
    pub async fn factors_of_tickets(&self, numbers: &[i64]) -> Result<HashMap<i64, Vec<Factor>>, StoreError> {
        let rows: Vec<(i64, String, String)> = Entity::find()
            .select_only()
            .columns([Column::TicketNumber, Column::Dimension, Column::Value])
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::TicketNumber.is_in(numbers.iter().copied()))
            .into_tuple()
            .all(self.db())
            .await?;
        let mut factors: HashMap<i64, Vec<Factor>> = HashMap::new();
        for (number, dimension, value) in rows {
            let factor = Factor { dimension: from_name::<Dimension>(dimension)?, value };
            factors.entry(number).or_default().push(factor);
        }
        for of_one in factors.values_mut() {
            of_one.sort();
        }
        Ok(factors)
    }

    /// The factors that every one of these tickets has.
    pub async fn factors_shared_by(&self, numbers: &[i64]) -> Result<Vec<Factor>, StoreError> {
        let all = self.factors_of_tickets(numbers).await?;
        let mut counts: BTreeMap<&Factor, usize> = BTreeMap::new();
        for factor in numbers.iter().filter_map(|number| all.get(number)).flatten() {
            *counts.entry(factor).or_default() += 1;
        }
        let shared = counts.into_iter().filter(|(_, count)| *count == numbers.len());
        Ok(shared.map(|(factor, _)| factor.clone()).collect())
    }

    /// For each factor, the tickets that have it in a report since `since`, at most `limit` of them: how many more there are,
    /// with a factor that so many share, is not asked.
    pub async fn tickets_with(
        &self,
        factors: &[Factor],
        since: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<FactorTickets>, StoreError> {
        let mut found = Vec::with_capacity(factors.len());
        for factor in factors {
            let tickets = Entity::find()
                .select_only()
                .column(Column::TicketNumber)
                .filter(Column::OrganisationId.eq(self.organisation.0))
                .filter(Column::Dimension.eq(factor.dimension.as_str()))
                .filter(Column::Value.eq(factor.value.as_str()))
                .filter(Column::At.gte(to_ms(since)))
                .order_by_desc(Column::At)
                .order_by_desc(Column::TicketNumber)
                .limit(limit)
                .into_tuple()
                .all(self.db())
                .await?;
            found.push(FactorTickets { factor: factor.clone(), tickets });
        }
        Ok(found)
    }
}
