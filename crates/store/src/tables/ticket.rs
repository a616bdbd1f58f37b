use chrono::{DateTime, Utc};
use report::{Category, LocalText, Priority, Report, TicketRef, TicketStatus, Verdict};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ExprTrait as _, ForeignKey, Func, Index, JoinType, Query};
use sea_orm::{Condition, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use crate::codec::{from_ms, from_ms_opt, from_name, to_count};
use crate::migrations::{Step, index, table};
use crate::tables::{device, organisation, staff};
use crate::write::Tx;
use crate::{OrganisationId, Scope, StaffRef, StoreError, StoredReport, TimelineEntry, search};

/// Most tickets of a page.
const MAX_PAGE: u64 = 200;
/// How far the tickets of a view are counted; keeps the counts' cost flat.
const COUNTED_UP_TO: u64 = 10_000;
/// How much of the user's sentence a line of the queue shows.
const EXCERPT_CHARS: usize = 280;

/// Which list a ticket stands in: `status` folded so that one index serves the queue.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Queue {
    Open = 0,
    Resolved = 1,
    Withdrawn = 2,
}

impl From<TicketStatus> for Queue {
    fn from(status: TicketStatus) -> Self {
        match status {
            TicketStatus::New | TicketStatus::InProgress | TicketStatus::WaitingForUser => Self::Open,
            TicketStatus::Resolved => Self::Resolved,
            TicketStatus::Withdrawn => Self::Withdrawn,
        }
    }
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub status: String,
    /// [`Queue`].
    pub queue: i32,
    /// 1 to 4.
    pub priority: i32,
    pub category: String,
    pub team: String,
    pub says_en: Option<String>,
    pub says_ru: Option<String>,
    pub confidence: f64,
    pub excerpt: Option<String>,
    pub hostname: String,
    pub reporter: Option<String>,
    pub device_id: Uuid,
    /// [`Verdict::signature`] of the report that opened it; reports with the same one join.
    pub signature: String,
    pub holder_id: Option<Uuid>,
    pub opened_at: i64,
    pub last_report_at: i64,
    pub updated_at: i64,
    pub resolved_at: Option<i64>,
    pub reports: i64,
    pub awaited: i64,
    /// What the search box looks through.
    pub words: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::Number).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Status).text().not_null().to_owned(),
        ColumnDef::new(Column::Queue).integer().not_null().to_owned(),
        ColumnDef::new(Column::Priority).integer().not_null().to_owned(),
        ColumnDef::new(Column::Category).text().not_null().to_owned(),
        ColumnDef::new(Column::Team).text().not_null().to_owned(),
        ColumnDef::new(Column::SaysEn).text().null().to_owned(),
        ColumnDef::new(Column::SaysRu).text().null().to_owned(),
        ColumnDef::new(Column::Confidence).double().not_null().to_owned(),
        ColumnDef::new(Column::Excerpt).text().null().to_owned(),
        ColumnDef::new(Column::Hostname).text().not_null().to_owned(),
        ColumnDef::new(Column::Reporter).text().null().to_owned(),
        ColumnDef::new(Column::DeviceId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::Signature).text().not_null().to_owned(),
        ColumnDef::new(Column::HolderId).uuid().null().to_owned(),
        ColumnDef::new(Column::OpenedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::LastReportAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::UpdatedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::ResolvedAt).big_integer().null().to_owned(),
        ColumnDef::new(Column::Reports).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Awaited).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Words).text().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table
        .primary_key(Index::create().col(Column::OrganisationId).col(Column::Number))
        .foreign_key(
            ForeignKey::create()
                .from(Entity, Column::OrganisationId)
                .to(organisation::Entity, organisation::Column::Id),
        )
        .foreign_key(ForeignKey::create().from(Entity, Column::DeviceId).to(device::Entity, device::Column::Id));
    let order = [Column::Priority, Column::OpenedAt, Column::Number];
    let ordered = |first: &[Column]| first.iter().copied().chain(order).collect::<Vec<_>>();
    vec![
        Step::Table(table),
        Step::Index(index("ticket_queue", Entity, ordered(&[Column::OrganisationId, Column::Queue]))),
        Step::Index(index(
            "ticket_queue_by_category",
            Entity,
            ordered(&[Column::OrganisationId, Column::Queue, Column::Category]),
        )),
        Step::Index(index(
            "ticket_queue_by_holder",
            Entity,
            ordered(&[Column::OrganisationId, Column::HolderId, Column::Queue]),
        )),
        Step::Index(index("ticket_to_join", Entity, [Column::DeviceId, Column::Signature, Column::Queue])),
    ]
}

/// What triage says of a report, as a line of the queue shows it.
struct Triaged {
    priority: i32,
    category: String,
    team: String,
    says: Option<LocalText>,
    confidence: f64,
}

impl From<&Verdict> for Triaged {
    fn from(verdict: &Verdict) -> Self {
        let cause = verdict.cause.as_ref().map(|cause| cause.value.says.clone());
        Self {
            priority: verdict.priority.value as i32 + 1,
            category: verdict.category.value.as_str().to_owned(),
            team: verdict.team.value.clone(),
            says: cause.or_else(|| verdict.findings.first().map(|finding| finding.says.clone())),
            confidence: f64::from(verdict.category.confidence),
        }
    }
}

fn priority(column: i32) -> Result<Priority, StoreError> {
    match column {
        1 => Ok(Priority::P1),
        2 => Ok(Priority::P2),
        3 => Ok(Priority::P3),
        4 => Ok(Priority::P4),
        other => Err(StoreError::Corrupt(format!("{other} is no priority"))),
    }
}

fn excerpt(text: &str) -> String {
    text.chars().take(EXCERPT_CHARS).collect()
}

/// What a report opens a ticket with.
pub(crate) struct Opening {
    triaged: Triaged,
    signature: String,
    hostname: String,
    reporter: Option<String>,
    excerpt: Option<String>,
    words: String,
}

impl Opening {
    pub(crate) fn new(report: &Report, verdict: &Verdict) -> Self {
        Self {
            triaged: verdict.into(),
            signature: verdict.signature.clone(),
            hostname: report.hostname.clone(),
            reporter: report.user.clone(),
            excerpt: report.text.as_deref().map(excerpt),
            words: search::words(&report.hostname, report.user.as_deref(), report.text.as_deref()),
        }
    }
}

/// Whose report comes, and when.
pub(crate) struct Arrival {
    pub(crate) organisation: OrganisationId,
    pub(crate) device_id: Uuid,
    pub(crate) at_ms: i64,
    pub(crate) join_after_ms: i64,
    pub(crate) awaited: i64,
}

/// Finds the ticket a report joins, or opens one. Returns it and whether it was joined.
pub(crate) async fn open_or_join(
    tx: &Tx<'_>,
    opening: &Opening,
    arrival: &Arrival,
) -> Result<(TicketRef, bool), StoreError> {
    // One question: is the device of this organisation, and has it such a ticket?
    let joins = Condition::all()
        .add(Expr::col((Entity, Column::DeviceId)).equals((device::Entity, device::Column::Id)))
        .add(Expr::col((Entity, Column::OrganisationId)).eq(arrival.organisation.0))
        .add(Expr::col((Entity, Column::Signature)).eq(opening.signature.as_str()))
        .add(Expr::col((Entity, Column::Queue)).eq(Queue::Open as i32))
        .add(Expr::col((Entity, Column::LastReportAt)).gte(arrival.join_after_ms));
    let question = Query::select()
        .columns([(Entity, Column::Number), (Entity, Column::Status)])
        .from(device::Entity)
        .join(JoinType::LeftJoin, Entity, joins)
        .and_where(Expr::col((device::Entity, device::Column::Id)).eq(arrival.device_id))
        .and_where(Expr::col((device::Entity, device::Column::OrganisationId)).eq(arrival.organisation.0))
        .order_by((Entity, Column::Number), sea_orm::Order::Desc)
        .limit(1)
        .to_owned();
    let answer = tx.db.query_one(&question).await?.ok_or(StoreError::NotFound)?;
    let number: Option<i64> = answer.try_get("", "number")?;
    let Some(number) = number else {
        return Ok((open(tx, opening, arrival).await?, false));
    };
    let status: String = answer.try_get("", "status")?;
    let most_pressing =
        Expr::case(Expr::col(Column::Priority).gt(opening.triaged.priority), Expr::val(opening.triaged.priority))
            .finally(Expr::col(Column::Priority));
    Entity::update_many()
        .col_expr(Column::Reports, Expr::col(Column::Reports).add(1))
        .col_expr(Column::Awaited, Expr::col(Column::Awaited).add(arrival.awaited))
        .col_expr(Column::Priority, most_pressing.into())
        .col_expr(Column::LastReportAt, Expr::val(arrival.at_ms))
        .col_expr(Column::UpdatedAt, Expr::val(arrival.at_ms))
        .filter(is(arrival.organisation, number))
        .exec(tx.db)
        .await?;
    Ok((TicketRef { number, status: from_name(status)? }, true))
}

async fn open(tx: &Tx<'_>, opening: &Opening, arrival: &Arrival) -> Result<TicketRef, StoreError> {
    let number = organisation::next_ticket_number(tx, arrival.organisation).await?;
    let triaged = &opening.triaged;
    let row = Model {
        organisation_id: arrival.organisation.0,
        number,
        status: TicketStatus::New.as_str().to_owned(),
        queue: Queue::Open as i32,
        priority: triaged.priority,
        category: triaged.category.clone(),
        team: triaged.team.clone(),
        says_en: triaged.says.as_ref().map(|says| says.en.clone()),
        says_ru: triaged.says.as_ref().map(|says| says.ru.clone()),
        confidence: triaged.confidence,
        excerpt: opening.excerpt.clone(),
        hostname: opening.hostname.clone(),
        reporter: opening.reporter.clone(),
        device_id: arrival.device_id,
        signature: opening.signature.clone(),
        holder_id: None,
        opened_at: arrival.at_ms,
        last_report_at: arrival.at_ms,
        updated_at: arrival.at_ms,
        resolved_at: None,
        reports: 1,
        awaited: arrival.awaited,
        words: opening.words.clone(),
    };
    Entity::insert(ActiveModel::from(row).reset_all()).exec_without_returning(tx.db).await?;
    Ok(TicketRef { number, status: TicketStatus::New })
}

/// The condition that names one ticket.
pub(crate) fn is(organisation: OrganisationId, number: i64) -> Condition {
    Condition::all().add(Column::OrganisationId.eq(organisation.0)).add(Column::Number.eq(number))
}

/// Where a ticket stands.
pub(crate) async fn status<C: ConnectionTrait>(
    db: &C,
    organisation: OrganisationId,
    number: i64,
) -> Result<TicketStatus, StoreError> {
    let status: Option<String> = Entity::find()
        .select_only()
        .column(Column::Status)
        .filter(is(organisation, number))
        .into_tuple()
        .one(db)
        .await?;
    from_name(status.ok_or(StoreError::NotFound)?)
}

/// Some announced attachments are no longer waited for.
pub(crate) async fn no_longer_awaits(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    attachments: i64,
    now_ms: i64,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Awaited, Expr::col(Column::Awaited).sub(attachments))
        .col_expr(Column::UpdatedAt, Expr::val(now_ms))
        .filter(is(organisation, number))
        .exec(tx.db)
        .await?;
    Ok(())
}

/// The user wrote a sentence, which may have changed the verdict, and answers what staff asked.
pub(crate) async fn user_wrote(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    text: &str,
    verdict: Option<&Verdict>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let row = Entity::find().filter(is(organisation, number)).one(tx.db).await?.ok_or(StoreError::NotFound)?;
    let mut change = ActiveModel {
        words: Set(format!("{}\n{}", row.words, text.to_lowercase())),
        updated_at: Set(now_ms),
        ..Default::default()
    };
    if row.excerpt.is_none() {
        change.excerpt = Set(Some(excerpt(text)));
    }
    if row.status == TicketStatus::WaitingForUser.as_str() {
        let next = if row.holder_id.is_some() { TicketStatus::InProgress } else { TicketStatus::New };
        change.status = Set(next.as_str().to_owned());
    }
    if let Some(verdict) = verdict {
        let triaged = Triaged::from(verdict);
        // Others' reports in it may have been more pressing.
        let pressing = if row.reports > 1 { std::cmp::min(row.priority, triaged.priority) } else { triaged.priority };
        change.priority = Set(pressing);
        change.category = Set(triaged.category);
        change.team = Set(triaged.team);
        change.says_en = Set(triaged.says.as_ref().map(|says| says.en.clone()));
        change.says_ru = Set(triaged.says.map(|says| says.ru));
        change.confidence = Set(triaged.confidence);
    }
    Entity::update_many().set(change).filter(is(organisation, number)).exec(tx.db).await?;
    Ok(())
}

/// A report of the ticket was withdrawn. Returns whether the ticket closed, its last live report gone.
pub(crate) async fn loses_report(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    awaited: i64,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let row = Entity::find().filter(is(organisation, number)).one(tx.db).await?.ok_or(StoreError::NotFound)?;
    let mut change = ActiveModel {
        reports: Set(row.reports - 1),
        awaited: Set(row.awaited - awaited),
        updated_at: Set(now_ms),
        ..Default::default()
    };
    let closes = row.reports <= 1 && row.queue == Queue::Open as i32;
    if closes {
        change.status = Set(TicketStatus::Withdrawn.as_str().to_owned());
        change.queue = Set(Queue::Withdrawn as i32);
    }
    Entity::update_many().set(change).filter(is(organisation, number)).exec(tx.db).await?;
    Ok(closes)
}

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
    /// Which tickets.
    pub view: TicketView,
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
        let mut wanted = self.in_view(query.view, query.staff_id);
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
