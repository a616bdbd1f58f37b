use report::{Category, LocalText, Priority, Report, TicketRef, TicketStatus, Verdict};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ExprTrait as _, ForeignKey, Func, Index, Query, UpdateStatement};
use sea_orm::{Condition, QuerySelect, Set};

use crate::codec::from_name;
use crate::migrations::{Step, add_column, add_columns, index, table};
use crate::tables::person::Person;
use crate::tables::{device, organisation, report as report_table, ticket_event, ticket_merge};
use crate::write::Tx;
use crate::{Actor, OrganisationId, StoreError, TimelineKind, search};

/// How much of the user's sentence a line of the queue shows.
const EXCERPT_CHARS: usize = 280;

/// Which list a ticket stands in: `status` and `merged_into` folded so that one index serves the queue, which leaves
/// merged tickets out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Queue {
    Open = 0,
    Resolved = 1,
    Withdrawn = 2,
    /// Open, and merged into another.
    Merged = 3,
    /// Resolved, and merged into another.
    MergedResolved = 4,
}

impl Queue {
    pub(crate) fn of(status: TicketStatus, merged: bool) -> Self {
        match (status, merged) {
            (TicketStatus::New | TicketStatus::InProgress | TicketStatus::WaitingForUser, false) => Self::Open,
            (TicketStatus::New | TicketStatus::InProgress | TicketStatus::WaitingForUser, true) => Self::Merged,
            (TicketStatus::Resolved, false) => Self::Resolved,
            (TicketStatus::Resolved, true) => Self::MergedResolved,
            (TicketStatus::Withdrawn, _) => Self::Withdrawn,
        }
    }

    /// Those whose tickets the device's next report may join.
    pub(crate) const JOINABLE: [i32; 2] = [Self::Open as i32, Self::Merged as i32];
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
    /// [`Verdict::signature`] of the report that opened it; reports of the same person with the same one join.
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
    /// What triage itself says where staff decided otherwise; later verdicts go here, `category` and `team` stay
    /// staff's. Both are set or neither.
    pub said_category: Option<String>,
    pub said_team: Option<String>,
    /// The ticket it was merged into; that one is never merged itself.
    pub merged_into: Option<i64>,
    /// Whether it is a major incident.
    pub major: bool,
    /// Whether a person said that it is an incident of its own.
    pub never_auto_merge: bool,
    /// Tickets merged into it.
    pub members: i64,
    /// Distinct people ([`Person`]) with a live report in it or in a ticket merged into it.
    pub people: i64,
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

/// Migration 2. One index answers every question of the quality report without reading a ticket's row.
pub(crate) fn add_what_triage_said() -> Vec<Step> {
    let quality = [
        Column::OrganisationId,
        Column::OpenedAt,
        Column::Queue,
        Column::Category,
        Column::SaidCategory,
        Column::Confidence,
    ];
    vec![
        add_column(Entity, ColumnDef::new(Column::SaidCategory).text().null().to_owned()),
        add_column(Entity, ColumnDef::new(Column::SaidTeam).text().null().to_owned()),
        Step::Index(index("ticket_quality", Entity, quality)),
    ]
}

/// Migration 2.
pub(crate) fn add_members() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::MergedInto).big_integer().null().to_owned(),
        ColumnDef::new(Column::Major).boolean().not_null().default(false).to_owned(),
        ColumnDef::new(Column::NeverAutoMerge).boolean().not_null().default(false).to_owned(),
        ColumnDef::new(Column::Members).big_integer().not_null().default(0).to_owned(),
        // Until now a ticket was of one device.
        ColumnDef::new(Column::People).big_integer().not_null().default(1).to_owned(),
    ];
    let members =
        index("ticket_members", Entity, [Column::OrganisationId, Column::MergedInto, Column::DeviceId, Column::Number]);
    add_columns(Entity, columns).chain([Step::Index(members)]).collect()
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

pub(crate) fn priority(column: i32) -> Result<Priority, StoreError> {
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
    text: Option<String>,
}

impl Opening {
    pub(crate) fn new(report: &Report, verdict: &Verdict) -> Self {
        Self {
            triaged: verdict.into(),
            signature: verdict.signature.clone(),
            hostname: report.hostname.clone(),
            reporter: report.user.clone(),
            text: report.text.clone(),
        }
    }
}

impl Opening {
    /// The row of a ticket opened with it.
    pub(crate) fn row(&self, organisation: OrganisationId, number: i64, arrival: &Arrival) -> Model {
        let triaged = &self.triaged;
        let merged_into = arrival.merged_into;
        Model {
            organisation_id: organisation.0,
            number,
            status: TicketStatus::New.as_str().to_owned(),
            queue: Queue::of(TicketStatus::New, merged_into.is_some()) as i32,
            priority: triaged.priority,
            category: triaged.category.clone(),
            team: triaged.team.clone(),
            says_en: triaged.says.as_ref().map(|says| says.en.clone()),
            says_ru: triaged.says.as_ref().map(|says| says.ru.clone()),
            confidence: triaged.confidence,
            excerpt: self.text.as_deref().map(excerpt),
            hostname: self.hostname.clone(),
            reporter: self.reporter.clone(),
            device_id: arrival.device_id,
            signature: self.signature.clone(),
            holder_id: None,
            opened_at: arrival.at_ms,
            last_report_at: arrival.at_ms,
            updated_at: arrival.at_ms,
            resolved_at: None,
            reports: 1,
            awaited: arrival.awaited,
            words: search::words(&self.hostname, self.reporter.as_deref(), self.text.as_deref()),
            said_category: None,
            said_team: None,
            merged_into,
            major: false,
            never_auto_merge: false,
            members: 0,
            people: 1,
        }
    }

    /// Adds a report to the ticket it joins, of which `words` are looked through so far. What its user wrote this time is
    /// found too, and stands in the queue where nothing was written before.
    pub(crate) fn join(
        &self,
        organisation: OrganisationId,
        number: i64,
        words: &str,
        arrival: &Arrival,
    ) -> UpdateStatement {
        let pressing = self.triaged.priority;
        let most_pressing = Expr::case(Expr::col(Column::Priority).gt(pressing), Expr::val(pressing))
            .finally(Expr::col(Column::Priority));
        let mut join = Query::update();
        join.table(Entity)
            .value(Column::Reports, Expr::col(Column::Reports).add(1))
            .value(Column::Awaited, Expr::col(Column::Awaited).add(arrival.awaited))
            .value(Column::Priority, most_pressing)
            .value(Column::LastReportAt, arrival.at_ms)
            .value(Column::UpdatedAt, arrival.at_ms)
            .cond_where(is(organisation, number));
        if let Some(text) = &self.text {
            let first = Func::coalesce([Expr::col(Column::Excerpt), Expr::val(excerpt(text))]);
            join.value(Column::Excerpt, first);
            if let Some(words) = search::more_words(words, text) {
                join.value(Column::Words, words);
            }
        }
        join
    }

    /// Whose it is, where `device` sent it.
    pub(crate) fn person(&self, device: Uuid) -> Person<'_> {
        Person { device, user: self.reporter.as_deref() }
    }

    /// [`Verdict::signature`] of the report.
    pub(crate) fn signature(&self) -> &str {
        &self.signature
    }
}

/// Whose report comes, when, and into which major incident.
pub(crate) struct Arrival {
    pub(crate) device_id: Uuid,
    pub(crate) at_ms: i64,
    pub(crate) awaited: i64,
    pub(crate) merged_into: Option<i64>,
}

/// The condition that names one ticket.
pub(crate) fn is(organisation: OrganisationId, number: i64) -> Condition {
    Condition::all().add(Column::OrganisationId.eq(organisation.0)).add(Column::Number.eq(number))
}

/// A ticket's row.
pub(crate) async fn find<C: ConnectionTrait>(
    db: &C,
    organisation: OrganisationId,
    number: i64,
) -> Result<Model, StoreError> {
    Entity::find().filter(is(organisation, number)).one(db).await?.ok_or(StoreError::NotFound)
}

/// A ticket as its reporter sees it, and whether it was merged. A merged one goes by the number of the ticket it was
/// merged into and stands where that stands, unless it was closed by itself.
pub(crate) async fn as_reported<C: ConnectionTrait>(
    db: &C,
    organisation: OrganisationId,
    number: i64,
) -> Result<(TicketRef, bool), StoreError> {
    let state = |number| {
        Entity::find()
            .select_only()
            .columns([Column::Status, Column::MergedInto])
            .filter(is(organisation, number))
            .into_tuple::<(String, Option<i64>)>()
            .one(db)
    };
    let (status, merged_into) = state(number).await?.ok_or(StoreError::NotFound)?;
    let own = TicketRef { number, status: from_name(status)? };
    let Some(into) = merged_into else { return Ok((own, false)) };
    let (theirs, _) = state(into).await?.ok_or(StoreError::NotFound)?;
    Ok((reported(own.status, into, from_name(theirs)?), true))
}

/// A merged ticket as its reporter sees it.
pub(crate) fn reported(own: TicketStatus, into: i64, theirs: TicketStatus) -> TicketRef {
    TicketRef { number: into, status: if own.is_open() { theirs } else { own } }
}

/// Some announced attachments are no longer waited for.
pub(crate) fn no_longer_awaits(
    organisation: OrganisationId,
    number: i64,
    attachments: i64,
    now_ms: i64,
) -> UpdateStatement {
    Query::update()
        .table(Entity)
        .value(Column::Awaited, Expr::col(Column::Awaited).sub(attachments))
        .value(Column::UpdatedAt, now_ms)
        .cond_where(is(organisation, number))
        .to_owned()
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
    let row = find(tx.db, organisation, number).await?;
    let mut change = ActiveModel { updated_at: Set(now_ms), ..Default::default() };
    if let Some(words) = search::more_words(&row.words, text) {
        change.words = Set(words);
    }
    if row.excerpt.is_none() {
        change.excerpt = Set(Some(excerpt(text)));
    }
    if row.status == TicketStatus::WaitingForUser.as_str() {
        change.status = Set(held_or_new(row.holder_id).as_str().to_owned());
    }
    if let Some(verdict) = verdict {
        judge_anew(&mut change, &row, verdict);
    }
    Entity::update_many().set(change).filter(is(organisation, number)).exec(tx.db).await?;
    Ok(())
}

/// Where an open ticket stands that waits for nobody's answer.
pub(crate) fn held_or_new(holder: Option<Uuid>) -> TicketStatus {
    if holder.is_some() { TicketStatus::InProgress } else { TicketStatus::New }
}

/// The user of a live report wrote to a resolved ticket: it is not done for them, or staff have not seen their answer, so
/// it opens again. For them alone: what was resolved with it stays, and so does the notice of a major incident.
pub(crate) async fn reopened_by_user(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    report: &report_table::Model,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut row = find(tx.db, organisation, report.ticket_number).await?;
    if row.status != TicketStatus::Resolved.as_str() || report.withdrawn_at.is_some() {
        return Ok(());
    }
    ticket_merge::leave_closed(tx, organisation, &mut row, now_ms).await?;
    let status = held_or_new(row.holder_id);
    let change = ActiveModel {
        status: Set(status.as_str().to_owned()),
        queue: Set(Queue::of(status, row.merged_into.is_some()) as i32),
        resolved_at: Set(None),
        updated_at: Set(now_ms),
        ..Default::default()
    };
    Entity::update_many().set(change).filter(is(organisation, row.number)).exec(tx.db).await?;
    ticket_event::append(tx, organisation, row.number, &Actor::User, &TimelineKind::Reopened, now_ms).await
}

/// A report's verdict was made again from more than before. Returns whether the ticket follows: a closed one stays as it
/// is, and so does one that several reports gave a category, when this one's verdict is an abstention now.
pub(crate) async fn refined(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    verdict: &Verdict,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let row = Entity::find().filter(is(organisation, number)).one(tx.db).await?.ok_or(StoreError::NotFound)?;
    let takes_away = row.reports > 1 && verdict.abstention.is_some() && row.category != Category::Other.as_str();
    if row.queue != Queue::Open as i32 || takes_away {
        return Ok(false);
    }
    let mut change = ActiveModel { updated_at: Set(now_ms), ..Default::default() };
    judge_anew(&mut change, &row, verdict);
    Entity::update_many().set(change).filter(is(organisation, number)).exec(tx.db).await?;
    Ok(true)
}

/// What a later verdict of one of its reports changes in a ticket. What staff decided stays theirs,
/// and the signature stays what it was: by it later presses find the ticket.
pub(crate) fn judge_anew(change: &mut ActiveModel, row: &Model, verdict: &Verdict) {
    let triaged = Triaged::from(verdict);
    // Others' reports in it, or in its members, may have been more pressing.
    let others = row.reports > 1 || row.members > 0;
    let pressing = if others { std::cmp::min(row.priority, triaged.priority) } else { triaged.priority };
    change.priority = Set(pressing);
    change.says_en = Set(triaged.says.as_ref().map(|says| says.en.clone()));
    change.says_ru = Set(triaged.says.map(|says| says.ru));
    change.confidence = Set(triaged.confidence);
    if row.said_category.is_some() {
        change.said_category = Set(Some(triaged.category));
        change.said_team = Set(Some(triaged.team));
    } else {
        change.category = Set(triaged.category);
        change.team = Set(triaged.team);
    }
}

/// A report of the ticket was withdrawn. Returns whether the ticket closed, its last live report gone. A ticket that
/// others were merged into stays open for them; one that was merged itself leaves.
pub(crate) async fn loses_report(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    awaited: i64,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let row = find(tx.db, organisation, number).await?;
    let mut change = ActiveModel {
        reports: Set(row.reports - 1),
        awaited: Set(row.awaited - awaited),
        updated_at: Set(now_ms),
        ..Default::default()
    };
    let last = row.reports <= 1;
    let closes = last && Queue::JOINABLE.contains(&row.queue) && !row.major && row.members == 0;
    if closes && row.merged_into.is_some() {
        ticket_merge::leave(tx, organisation, &row, now_ms).await?;
    } else if last {
        ticket_merge::loses_person(tx, organisation, &row).await?;
    }
    if closes {
        change.status = Set(TicketStatus::Withdrawn.as_str().to_owned());
        change.queue = Set(Queue::Withdrawn as i32);
    }
    Entity::update_many().set(change).filter(is(organisation, number)).exec(tx.db).await?;
    Ok(closes)
}
