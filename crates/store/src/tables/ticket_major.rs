//! Major incidents: a ticket that stands for many, with an open notice that users are told.

use chrono::{DateTime, Utc};
use report::{Category, Factor, LocalText, Notice, NoticeKind, NoticeOrigin, TicketStatus};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};

use crate::codec::{from_name, to_ms};
use crate::tables::device_event::Audience;
use crate::tables::ticket::{Column, Entity, Model, Queue, find, is};
use crate::tables::ticket_event::NewEntry;
use crate::tables::{device_event, incident, notice, notice_refusal, staff, ticket_event, ticket_merge};
use crate::write::Tx;
use crate::{Actor, Conflict, NewNotice, OrganisationId, Scope, StaffRef, StoreError, TimelineKind};

/// A major incident to be made of a ticket.
#[derive(Debug, Clone)]
pub struct NewMajor {
    /// The ticket. With a proposed incident it may be a major incident already: that takes the members in.
    pub number: i64,
    /// Others to be merged into it; those that cannot be (closed, merged elsewhere, of their own) are left as they are. So
    /// are, where no person made it, those of which a person said that they are something else.
    pub members: Vec<i64>,
    /// Id of its notice.
    pub notice_id: Uuid,
    /// What is wrong, for users.
    pub title: LocalText,
    /// Category of the reports it concerns; the ticket's when absent.
    pub category: Option<Category>,
    /// Words of which one must stand in a report; may be empty.
    pub keywords: Vec<String>,
    /// What its reports share.
    pub factors: Vec<Factor>,
    /// Who found it.
    pub origin: NoticeOrigin,
    /// When there will be news, if promised.
    pub next_news_at: Option<DateTime<Utc>>,
    /// The proposed incident it comes from.
    pub incident: Option<Uuid>,
    /// Who made it; the collector itself when absent.
    pub staff_id: Option<Uuid>,
}

impl NewMajor {
    async fn make(&self, tx: &Tx<'_>, organisation: OrganisationId, now: DateTime<Utc>) -> Result<Notice, StoreError> {
        tx.lock_organisation(organisation).await?;
        let now_ms = to_ms(now);
        let actor = match self.staff_id {
            Some(id) => Actor::Staff(staff::acting(tx, organisation, id).await?),
            None => Actor::Collector,
        };
        let row = find(tx.db, organisation, self.number).await?;
        ticket_merge::check_target(&row)?;
        if row.major && self.incident.is_none() {
            return Err(StoreError::Conflict(Conflict::HasMembers(self.number)));
        }
        if let Some(incident) = self.incident {
            incident::accept(tx, organisation, incident, self.number, &actor, now_ms).await?;
        }
        let open = match row.major {
            true => notice::open_of_ticket(tx, organisation, self.number).await?,
            false => None,
        };
        let (notice_id, is_new) = match &open {
            Some(open) => (open.id, false),
            None => {
                self.open_notice(tx, organisation, &row, now).await?;
                (self.notice_id, true)
            }
        };
        let joined = self.take_members(tx, organisation, open.as_ref(), &actor, now_ms).await?;
        let kind = TimelineKind::MadeMajor { title: self.title.clone(), members: joined.clone() };
        ticket_event::append(tx, organisation, self.number, &actor, &kind, now_ms).await?;
        if let Some(known) = ticket_merge::known(tx, organisation, self.number).await? {
            if is_new {
                device_event::tell(tx, organisation, &Audience::Everybody(self.number), &known, now_ms).await?;
            } else {
                for &member in &joined {
                    device_event::tell(tx, organisation, &Audience::Ticket(member), &known, now_ms).await?;
                }
            }
        }
        notice::read(tx, organisation, notice_id).await
    }

    /// Makes the ticket major, with an open notice.
    async fn open_notice(
        &self,
        tx: &Tx<'_>,
        organisation: OrganisationId,
        row: &Model,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let now_ms = to_ms(now);
        let category = match self.category {
            Some(category) => category,
            None => from_name(row.category.clone())?,
        };
        let new = NewNotice {
            id: self.notice_id,
            kind: NoticeKind::MajorIncident,
            title: self.title.clone(),
            category,
            keywords: self.keywords.clone(),
            factors: self.factors.clone(),
            ticket: Some(self.number),
            origin: self.origin,
            external_key: None,
            starts_at: now,
            ends_at: None,
            next_news_at: self.next_news_at,
            created_by: self.staff_id,
        };
        notice::insert(tx, organisation, &new, now_ms).await?;
        Entity::update_many()
            .col_expr(Column::Major, Expr::val(true))
            .col_expr(Column::UpdatedAt, Expr::val(now_ms))
            .filter(is(organisation, self.number))
            .exec(tx.db)
            .await?;
        notice::tag_reports(tx, organisation, row, Some(self.notice_id)).await?;
        // Those that were merged into the ticket before it became major.
        for row in members(tx, organisation, self.number).await? {
            notice::tag_reports(tx, organisation, &row, Some(self.notice_id)).await?;
        }
        Ok(())
    }

    async fn take_members(
        &self,
        tx: &Tx<'_>,
        organisation: OrganisationId,
        open: Option<&Notice>,
        actor: &Actor,
        now_ms: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let mut joined = Vec::new();
        for &number in self.members.iter().filter(|number| **number != self.number) {
            let found = Entity::find().filter(is(organisation, number)).one(tx.db).await?;
            let Some(row) = found.filter(|row| row.merged_into.is_none() && ticket_merge::check_member(row).is_ok())
            else {
                continue;
            };
            if self.staff_id.is_none() && (row.never_auto_merge || is_refused(tx, open, &row).await?) {
                continue;
            }
            ticket_merge::enter(tx, organisation, &row, self.number, now_ms).await?;
            joined.push(number);
        }
        let kind = TimelineKind::Merged { into: self.number };
        let touched = Some(self.number);
        let entries: Vec<NewEntry<'_>> =
            joined.iter().map(|&number| NewEntry { number, touched, actor, kind: &kind }).collect();
        ticket_event::append_all(tx, organisation, &entries, now_ms).await?;
        Ok(joined)
    }
}

/// The tickets merged into one.
async fn members(tx: &Tx<'_>, organisation: OrganisationId, root: i64) -> Result<Vec<Model>, StoreError> {
    let rows = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::MergedInto.eq(root))
        .order_by_asc(Column::Number)
        .all(tx.db)
        .await?;
    Ok(rows)
}

async fn numbers_in(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    root: i64,
    wanted: Condition,
) -> Result<Vec<i64>, StoreError> {
    let numbers = Entity::find()
        .select_only()
        .column(Column::Number)
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::MergedInto.eq(root))
        .filter(wanted)
        .order_by_asc(Column::Number)
        .into_tuple()
        .all(tx.db)
        .await?;
    Ok(numbers)
}

/// Resolves what was merged into a ticket along with it, and closes its notice and its proposal.
pub(crate) async fn resolve_with(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    row: &Model,
    by: &StaffRef,
    text: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    if row.members > 0 {
        let open = Condition::all().add(Column::Queue.eq(Queue::Merged as i32));
        let numbers = numbers_in(tx, organisation, row.number, open.clone()).await?;
        Entity::update_many()
            .col_expr(Column::Status, Expr::val(TicketStatus::Resolved.as_str()))
            .col_expr(Column::Queue, Expr::val(Queue::MergedResolved as i32))
            .col_expr(Column::ResolvedAt, Expr::val(now_ms))
            .col_expr(Column::UpdatedAt, Expr::val(now_ms))
            .filter(Column::OrganisationId.eq(organisation.0))
            .filter(Column::MergedInto.eq(row.number))
            .filter(open)
            .exec(tx.db)
            .await?;
        let kind = TimelineKind::Resolved { text: text.to_owned() };
        append_to(tx, organisation, &numbers, by, &kind, now_ms).await?;
    }
    if row.major {
        notice::end_of_ticket(tx, organisation, row.number, now_ms).await?;
        incident::close_of_ticket(tx, organisation, row.number, &Actor::Staff(by.clone()), now_ms).await?;
    }
    Ok(())
}

/// Undoes [`resolve_with`]: what was resolved with the ticket is open again, and so is its notice. What was resolved by
/// itself stays.
pub(crate) async fn reopen_with(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    row: &Model,
    by: &StaffRef,
    now_ms: i64,
) -> Result<Vec<i64>, StoreError> {
    let Some(resolved_at) = row.resolved_at else { return Ok(Vec::new()) };
    let with_it =
        Condition::all().add(Column::Queue.eq(Queue::MergedResolved as i32)).add(Column::ResolvedAt.eq(resolved_at));
    let numbers = match row.members {
        0 => Vec::new(),
        _ => numbers_in(tx, organisation, row.number, with_it.clone()).await?,
    };
    if !numbers.is_empty() {
        let status = Expr::case(Column::HolderId.is_null(), Expr::val(TicketStatus::New.as_str()))
            .finally(Expr::val(TicketStatus::InProgress.as_str()));
        Entity::update_many()
            .col_expr(Column::Status, status.into())
            .col_expr(Column::Queue, Expr::val(Queue::Merged as i32))
            .col_expr(Column::ResolvedAt, Expr::val(Option::<i64>::None))
            .col_expr(Column::UpdatedAt, Expr::val(now_ms))
            .filter(Column::OrganisationId.eq(organisation.0))
            .filter(Column::MergedInto.eq(row.number))
            .filter(with_it)
            .exec(tx.db)
            .await?;
        append_to(tx, organisation, &numbers, by, &TimelineKind::Reopened, now_ms).await?;
    }
    if row.major {
        notice::reopen_of_ticket(tx, organisation, row.number, resolved_at).await?;
        incident::reopen_of_ticket(tx, organisation, row.number, &Actor::Staff(by.clone()), now_ms).await?;
    }
    Ok(numbers)
}

async fn append_to(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    numbers: &[i64],
    by: &StaffRef,
    kind: &TimelineKind,
    now_ms: i64,
) -> Result<(), StoreError> {
    let actor = Actor::Staff(by.clone());
    let entries: Vec<NewEntry<'_>> =
        numbers.iter().map(|&number| NewEntry { number, touched: None, actor: &actor, kind }).collect();
    ticket_event::append_all(tx, organisation, &entries, now_ms).await
}

impl Scope {
    /// Makes a ticket a major incident with an open notice, and merges others into it; their users are told that it is
    /// known. Comes it from a proposed incident, that is accepted with it; then the ticket may be a major incident already,
    /// whose open notice stays as it is.
    ///
    /// # Errors
    /// [`Conflict::HasMembers`] when it is one already, and there is no proposed incident; [`Conflict::MergedInto`], [`Conflict::Status`] when it is merged or
    /// closed; [`Conflict::Decided`] when the proposal was accepted, dismissed or closed before; [`StoreError::NotFound`].
    pub async fn make_major(&self, new: &NewMajor, now: DateTime<Utc>) -> Result<Notice, StoreError> {
        self.write((new.clone(), now), |tx, (organisation, (new, now))| {
            Box::pin(async move { new.make(tx, *organisation, *now).await })
        })
        .await
    }

    /// Merges a ticket into an open major incident without a person having asked for it; its user is told. Returns whether
    /// it was done: not for a ticket that is closed, merged already, has members, or of which a person said that it is
    /// an incident of its own.
    pub async fn join_major(&self, number: i64, major: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.write((number, major, to_ms(now)), |tx, (organisation, (number, major, now))| {
            Box::pin(async move {
                tx.lock_organisation(*organisation).await?;
                join_by_itself(tx, *organisation, *number, *major, *now).await
            })
        })
        .await
    }
}

/// Whether the ticket's user said that the notice is not their trouble.
async fn is_refused(tx: &Tx<'_>, open: Option<&Notice>, row: &Model) -> Result<bool, StoreError> {
    let Some(open) = open else { return Ok(false) };
    Ok(tx.db.query_one(&notice_refusal::of(open.id, row.device_id)).await?.is_some())
}

/// [`Scope::join_major`] within a write.
pub(crate) async fn join_by_itself(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    major: i64,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let row = find(tx.db, organisation, number).await?;
    let target = find(tx.db, organisation, major).await?;
    let may = row.merged_into.is_none()
        && number != major
        && !row.never_auto_merge
        && ticket_merge::check_member(&row).is_ok()
        && target.major
        && ticket_merge::check_target(&target).is_ok();
    if !may {
        return Ok(false);
    }
    let open = notice::open_of_ticket(tx, organisation, major).await?;
    if is_refused(tx, open.as_ref(), &row).await? {
        return Ok(false);
    }
    ticket_merge::merge(tx, organisation, number, major, &Actor::Collector, now_ms).await
}
