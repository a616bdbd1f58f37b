//! The JSON of each report as received, apart so that lists of reports and tickets never read it.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ForeignKey};

use crate::migrations::{Step, table};
use crate::tables::report;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "report_body")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: Uuid,
    pub body: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::ReportId).uuid().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::Body).blob().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.foreign_key(ForeignKey::create().from(Entity, Column::ReportId).to(report::Entity, report::Column::Id));
    vec![Step::Table(table)]
}
