//! Who said of a notice "this is not mine": their tickets never join it by themselves again.

use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ForeignKey, Index, OnConflict, Query, SelectStatement};

use crate::migrations::{Step, table};
use crate::tables::notice;
use crate::write::Tx;
use crate::{Scope, StoreError};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notice_refusal")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub notice_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub device_id: Uuid,
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 2.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::NoticeId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::DeviceId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::At).big_integer().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table
        .primary_key(Index::create().col(Column::NoticeId).col(Column::DeviceId))
        .foreign_key(ForeignKey::create().from(Entity, Column::NoticeId).to(notice::Entity, notice::Column::Id));
    vec![Step::Table(table)]
}

/// The row, if the device has refused the notice. The caller has checked whose both are.
pub(crate) fn of(notice: Uuid, device: Uuid) -> SelectStatement {
    Query::select()
        .column(Column::At)
        .from(Entity)
        .and_where(Column::NoticeId.eq(notice))
        .and_where(Column::DeviceId.eq(device))
        .to_owned()
}

/// Notes a refusal. Repeatable.
pub(crate) async fn add(tx: &Tx<'_>, notice: Uuid, device: Uuid, now_ms: i64) -> Result<(), StoreError> {
    let row = Model { notice_id: notice, device_id: device, at: now_ms };
    let kept = OnConflict::columns([Column::NoticeId, Column::DeviceId]).do_nothing().to_owned();
    Entity::insert(ActiveModel::from(row).reset_all()).on_conflict(kept).exec_without_returning(tx.db).await?;
    Ok(())
}

/// Takes a refusal back.
pub(crate) async fn remove(tx: &Tx<'_>, notice: Uuid, device: Uuid) -> Result<(), StoreError> {
    Entity::delete_by_id((notice, device)).exec(tx.db).await?;
    Ok(())
}

impl Scope {
    /// Which of these notices, all of this organisation, the user of a device has refused.
    pub async fn refused_notices(
        &self,
        device: Uuid,
        notices: impl IntoIterator<Item = Uuid>,
    ) -> Result<Vec<Uuid>, StoreError> {
        let refused = Entity::find()
            .select_only()
            .column(Column::NoticeId)
            .filter(Column::NoticeId.is_in(notices))
            .filter(Column::DeviceId.eq(device))
            .into_tuple()
            .all(self.db())
            .await?;
        Ok(refused)
    }
}
