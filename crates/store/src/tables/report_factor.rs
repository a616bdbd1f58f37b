//! What reports may share, one row for each factor of a report: finds tickets that are alike, and says what is special
//! about a group.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use report::{Dimension, Factor};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ExprTrait as _, ForeignKey, Func, Index, OnConflict, Query};
use sea_orm::{Condition, QueryOrder, QuerySelect};

use crate::codec::{from_name, to_count, to_ms};
use crate::migrations::{Step, index, table};
use crate::tables::{report as report_table, ticket};
use crate::write::Tx;
use crate::{OrganisationId, Scope, StoreError};

/// Most tickets compared by one factor: more have it only when it tells nothing.
const MAX_ALIKE: u64 = 500;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "report_factor")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub dimension: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
    pub organisation_id: Uuid,
    pub ticket_number: i64,
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 2.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::ReportId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::Dimension).text().not_null().to_owned(),
        ColumnDef::new(Column::Value).text().not_null().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::TicketNumber).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::At).big_integer().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.primary_key(Index::create().col(Column::ReportId).col(Column::Dimension).col(Column::Value)).foreign_key(
        ForeignKey::create().from(Entity, Column::ReportId).to(report_table::Entity, report_table::Column::Id),
    );
    let by_value = [Column::OrganisationId, Column::Dimension, Column::Value, Column::At];
    vec![
        Step::Table(table),
        Step::Index(index("report_factor_by_value", Entity, by_value)),
        Step::Index(index("report_factor_by_ticket", Entity, [Column::OrganisationId, Column::TicketNumber])),
    ]
}

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

/// Keeps factors of reports, replacing what was kept of the same reports before.
pub(crate) async fn keep(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    of_reports: &[ReportFactors],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = of_reports.iter().map(|one| one.report_id).collect();
    for ids in ids.chunks(1_000) {
        Entity::delete_many()
            .filter(Column::ReportId.is_in(ids.iter().copied()))
            .filter(Column::OrganisationId.eq(organisation.0))
            .exec(tx.db)
            .await?;
    }
    let rows: Vec<ActiveModel> = of_reports
        .iter()
        .flat_map(|one| one.factors.iter().map(move |factor| (one, factor)))
        .map(|(one, factor)| {
            let row = Model {
                report_id: one.report_id,
                dimension: factor.dimension.as_str().to_owned(),
                value: factor.value.clone(),
                organisation_id: organisation.0,
                ticket_number: one.ticket_number,
                at: to_ms(one.at),
            };
            ActiveModel::from(row).reset_all()
        })
        .collect();
    // The same factor twice in one report is one.
    let once = OnConflict::columns([Column::ReportId, Column::Dimension, Column::Value]).do_nothing().to_owned();
    for rows in rows.chunks(1_000) {
        Entity::insert_many(rows.to_vec()).on_conflict(once.clone()).exec_without_returning(tx.db).await?;
    }
    Ok(())
}

/// A factor and the tickets that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorTickets {
    /// The factor.
    pub factor: Factor,
    /// Reports of the time asked for that have it, whatever became of their tickets.
    pub reports: u32,
    /// Open tickets that have it, newest first, at most 500.
    pub tickets: Vec<i64>,
}

impl Scope {
    /// The factors of a ticket's reports, each once.
    pub async fn factors_of_ticket(&self, number: i64) -> Result<Vec<Factor>, StoreError> {
        let rows: Vec<(String, String)> = Entity::find()
            .select_only()
            .distinct()
            .columns([Column::Dimension, Column::Value])
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::TicketNumber.eq(number))
            .order_by_asc(Column::Dimension)
            .order_by_asc(Column::Value)
            .into_tuple()
            .all(self.db())
            .await?;
        rows.into_iter()
            .map(|(dimension, value)| Ok(Factor { dimension: from_name::<Dimension>(dimension)?, value }))
            .collect()
    }

    /// The factors that the reports of every one of these tickets share, each once.
    pub async fn factors_shared_by(&self, numbers: &[i64]) -> Result<Vec<Factor>, StoreError> {
        let mut counts: HashMap<Factor, usize> = HashMap::new();
        for &number in numbers {
            for factor in self.factors_of_ticket(number).await? {
                *counts.entry(factor).or_default() += 1;
            }
        }
        let mut shared: Vec<Factor> =
            counts.into_iter().filter(|(_, count)| *count == numbers.len()).map(|(factor, _)| factor).collect();
        shared.sort();
        Ok(shared)
    }

    /// For each factor, who else has it since `since`.
    pub async fn tickets_with(
        &self,
        factors: &[Factor],
        since: DateTime<Utc>,
    ) -> Result<Vec<FactorTickets>, StoreError> {
        let mut found = Vec::with_capacity(factors.len());
        for factor in factors {
            let with_it = Condition::all()
                .add(Expr::col((Entity, Column::OrganisationId)).eq(self.organisation.0))
                .add(Expr::col((Entity, Column::Dimension)).eq(factor.dimension.as_str()))
                .add(Expr::col((Entity, Column::Value)).eq(factor.value.as_str()))
                .add(Expr::col((Entity, Column::At)).gte(to_ms(since)));
            let count = Query::select()
                .expr_as(Func::count(Expr::col((Entity, Column::ReportId))), "reports")
                .from(Entity)
                .cond_where(with_it.clone())
                .to_owned();
            let reports = match self.db().query_one(&count).await? {
                Some(row) => to_count(row.try_get("", "reports")?),
                None => 0,
            };
            let tickets = Query::select()
                .distinct()
                .column((ticket::Entity, ticket::Column::Number))
                .from(Entity)
                .inner_join(
                    ticket::Entity,
                    Condition::all()
                        .add(
                            Expr::col((ticket::Entity, ticket::Column::OrganisationId))
                                .equals((Entity, Column::OrganisationId)),
                        )
                        .add(
                            Expr::col((ticket::Entity, ticket::Column::Number)).equals((Entity, Column::TicketNumber)),
                        ),
                )
                .cond_where(with_it)
                .and_where(Expr::col((ticket::Entity, ticket::Column::Queue)).eq(ticket::Queue::Open as i32))
                .order_by((ticket::Entity, ticket::Column::Number), sea_orm::Order::Desc)
                .limit(MAX_ALIKE)
                .to_owned();
            let rows = self.db().query_all(&tickets).await?;
            let tickets = rows.into_iter().map(|row| row.try_get("", "number")).collect::<Result<_, _>>()?;
            found.push(FactorTickets { factor: factor.clone(), reports, tickets });
        }
        Ok(found)
    }
}
