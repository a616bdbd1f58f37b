//! Takes back that a ticket is a major incident: a proposal accepted by mistake, or declared too soon. Nothing was moved
//! when its members came, so nothing is lost when they leave.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};

use crate::codec::{from_json, to_ms};
use crate::tables::ticket::{Column, Entity, Model, find, is};
use crate::tables::ticket_event::{NewEntry, last};
use crate::tables::{incident, notice, staff, ticket_event, ticket_merge};
use crate::write::Tx;
use crate::{Actor, Conflict, OrganisationId, Scope, StoreError, TimelineKind};

/// An undo on its way in.
#[derive(Clone, Copy)]
struct Undo {
    number: i64,
    staff_id: Uuid,
    now: DateTime<Utc>,
}

impl Undo {
    async fn perform(self, tx: &Tx<'_>, organisation: OrganisationId) -> Result<(), StoreError> {
        tx.lock_organisation(organisation).await?;
        let now_ms = to_ms(self.now);
        let actor = Actor::Staff(staff::acting(tx, organisation, self.staff_id).await?);
        let row = find(tx.db, organisation, self.number).await?;
        ticket_merge::check_target(&row)?;
        if !row.major {
            return Err(StoreError::Conflict(Conflict::NotMajor));
        }
        let mut left = Vec::new();
        for member in self.leaving(tx, organisation).await? {
            ticket_merge::leave(tx, organisation, &member, now_ms).await?;
            left.push(member.number);
        }
        notice::close_of_ticket(tx, organisation, self.number, now_ms).await?;
        notice::tag_reports(tx, organisation, &row, None).await?;
        Entity::update_many()
            .col_expr(Column::Major, Expr::val(false))
            .col_expr(Column::UpdatedAt, Expr::val(now_ms))
            .filter(is(organisation, self.number))
            .exec(tx.db)
            .await?;
        incident::take_back_of_ticket(tx, organisation, self.number, &actor, now_ms).await?;

        let of_member = TimelineKind::MajorTakenBack { major: self.number, members: Vec::new() };
        let of_itself = TimelineKind::MajorTakenBack { major: self.number, members: left.clone() };
        let entries: Vec<NewEntry<'_>> = left
            .iter()
            .map(|&number| NewEntry { number, touched: Some(self.number), actor: &actor, kind: &of_member })
            .chain([NewEntry { number: self.number, touched: None, actor: &actor, kind: &of_itself }])
            .collect();
        ticket_event::append_all(tx, organisation, &entries, now_ms).await
    }

    /// The members that came because it is a major incident: with the declaration, by themselves, or by their users' "me
    /// too". What a person merged by hand stays.
    async fn leaving(self, tx: &Tx<'_>, organisation: OrganisationId) -> Result<Vec<Model>, StoreError> {
        let with_it = self.came_with_it(tx, organisation).await?;
        let members = Entity::find()
            .filter(Column::OrganisationId.eq(organisation.0))
            .filter(Column::MergedInto.eq(self.number))
            .order_by_asc(Column::Number)
            .all(tx.db)
            .await?;
        let mut leaving = Vec::new();
        for member in members {
            let came = last(tx, organisation, member.number, |kind| match kind {
                TimelineKind::Merged { into } => Some(into),
                _ => None,
            });
            let by_hand = matches!(came.await?, Some((Actor::Staff(_), _)));
            if with_it.contains(&member.number) || !by_hand {
                leaving.push(member);
            }
        }
        Ok(leaving)
    }

    /// Those that were merged into it when it was declared, and with each proposal that was accepted as it since.
    async fn came_with_it(self, tx: &Tx<'_>, organisation: OrganisationId) -> Result<HashSet<i64>, StoreError> {
        let mut came = HashSet::new();
        for (_, kind) in timeline(tx, organisation, self.number).await? {
            match from_json(&kind)? {
                TimelineKind::MadeMajor { members, .. } => came.extend(members),
                // What came before the last time it was taken back is of no matter now.
                TimelineKind::MajorTakenBack { .. } => break,
                _ => {}
            }
        }
        Ok(came)
    }
}

/// Who did what to a ticket, newest first, as it is stored.
async fn timeline(tx: &Tx<'_>, organisation: OrganisationId, number: i64) -> Result<Vec<(String, String)>, StoreError> {
    let rows = ticket_event::Entity::find()
        .select_only()
        .columns([ticket_event::Column::Actor, ticket_event::Column::Kind])
        .filter(ticket_event::Column::OrganisationId.eq(organisation.0))
        .filter(ticket_event::Column::Number.eq(number))
        .order_by_desc(ticket_event::Column::Seq)
        .into_tuple()
        .all(tx.db)
        .await?;
    Ok(rows)
}

impl Scope {
    /// Takes back that a ticket is a major incident. Those that came because of it are as they were before, and may come
    /// again; its notice closes; the proposal it was accepted from is open again. What a person merged by hand stays.
    ///
    /// # Errors
    /// [`Conflict::NotMajor`]; [`Conflict::Status`] when it was resolved; [`Conflict::MergedInto`];
    /// [`StoreError::NotFound`].
    pub async fn take_back_major(&self, number: i64, staff_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(Undo { number, staff_id, now }, |tx, (organisation, undo)| {
            Box::pin(async move { undo.perform(tx, *organisation).await })
        })
        .await
    }
}
