//! The queue staff read: pages of tickets, counts, one ticket with everything in it.

use chrono::{DateTime, Utc};
use report::{Category, LocalText, Priority, TicketStatus};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Func, Order, Query};
use sea_orm::{Condition, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::codec::{from_ms, from_ms_opt, from_name, to_count};
use crate::tables::staff;
use crate::tables::ticket::{Column, Entity, Model, Queue, is, priority};
use crate::{Scope, StaffRef, StoreError, StoredReport, TimelineEntry, search};

/// Most tickets of a page.
const MAX_PAGE: u64 = 200;
/// How far the tickets of a view are counted; keeps the counts' cost flat.
const COUNTED_UP_TO: u64 = 10_000;
/// How many of the newest tickets are looked through for each open one that is wanted.
const LOOKED_AT_PER_OPEN: u64 = 4;

/// Where a page ends: priority, instant, number.
struct Place(i32, i64, i64);

impl Place {
    fn of(row: &Model) -> Self {
        Self(row.priority, row.opened_at, row.number)
    }

    fn read(cursor: &str) -> Option<Self> {
        let mut parts = cursor.split('.');
        let place = Self(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        parts.next().is_none().then_some(place)
    }

    fn write(&self) -> String {
        format!("{}.{}.{}", self.0, self.1, self.2)
    }
}

fn summary(row: Model, holder: Option<StaffRef>) -> Result<TicketSummary, StoreError> {
    Ok(TicketSummary {
        number: row.number,
        status: from_name(row.status)?,
        priority: priority(row.priority)?,
        category: from_name(row.category)?,
        team: row.team,
        says: row.says_en.zip(row.says_ru).map(|(en, ru)| LocalText { en, ru }),
        #[expect(clippy::cast_possible_truncation, reason = "it was written from an f32")]
        confidence: row.confidence as f32,
        text: row.excerpt,
        hostname: row.hostname,
        user: row.reporter,
        device_id: row.device_id,
        holder,
        opened_at: from_ms(row.opened_at)?,
        last_report_at: from_ms(row.last_report_at)?,
        updated_at: from_ms(row.updated_at)?,
        resolved_at: from_ms_opt(row.resolved_at)?,
        reports: to_count(row.reports),
        awaited: to_count(row.awaited),
        corrected: row.said_category.is_some(),
        major: row.major,
        merged_into: row.merged_into,
        members: to_count(row.members),
        people: to_count(row.people),
    })
}

/// Which tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketView {
    /// Everything that is not done.
    #[default]
    Open,
    /// Open ones held by [`TicketQuery::staff_id`].
    Mine,
    /// Open ones nobody holds.
    Unassigned,
    /// Resolved ones (withdrawn ones are in no view).
    Resolved,
}

/// A page of the queue to be read.
#[derive(Debug, Clone)]
pub struct TicketQuery {
    /// Which tickets; those merged into another are in no view.
    pub view: TicketView,
    /// Those merged into this ticket instead, whatever their state.
    pub merged_into: Option<i64>,
    /// Of which category; all when absent.
    pub category: Option<Category>,
    /// Words to look for; see `src/search.rs`.
    pub q: Option<String>,
    /// [`Page::next`] of the page before.
    pub cursor: Option<String>,
    /// How many, 1 to 200.
    pub limit: u64,
    /// Who asks, for [`TicketView::Mine`].
    pub staff_id: Uuid,
}

/// A page, most pressing first, then oldest, then by number.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What was found.
    pub items: Vec<T>,
    /// Where the next page starts, if there is one. Opaque.
    pub next: Option<String>,
}

/// A ticket as a line of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketSummary {
    /// Number within the organisation.
    pub number: i64,
    /// Where it stands.
    pub status: TicketStatus,
    /// How pressing it is.
    pub priority: Priority,
    /// What kind of incident.
    pub category: Category,
    /// Key of the team that should have it.
    pub team: String,
    /// What triage says: the probable cause, else the worst finding, if any.
    pub says: Option<LocalText>,
    /// How sure triage is of the category, 0 to 1.
    pub confidence: f32,
    /// The user's sentence, at most its first 280 characters.
    pub text: Option<String>,
    /// Host name of the device that opened it.
    pub hostname: String,
    /// Login of the person, where policy let it leave the device.
    pub user: Option<String>,
    /// The device that opened it.
    pub device_id: Uuid,
    /// Who works on it.
    pub holder: Option<StaffRef>,
    /// When its first report came.
    pub opened_at: DateTime<Utc>,
    /// When its last report came.
    pub last_report_at: DateTime<Utc>,
    /// When anything happened to it last.
    pub updated_at: DateTime<Utc>,
    /// When it was resolved, if it is.
    pub resolved_at: Option<DateTime<Utc>>,
    /// How many live reports are in it.
    pub reports: u32,
    /// How many announced attachments have not come yet.
    pub awaited: u32,
    /// Whether staff decided category or team otherwise than triage.
    pub corrected: bool,
    /// Whether it is a major incident.
    pub major: bool,
    /// The ticket it was merged into.
    pub merged_into: Option<i64>,
    /// Tickets merged into it.
    pub members: u32,
    /// Distinct people, users of devices, with a live report in it or in a ticket merged into it.
    pub people: u32,
}

/// Tickets in each view; counted up to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TicketCounts {
    /// In [`TicketView::Open`].
    pub open: u32,
    /// In [`TicketView::Mine`].
    pub mine: u32,
    /// In [`TicketView::Unassigned`].
    pub unassigned: u32,
    /// In [`TicketView::Resolved`].
    pub resolved: u32,
}

/// A ticket with everything in it.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its line of the queue.
    pub summary: TicketSummary,
    /// Its reports, newest first, withdrawn ones included, at most 50.
    pub reports: Vec<StoredReport>,
    /// What happened, oldest first; the newest 500 entries.
    pub timeline: Vec<TimelineEntry>,
}

impl Scope {
    /// A page of the queue. Pages stay whole while reports arrive: nothing is shown twice or skipped because of them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the cursor is not one of ours.
    pub async fn list_tickets(&self, query: &TicketQuery) -> Result<Page<TicketSummary>, StoreError> {
        let limit = query.limit.clamp(1, MAX_PAGE);
        let mut wanted = match query.merged_into {
            Some(into) => {
                Condition::all().add(Column::OrganisationId.eq(self.organisation.0)).add(Column::MergedInto.eq(into))
            }
            None => self.in_view(query.view, query.staff_id),
        };
        if let Some(category) = query.category {
            wanted = wanted.add(Column::Category.eq(category.as_str()));
        }
        if let Some(q) = query.q.as_deref().filter(|q| !q.trim().is_empty()) {
            wanted = wanted.add(search::condition(q));
        }
        if let Some(cursor) = &query.cursor {
            let Place(priority, opened_at, number) = Place::read(cursor).ok_or(StoreError::NotFound)?;
            let columns = [Column::Priority, Column::OpenedAt, Column::Number].map(Expr::col);
            let after = [Expr::val(priority), Expr::val(opened_at), Expr::val(number)];
            wanted = wanted.add(Expr::tuple(columns).gt(Expr::tuple(after)));
        }
        let mut rows = Entity::find()
            .filter(wanted)
            .order_by_asc(Column::Priority)
            .order_by_asc(Column::OpenedAt)
            .order_by_asc(Column::Number)
            .limit(limit + 1)
            .all(self.db())
            .await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| Place::of(row).write());
        Ok(Page { items: self.summaries(rows).await?, next })
    }

    /// How many tickets are in each view, for this member of staff.
    pub async fn count_tickets(&self, staff_id: Uuid) -> Result<TicketCounts, StoreError> {
        Ok(TicketCounts {
            open: self.count(self.in_view(TicketView::Open, staff_id)).await?,
            mine: self.count(self.in_view(TicketView::Mine, staff_id)).await?,
            unassigned: self.count(self.in_view(TicketView::Unassigned, staff_id)).await?,
            resolved: self.count(self.in_view(TicketView::Resolved, staff_id)).await?,
        })
    }

    /// A ticket.
    pub async fn find_ticket(&self, number: i64) -> Result<Option<Ticket>, StoreError> {
        let Some(summary) = self.find_ticket_summary(number).await? else { return Ok(None) };
        let reports = self.reports_of_ticket(number).await?;
        let timeline = self.timeline(number).await?;
        Ok(Some(Ticket { summary, reports, timeline }))
    }

    /// Lines of the queue of these tickets, those that are there, in no order.
    pub async fn find_ticket_summaries(&self, numbers: &[i64]) -> Result<Vec<TicketSummary>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::Number.is_in(numbers.iter().copied()))
            .all(self.db())
            .await?;
        self.summaries(rows).await
    }

    /// The newest open tickets opened since `since`, in no order, each with the beginning of what its user wrote: at most `limit`,
    /// found among the newest four times as many, so that a desk with little left open is not looked through.
    pub async fn newest_open_tickets(
        &self,
        since: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<(i64, Option<String>)>, StoreError> {
        let newest = Query::select()
            .columns([Column::Number, Column::Excerpt, Column::Queue])
            .from(Entity)
            .and_where(Column::OrganisationId.eq(self.organisation.0))
            .and_where(Column::OpenedAt.gte(crate::codec::to_ms(since)))
            .order_by(Column::OpenedAt, Order::Desc)
            .limit(limit * LOOKED_AT_PER_OPEN)
            .to_owned();
        let open = Query::select()
            .columns([Column::Number, Column::Excerpt])
            .from_subquery(newest, "newest")
            .and_where(Expr::col(Column::Queue).eq(Queue::Open as i32))
            .limit(limit)
            .to_owned();
        let rows = self.db().query_all(&open).await?;
        rows.into_iter().map(|row| Ok((row.try_get("", "number")?, row.try_get("", "excerpt")?))).collect()
    }

    /// Numbers of the tickets merged into one, oldest first, at most `limit`.
    pub async fn members_of(&self, number: i64, limit: u64) -> Result<Vec<i64>, StoreError> {
        let numbers = Entity::find()
            .select_only()
            .column(Column::Number)
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::MergedInto.eq(number))
            .order_by_asc(Column::Number)
            .limit(limit)
            .into_tuple()
            .all(self.db())
            .await?;
        Ok(numbers)
    }

    /// A ticket's line of the queue.
    pub async fn find_ticket_summary(&self, number: i64) -> Result<Option<TicketSummary>, StoreError> {
        let row = Entity::find().filter(is(self.organisation, number)).one(self.db()).await?;
        Ok(self.summaries(row.into_iter().collect()).await?.pop())
    }

    fn in_view(&self, view: TicketView, staff_id: Uuid) -> Condition {
        let queue = if view == TicketView::Resolved { Queue::Resolved } else { Queue::Open };
        let all =
            Condition::all().add(Column::OrganisationId.eq(self.organisation.0)).add(Column::Queue.eq(queue as i32));
        match view {
            TicketView::Mine => all.add(Column::HolderId.eq(staff_id)),
            TicketView::Unassigned => all.add(Column::HolderId.is_null()),
            TicketView::Open | TicketView::Resolved => all,
        }
    }

    async fn count(&self, wanted: Condition) -> Result<u32, StoreError> {
        let some =
            Query::select().column(Column::Number).from(Entity).cond_where(wanted).limit(COUNTED_UP_TO).to_owned();
        let count = Query::select()
            .expr_as(Func::count(Expr::col(Column::Number)), "tickets")
            .from_subquery(some, "counted")
            .to_owned();
        match self.db().query_one(&count).await? {
            Some(row) => Ok(to_count(row.try_get("", "tickets")?)),
            None => Ok(0),
        }
    }

    async fn summaries(&self, rows: Vec<Model>) -> Result<Vec<TicketSummary>, StoreError> {
        let holders = rows.iter().filter_map(|row| row.holder_id);
        let names = staff::names(self.db(), self.organisation, holders).await?;
        rows.into_iter()
            .map(|row| {
                let holder = row.holder_id.and_then(|id| names.get(&id).cloned());
                summary(row, holder)
            })
            .collect()
    }
}
