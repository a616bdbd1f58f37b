use chrono::{DateTime, Utc};
use report::{Notice, NoticeKind};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;

use crate::codec::{from_ms, to_ms, to_name};
use crate::tables::notice::{Column, Entity};
use crate::{Scope, StoreError};

impl Scope {
    /// Planned maintenance that ended after `since`, or will: by its plan, or because it was closed before. Each is given with
    /// the end it had; none that goes on until somebody closes it.
    pub async fn ended_maintenance(&self, since: DateTime<Utc>) -> Result<Vec<Notice>, StoreError> {
        let since_ms = to_ms(since);
        // The index of notices leads to those that are open, and to those that were closed of late.
        let still_open = Condition::all().add(Column::ClosedAt.is_null()).add(Column::EndsAt.gt(since_ms));
        let rows = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::Kind.eq(to_name(NoticeKind::Maintenance)?))
            .filter(Condition::any().add(still_open).add(Column::ClosedAt.gt(since_ms)))
            .all(self.db())
            .await?;
        let mut ended = Vec::new();
        for row in rows {
            if let Some(end) = row.ends_at.into_iter().chain(row.closed_at).min().filter(|end| *end > since_ms) {
                ended.push(Notice { ends_at: Some(from_ms(end)?), ..row.try_into()? });
            }
        }
        Ok(ended)
    }
}
