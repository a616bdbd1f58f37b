use std::collections::HashMap;

use chrono::{DateTime, Utc};
use report::{Category, LocalText, Notice, NoticeKind};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ForeignKey, Func};
use sea_orm::{Condition, QueryOrder, QuerySelect};

use crate::codec::{from_json, from_ms, from_ms_opt, from_name, to_count, to_json, to_ms, to_name};
use crate::migrations::{Step, index, table};
use crate::tables::{organisation, report as report_table};
use crate::{Scope, StoreError};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub kind: String,
    pub title_en: String,
    pub title_ru: String,
    pub category: String,
    /// JSON list of strings.
    pub keywords: String,
    pub starts_at: i64,
    pub ends_at: Option<i64>,
    pub next_news_at: Option<i64>,
    pub created_by: Option<Uuid>,
    pub created_at: i64,
    pub closed_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Id).uuid().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::Kind).text().not_null().to_owned(),
        ColumnDef::new(Column::TitleEn).text().not_null().to_owned(),
        ColumnDef::new(Column::TitleRu).text().not_null().to_owned(),
        ColumnDef::new(Column::Category).text().not_null().to_owned(),
        ColumnDef::new(Column::Keywords).text().not_null().to_owned(),
        ColumnDef::new(Column::StartsAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::EndsAt).big_integer().null().to_owned(),
        ColumnDef::new(Column::NextNewsAt).big_integer().null().to_owned(),
        ColumnDef::new(Column::CreatedBy).uuid().null().to_owned(),
        ColumnDef::new(Column::CreatedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::ClosedAt).big_integer().null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.foreign_key(
        ForeignKey::create().from(Entity, Column::OrganisationId).to(organisation::Entity, organisation::Column::Id),
    );
    vec![
        Step::Table(table),
        Step::Index(index("notice_open", Entity, [Column::OrganisationId, Column::ClosedAt, Column::StartsAt])),
    ]
}

fn notice(row: Model, affected: u32) -> Result<Notice, StoreError> {
    Ok(Notice {
        id: row.id,
        kind: from_name(row.kind)?,
        title: LocalText::new(row.title_en, row.title_ru),
        category: from_name(row.category)?,
        keywords: from_json(&row.keywords)?,
        factors: Vec::new(),
        ticket: None,
        origin: report::NoticeOrigin::Staff,
        starts_at: from_ms(row.starts_at)?,
        ends_at: from_ms_opt(row.ends_at)?,
        next_news_at: from_ms_opt(row.next_news_at)?,
        affected,
    })
}

/// A notice to be made.
#[derive(Debug, Clone)]
pub struct NewNotice {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: NoticeKind,
    /// What is wrong or planned, for users.
    pub title: LocalText,
    /// Category of the reports it concerns.
    pub category: Category,
    /// Words of which one must stand in a report; empty matches the whole category.
    pub keywords: Vec<String>,
    /// Since when.
    pub starts_at: DateTime<Utc>,
    /// When it ends, if known.
    pub ends_at: Option<DateTime<Utc>>,
    /// When there will be news, if promised.
    pub next_news_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub created_by: Option<Uuid>,
}

impl Scope {
    /// Notices that are neither closed nor over at `now`, newest first, each with the number of distinct devices whose
    /// reports matched it. Planned ones that have not begun are among them.
    pub async fn list_open_notices(&self, now: DateTime<Utc>) -> Result<Vec<Notice>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::ClosedAt.is_null())
            .filter(Condition::any().add(Column::EndsAt.is_null()).add(Column::EndsAt.gt(to_ms(now))))
            .order_by_desc(Column::StartsAt)
            .order_by_desc(Column::Id)
            .all(self.db())
            .await?;
        let affected = self.count_affected(rows.iter().map(|row| row.id).collect()).await?;
        rows.into_iter()
            .map(|row| {
                let devices = affected.get(&row.id).copied().unwrap_or(0);
                notice(row, devices)
            })
            .collect()
    }

    /// Distinct devices whose live reports matched each notice.
    async fn count_affected(&self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, u32>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let devices = Func::count_distinct(Expr::col(report_table::Column::DeviceId));
        let rows: Vec<(Uuid, i64)> = report_table::Entity::find()
            .select_only()
            .column(report_table::Column::NoticeId)
            .expr_as(devices, "devices")
            .filter(report_table::Column::NoticeId.is_in(ids))
            .filter(report_table::Column::OrganisationId.eq(self.organisation.0))
            .filter(report_table::Column::WithdrawnAt.is_null())
            .group_by(report_table::Column::NoticeId)
            .into_tuple()
            .all(self.db())
            .await?;
        Ok(rows.into_iter().map(|(id, devices)| (id, to_count(devices))).collect())
    }

    /// Makes a notice.
    pub async fn create_notice(&self, new: &NewNotice, now: DateTime<Utc>) -> Result<Notice, StoreError> {
        let row = Model {
            id: new.id,
            organisation_id: self.organisation.0,
            kind: to_name(new.kind)?,
            title_en: new.title.en.clone(),
            title_ru: new.title.ru.clone(),
            category: to_name(new.category)?,
            keywords: to_json(&new.keywords)?,
            starts_at: to_ms(new.starts_at),
            ends_at: new.ends_at.map(to_ms),
            next_news_at: new.next_news_at.map(to_ms),
            created_by: new.created_by,
            created_at: to_ms(now),
            closed_at: None,
        };
        self.write(row, |tx, (_, row)| {
            Box::pin(async move {
                Entity::insert(ActiveModel::from(row.clone()).reset_all()).exec_without_returning(tx.db).await?;
                notice(row.clone(), 0)
            })
        })
        .await
    }

    /// Closes a notice. Repeatable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn close_notice(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write((id, to_ms(now)), |tx, (organisation, (id, now))| {
            Box::pin(async move {
                let done = Entity::update_many()
                    .col_expr(Column::ClosedAt, Expr::val(*now))
                    .filter(Column::Id.eq(*id))
                    .filter(Column::OrganisationId.eq(organisation.0))
                    .exec(tx.db)
                    .await?;
                if done.rows_affected == 0 { Err(StoreError::NotFound) } else { Ok(()) }
            })
        })
        .await
    }
}
