use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::tables::ticket_event::{Column, Entity};
use crate::{OrganisationId, Scope, StoreError};

/// A ticket or a proposed incident changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Ever-growing position within the organisation (not dense).
    pub seq: i64,
    /// Whose ticket.
    pub organisation_id: OrganisationId,
    /// Which ticket; 0 where it is an incident alone.
    pub number: i64,
    /// A ticket that changed with it: the one this was merged into or left.
    pub touched: Option<i64>,
    /// The proposed incident that changed.
    pub incident: Option<Uuid>,
}

impl Scope {
    /// Changes after `seq`, oldest first, at most `limit`. Positions become visible in order, so nothing is missed by
    /// asking again with the last one seen.
    pub async fn changes_since(&self, seq: i64, limit: u64) -> Result<Vec<Change>, StoreError> {
        let rows: Vec<(i64, i64, Option<i64>, Option<Uuid>)> = Entity::find()
            .select_only()
            .columns([Column::Seq, Column::Number, Column::Touched, Column::IncidentId])
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::Seq.gt(seq))
            .order_by_asc(Column::Seq)
            .limit(limit)
            .into_tuple()
            .all(self.db())
            .await?;
        let change = |(seq, number, touched, incident)| Change {
            seq,
            organisation_id: self.organisation,
            number,
            touched,
            incident,
        };
        Ok(rows.into_iter().map(change).collect())
    }

    /// Position of the newest change; 0 before the first.
    pub async fn last_change(&self) -> Result<i64, StoreError> {
        let newest: Option<i64> = Entity::find()
            .select_only()
            .column(Column::Seq)
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .order_by_desc(Column::Seq)
            .into_tuple()
            .one(self.db())
            .await?;
        Ok(newest.unwrap_or(0))
    }
}
