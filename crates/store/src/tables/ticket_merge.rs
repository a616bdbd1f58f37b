//! Tickets merged into another, and out of it again. A merge moves nothing: the ticket keeps its reports, its timeline and
//! its state, and only names the ticket it belongs to, so a split loses nothing. What is counted over all members is
//! counted as they come and go, at a cost that does not grow with their number.

use chrono::{DateTime, Utc};
use report::{EventKind, TicketRef, TicketStatus};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Query, SelectStatement, UpdateStatement};

use crate::codec::{from_name, to_ms};
use crate::tables::device_event::Audience;
use crate::tables::person::Person;
use crate::tables::ticket::{ActiveModel, Column, Entity, Model, Queue, find, is};
use crate::tables::{device_event, notice, staff, ticket_event};
use crate::write::Tx;
use crate::{Actor, Conflict, OrganisationId, Scope, StoreError, TimelineKind};

/// A live report of the person in ticket `root` or a member of it, apart from those in ticket `except`.
pub(crate) fn person(organisation: OrganisationId, root: i64, person: Person<'_>, except: i64) -> SelectStatement {
    Query::select()
        .column(Column::Number)
        .from(Entity)
        .and_where(Column::OrganisationId.eq(organisation.0))
        .cond_where(person.owns())
        .and_where(Column::Number.eq(root).or(Column::MergedInto.eq(root)))
        .and_where(Column::Number.ne(except))
        .and_where(Column::Reports.gt(0))
        .limit(1)
        .to_owned()
}

/// What a ticket gets with a new member of this priority; `new_person` says whether the member's user is new in it.
pub(crate) fn gains_member(
    organisation: OrganisationId,
    root: i64,
    new_person: bool,
    priority: i32,
    now_ms: i64,
) -> UpdateStatement {
    let most_pressing =
        Expr::case(Expr::col(Column::Priority).gt(priority), Expr::val(priority)).finally(Expr::col(Column::Priority));
    Query::update()
        .table(Entity)
        .value(Column::Members, Expr::col(Column::Members).add(1))
        .value(Column::People, Expr::col(Column::People).add(i64::from(new_person)))
        // Hidden behind it, a more pressing member would wait longer than alone.
        .value(Column::Priority, most_pressing)
        .value(Column::UpdatedAt, now_ms)
        .cond_where(is(organisation, root))
        .to_owned()
}

/// Makes an open ticket a member of another. The caller has checked both, and tells who is to be told.
pub(crate) async fn enter(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    row: &Model,
    into: i64,
    now_ms: i64,
) -> Result<(), StoreError> {
    let known = tx.db.query_one(&person(organisation, into, row.into(), row.number)).await?.is_some();
    let status: TicketStatus = from_name(row.status.clone())?;
    let change = ActiveModel {
        merged_into: Set(Some(into)),
        queue: Set(Queue::of(status, true) as i32),
        updated_at: Set(now_ms),
        ..Default::default()
    };
    Entity::update_many().set(change).filter(is(organisation, row.number)).exec(tx.db).await?;
    let new_person = row.reports > 0 && !known;
    tx.db.execute(&gains_member(organisation, into, new_person, row.priority, now_ms)).await?;
    if let Some(open) = notice::open_of_ticket(tx, organisation, into).await? {
        notice::tag_reports(tx, organisation, row, Some(open.id)).await?;
    }
    Ok(())
}

/// Takes a member out of the ticket it was merged into.
pub(crate) async fn leave(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    row: &Model,
    now_ms: i64,
) -> Result<(), StoreError> {
    let Some(from) = row.merged_into else { return Ok(()) };
    let still = tx.db.query_one(&person(organisation, from, row.into(), row.number)).await?.is_some();
    let status: TicketStatus = from_name(row.status.clone())?;
    let change = ActiveModel {
        merged_into: Set(None),
        queue: Set(Queue::of(status, false) as i32),
        updated_at: Set(now_ms),
        ..Default::default()
    };
    Entity::update_many().set(change).filter(is(organisation, row.number)).exec(tx.db).await?;
    Entity::update_many()
        .col_expr(Column::Members, Expr::col(Column::Members).sub(1))
        .col_expr(Column::People, Expr::col(Column::People).sub(i64::from(row.reports > 0 && !still)))
        .col_expr(Column::UpdatedAt, Expr::val(now_ms))
        .filter(is(organisation, from))
        .exec(tx.db)
        .await?;
    notice::tag_reports(tx, organisation, row, None).await
}

/// Takes a ticket that is about to open again out of the one it was merged into, if that is closed: it would be open in no
/// view, and gather what its user sends. Nobody said that it did not belong there, so it is the collector's doing.
pub(crate) async fn leave_closed(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    row: &mut Model,
    now_ms: i64,
) -> Result<(), StoreError> {
    let Some(from) = row.merged_into else { return Ok(()) };
    let root: TicketStatus = from_name(find(tx.db, organisation, from).await?.status)?;
    if root.is_open() {
        return Ok(());
    }
    leave(tx, organisation, row, now_ms).await?;
    row.merged_into = None;
    let kind = TimelineKind::Split { from };
    ticket_event::append_touching(tx, organisation, row.number, Some(from), &Actor::Collector, &kind, now_ms).await
}

/// The last live report of a ticket that stays was withdrawn: its user may no longer be among the people.
pub(crate) async fn loses_person(tx: &Tx<'_>, organisation: OrganisationId, row: &Model) -> Result<(), StoreError> {
    change_people(tx, organisation, row, -1).await
}

/// A ticket without live reports got one again.
pub(crate) async fn regains_person(tx: &Tx<'_>, organisation: OrganisationId, row: &Model) -> Result<(), StoreError> {
    change_people(tx, organisation, row, 1).await
}

async fn change_people(tx: &Tx<'_>, organisation: OrganisationId, row: &Model, by: i64) -> Result<(), StoreError> {
    let root = row.merged_into.unwrap_or(row.number);
    if tx.db.query_one(&person(organisation, root, row.into(), row.number)).await?.is_some() {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::People, Expr::col(Column::People).add(by))
        .filter(is(organisation, root))
        .exec(tx.db)
        .await?;
    Ok(())
}

/// Refuses a ticket that cannot become a member: closed, merged elsewhere, or others belong to it.
pub(crate) fn check_member(row: &Model) -> Result<(), StoreError> {
    let status: TicketStatus = from_name(row.status.clone())?;
    if !status.is_open() {
        return Err(StoreError::Conflict(Conflict::Status(status)));
    }
    if row.major || row.members > 0 {
        return Err(StoreError::Conflict(Conflict::HasMembers(row.number)));
    }
    Ok(())
}

/// Refuses a ticket that nothing can be merged into: closed, or merged itself.
pub(crate) fn check_target(row: &Model) -> Result<(), StoreError> {
    let status: TicketStatus = from_name(row.status.clone())?;
    if let Some(into) = row.merged_into {
        return Err(StoreError::Conflict(Conflict::MergedInto(into)));
    }
    if !status.is_open() {
        return Err(StoreError::Conflict(Conflict::Status(status)));
    }
    Ok(())
}

/// Merges one ticket into another and tells its user where that one is a major incident. Returns whether anything changed.
pub(crate) async fn merge(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    into: i64,
    actor: &Actor,
    now_ms: i64,
) -> Result<bool, StoreError> {
    if number == into {
        return Err(StoreError::Conflict(Conflict::Itself));
    }
    let mut row = find(tx.db, organisation, number).await?;
    let target = find(tx.db, organisation, into).await?;
    if row.merged_into == Some(into) {
        return Ok(false);
    }
    check_member(&row)?;
    check_target(&target)?;
    if let Some(from) = row.merged_into {
        leave(tx, organisation, &row, now_ms).await?;
        row.merged_into = None;
        let kind = TimelineKind::Split { from };
        ticket_event::append_touching(tx, organisation, number, Some(from), actor, &kind, now_ms).await?;
    }
    enter(tx, organisation, &row, into, now_ms).await?;
    let kind = TimelineKind::Merged { into };
    ticket_event::append_touching(tx, organisation, number, Some(into), actor, &kind, now_ms).await?;
    if let Actor::Staff(_) = actor {
        let kind = TimelineKind::MemberAdded { number };
        ticket_event::append(tx, organisation, into, actor, &kind, now_ms).await?;
    }
    if target.major
        && *actor != Actor::User
        && let Some(known) = known(tx, organisation, into).await?
    {
        device_event::tell(tx, organisation, &Audience::Ticket(number), &known, now_ms).await?;
    }
    Ok(true)
}

/// What users whose ticket belongs to a major incident are told, if it has a notice.
pub(crate) async fn known(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    major: i64,
) -> Result<Option<EventKind>, StoreError> {
    let open = notice::open_of_ticket(tx, organisation, major).await?;
    Ok(open.map(|open| EventKind::Known { major, title: open.title, next_news_at: open.next_news_at }))
}

/// Splits a ticket out of the one it was merged into; from then on only a person merges it again.
pub(crate) async fn split(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    actor: &Actor,
    now_ms: i64,
) -> Result<(), StoreError> {
    let row = find(tx.db, organisation, number).await?;
    let from = row.merged_into.ok_or(StoreError::Conflict(Conflict::NotMerged))?;
    leave(tx, organisation, &row, now_ms).await?;
    stays_alone(tx, organisation, number, true).await?;
    let kind = TimelineKind::Split { from };
    ticket_event::append_touching(tx, organisation, number, Some(from), actor, &kind, now_ms).await?;
    if let Actor::Staff(_) = actor {
        let kind = TimelineKind::MemberLeft { number };
        ticket_event::append(tx, organisation, from, actor, &kind, now_ms).await?;
    }
    Ok(())
}

/// Notes whether a person said that the ticket is an incident of its own.
pub(crate) async fn stays_alone(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    alone: bool,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::NeverAutoMerge, Expr::val(alone))
        .filter(is(organisation, number))
        .exec(tx.db)
        .await?;
    Ok(())
}

/// A merge or a split on its way in.
struct Move {
    number: i64,
    into: Option<i64>,
    staff_id: Uuid,
    now_ms: i64,
}

impl Move {
    async fn perform(&self, tx: &Tx<'_>, organisation: OrganisationId) -> Result<TicketRef, StoreError> {
        tx.lock_organisation(organisation).await?;
        let actor = Actor::Staff(staff::acting(tx, organisation, self.staff_id).await?);
        let shown = match self.into {
            Some(into) => {
                merge(tx, organisation, self.number, into, &actor, self.now_ms).await?;
                into
            }
            None => {
                split(tx, organisation, self.number, &actor, self.now_ms).await?;
                self.number
            }
        };
        let row = find(tx.db, organisation, shown).await?;
        Ok(TicketRef { number: shown, status: from_name(row.status)? })
    }
}

impl Scope {
    /// Merges an open ticket into another open one, by hand; returns that other. Merging again where it is changes nothing;
    /// out of another ticket it moves. Where the other is a major incident, the user is told that it is known.
    ///
    /// # Errors
    /// [`Conflict::Itself`]; [`Conflict::HasMembers`] when others belong to it; [`Conflict::MergedInto`] when the other was
    /// merged itself; [`Conflict::Status`] when one of them is closed; [`StoreError::NotFound`].
    pub async fn merge_ticket(
        &self,
        number: i64,
        into: i64,
        staff_id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<TicketRef, StoreError> {
        self.move_ticket(Move { number, into: Some(into), staff_id, now_ms: to_ms(now) }).await
    }

    /// Splits a ticket out of the one it was merged into, as it was before. From then on only a person merges it again.
    ///
    /// # Errors
    /// [`Conflict::NotMerged`]; [`StoreError::NotFound`].
    pub async fn split_ticket(&self, number: i64, staff_id: Uuid, now: DateTime<Utc>) -> Result<TicketRef, StoreError> {
        self.move_ticket(Move { number, into: None, staff_id, now_ms: to_ms(now) }).await
    }

    async fn move_ticket(&self, step: Move) -> Result<TicketRef, StoreError> {
        self.write(step, |tx, (organisation, step)| Box::pin(async move { step.perform(tx, *organisation).await }))
            .await
    }
}
