//! Notices that monitoring opens and closes by itself: one for each of its alerts.

use chrono::{DateTime, Utc};
use report::Notice;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

use crate::codec::to_ms;
use crate::tables::notice::{ActiveModel, Column, Entity, Model, NewNotice, close, insert, tell_over};
use crate::tables::ticket_event;
use crate::write::Tx;
use crate::{Actor, OrganisationId, Scope, StoreError, TimelineKind};

/// What an alert of monitoring came to.
#[derive(Debug, Clone, PartialEq)]
pub enum AlertOutcome {
    /// It opened a notice.
    Opened(Notice),
    /// It changed the notice that is open for it.
    Changed(Notice),
    /// The notice that is open for it says the same.
    Same(Notice),
    /// The notice that was opened when it began to fire was closed since.
    Over(Notice),
}

impl Scope {
    /// An alert fires: opens the notice for its [`NewNotice::external_key`], or brings the open one up to date. Told any
    /// number of times, also at once, there is one open notice for it; and none where it was closed, by staff or by the
    /// alert's end, until the alert begins anew (a later [`NewNotice::starts_at`]).
    pub async fn alert_firing(&self, new: &NewNotice, now: DateTime<Utc>) -> Result<AlertOutcome, StoreError> {
        self.write((new.clone(), to_ms(now)), |tx, (organisation, (new, now))| {
            Box::pin(async move {
                tx.lock_organisation(*organisation).await?;
                let wanted = new.row(*organisation, *now)?;
                let last = last_of_alert(tx, *organisation, new.external_key.as_deref()).await?;
                let Some(last) = last.filter(|last| last.closed_at.is_none() || wanted.starts_at <= last.starts_at)
                else {
                    insert(tx, *organisation, new, *now).await?;
                    return Ok(AlertOutcome::Opened(wanted.try_into()?));
                };
                if last.closed_at.is_some() {
                    return Ok(AlertOutcome::Over(last.try_into()?));
                }
                let updated = Model {
                    id: last.id,
                    created_at: last.created_at,
                    created_by: last.created_by,
                    starts_at: Ord::max(last.starts_at, wanted.starts_at),
                    affected: last.affected,
                    ticket_number: last.ticket_number,
                    ..wanted
                };
                if updated == last {
                    return Ok(AlertOutcome::Same(last.try_into()?));
                }
                Entity::update_many()
                    .set(ActiveModel::from(updated.clone()).reset_all())
                    .filter(Column::Id.eq(last.id))
                    .exec(tx.db)
                    .await?;
                tx.notices_changed(*organisation);
                // Heard again; when it would count as over is no news.
                let says_the_same = updated == Model { ends_at: updated.ends_at, ..last };
                let notice = updated.try_into()?;
                Ok(if says_the_same { AlertOutcome::Same(notice) } else { AlertOutcome::Changed(notice) })
            })
        })
        .await
    }

    /// An alert is over: closes the notice that is open for it, tells everybody concerned whose ticket is still open, and
    /// notes it on the ticket that stands for it. Returns whether there was one.
    pub async fn alert_resolved(&self, external_key: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.write((external_key.to_owned(), to_ms(now)), |tx, (organisation, (key, now))| {
            Box::pin(async move {
                tx.lock_organisation(*organisation).await?;
                let last = last_of_alert(tx, *organisation, Some(key)).await?;
                let Some(open) = last.filter(|last| last.closed_at.is_none()) else { return Ok(false) };
                close(tx, *organisation, open.id, *now).await?;
                let notice: Notice = open.try_into()?;
                tell_over(tx, *organisation, &notice, *now).await?;
                if let Some(number) = notice.ticket {
                    // Whether it works for the people in it is for staff to find out.
                    let kind = TimelineKind::AlertOver { title: notice.title };
                    ticket_event::append(tx, *organisation, number, &Actor::Collector, &kind, *now).await?;
                }
                Ok(true)
            })
        })
        .await
    }
}

/// The newest notice of an alert; the only one that may be open.
async fn last_of_alert(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    external_key: Option<&str>,
) -> Result<Option<Model>, StoreError> {
    let row = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::ExternalKey.eq(external_key))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .one(tx.db)
        .await?;
    Ok(row)
}
