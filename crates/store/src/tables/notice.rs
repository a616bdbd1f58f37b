use chrono::{DateTime, Utc};
use report::{Category, EventKind, Factor, LocalText, Notice, NoticeKind, NoticeOrigin};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{
    ColumnDef, ExprTrait as _, ForeignKey, Func, JoinType, Query, SelectStatement, UpdateStatement,
};
use sea_orm::{Condition, QueryOrder};

use crate::codec::{from_json, from_ms, from_ms_opt, from_name, to_count, to_json, to_ms, to_name};
use crate::migrations::{Step, add_columns, index, table};
use crate::tables::device_event::{self, Audience};
use crate::tables::person::Person;
use crate::tables::{organisation, report as report_table, ticket};
use crate::write::Tx;
use crate::{OrganisationId, Scope, StoreError};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub kind: String,
    pub title_en: String,
    pub title_ru: String,
    pub category: String,
    /// JSON list of strings.
    pub keywords: String,
    pub starts_at: i64,
    pub ends_at: Option<i64>,
    pub next_news_at: Option<i64>,
    pub created_by: Option<Uuid>,
    pub created_at: i64,
    pub closed_at: Option<i64>,
    /// JSON list of [`Factor`].
    pub factors: String,
    /// Ticket of the major incident behind it.
    pub ticket_number: Option<i64>,
    pub origin: String,
    /// What monitoring calls the alert that opened it.
    pub external_key: Option<String>,
    /// Distinct people ([`Person`]) with a live report that names it, counted as reports come and go.
    pub affected: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Id).uuid().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::Kind).text().not_null().to_owned(),
        ColumnDef::new(Column::TitleEn).text().not_null().to_owned(),
        ColumnDef::new(Column::TitleRu).text().not_null().to_owned(),
        ColumnDef::new(Column::Category).text().not_null().to_owned(),
        ColumnDef::new(Column::Keywords).text().not_null().to_owned(),
        ColumnDef::new(Column::StartsAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::EndsAt).big_integer().null().to_owned(),
        ColumnDef::new(Column::NextNewsAt).big_integer().null().to_owned(),
        ColumnDef::new(Column::CreatedBy).uuid().null().to_owned(),
        ColumnDef::new(Column::CreatedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::ClosedAt).big_integer().null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.foreign_key(
        ForeignKey::create().from(Entity, Column::OrganisationId).to(organisation::Entity, organisation::Column::Id),
    );
    vec![
        Step::Table(table),
        Step::Index(index("notice_open", Entity, [Column::OrganisationId, Column::ClosedAt, Column::StartsAt])),
    ]
}

/// Migration 2. What was counted anew at each report until now is counted once more, for the last time.
pub(crate) fn add_factors() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Factors).text().not_null().default("[]").to_owned(),
        ColumnDef::new(Column::TicketNumber).big_integer().null().to_owned(),
        ColumnDef::new(Column::Origin).text().not_null().default("staff").to_owned(),
        ColumnDef::new(Column::ExternalKey).text().null().to_owned(),
        ColumnDef::new(Column::Affected).big_integer().not_null().default(0).to_owned(),
    ];
    let devices = Query::select()
        .expr(Func::count_distinct(Expr::col((report_table::Entity, report_table::Column::DeviceId))))
        .from(report_table::Entity)
        .and_where(Expr::col((report_table::Entity, report_table::Column::NoticeId)).equals((Entity, Column::Id)))
        .and_where(Expr::col((report_table::Entity, report_table::Column::WithdrawnAt)).is_null())
        .to_owned();
    let count = Query::update()
        .table(Entity)
        .value(Column::Affected, Expr::SubQuery(None, Box::new(devices.into())))
        .to_owned();
    let by_ticket = index("notice_by_ticket", Entity, [Column::OrganisationId, Column::TicketNumber]);
    let by_key = index("notice_by_external_key", Entity, [Column::OrganisationId, Column::ExternalKey]);
    let rest = [Step::Fill(count), Step::Index(by_ticket), Step::Index(by_key)];
    add_columns(Entity, columns).chain(rest).collect()
}

impl TryFrom<Model> for Notice {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            kind: from_name(row.kind)?,
            title: LocalText::new(row.title_en, row.title_ru),
            category: from_name(row.category)?,
            keywords: from_json(&row.keywords)?,
            factors: from_json(&row.factors)?,
            ticket: row.ticket_number,
            origin: from_name(row.origin)?,
            starts_at: from_ms(row.starts_at)?,
            ends_at: from_ms_opt(row.ends_at)?,
            next_news_at: from_ms_opt(row.next_news_at)?,
            affected: to_count(row.affected),
        })
    }
}

impl NewNotice {
    pub(crate) fn row(&self, organisation: OrganisationId, now_ms: i64) -> Result<Model, StoreError> {
        Ok(Model {
            id: self.id,
            organisation_id: organisation.0,
            kind: to_name(self.kind)?,
            title_en: self.title.en.clone(),
            title_ru: self.title.ru.clone(),
            category: to_name(self.category)?,
            keywords: to_json(&self.keywords)?,
            starts_at: to_ms(self.starts_at),
            ends_at: self.ends_at.map(to_ms),
            next_news_at: self.next_news_at.map(to_ms),
            created_by: self.created_by,
            created_at: now_ms,
            closed_at: None,
            factors: to_json(&self.factors)?,
            ticket_number: self.ticket,
            origin: to_name(self.origin)?,
            external_key: self.external_key.clone(),
            affected: 0,
        })
    }
}

/// Adds a notice within a write.
pub(crate) async fn insert(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    new: &NewNotice,
    now_ms: i64,
) -> Result<(), StoreError> {
    let row = new.row(organisation, now_ms)?;
    Entity::insert(ActiveModel::from(row).reset_all()).exec_without_returning(tx.db).await?;
    tx.notices_changed(organisation);
    Ok(())
}

/// A notice of the organisation, whatever its state.
pub(crate) async fn read(tx: &Tx<'_>, organisation: OrganisationId, id: Uuid) -> Result<Notice, StoreError> {
    let row = Entity::find_by_id(id).filter(Column::OrganisationId.eq(organisation.0)).one(tx.db).await?;
    row.ok_or(StoreError::NotFound)?.try_into()
}

/// The open notice of a major incident, if it has one.
pub(crate) async fn open_of_ticket(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
) -> Result<Option<Notice>, StoreError> {
    let row = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::TicketNumber.eq(number))
        .filter(Column::ClosedAt.is_null())
        .order_by_desc(Column::CreatedAt)
        .one(tx.db)
        .await?;
    row.map(Notice::try_from).transpose()
}

/// A major incident was resolved: closes its open notice. Who was told of it without having joined hears that it is over;
/// who had joined is told with the resolution.
pub(crate) async fn end_of_ticket(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    now_ms: i64,
) -> Result<(), StoreError> {
    let open = open_of_ticket(tx, organisation, number).await?;
    close_of_ticket(tx, organisation, number, now_ms).await?;
    match open {
        Some(open) => tell_over(tx, organisation, &open, now_ms).await,
        None => Ok(()),
    }
}

/// Closes the open notices of a major incident without a word.
pub(crate) async fn close_of_ticket(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    now_ms: i64,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::ClosedAt, Expr::val(now_ms))
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::TicketNumber.eq(number))
        .filter(Column::ClosedAt.is_null())
        .exec(tx.db)
        .await?;
    tx.notices_changed(organisation);
    Ok(())
}

/// Opens those notices of a major incident again that closed with it.
pub(crate) async fn reopen_of_ticket(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    closed_at_ms: i64,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::ClosedAt, Expr::val(Option::<i64>::None))
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::TicketNumber.eq(number))
        .filter(Column::ClosedAt.eq(closed_at_ms))
        .exec(tx.db)
        .await?;
    tx.notices_changed(organisation);
    Ok(())
}

/// A live report of the person that names the notice. Whose it is, its ticket knows.
fn live(organisation: OrganisationId, notice: Uuid, person: Person<'_>) -> SelectStatement {
    let column = |column| Expr::col((report_table::Entity, column));
    let its_ticket = Condition::all()
        .add(
            Expr::col((ticket::Entity, ticket::Column::OrganisationId))
                .equals((report_table::Entity, report_table::Column::OrganisationId)),
        )
        .add(
            Expr::col((ticket::Entity, ticket::Column::Number))
                .equals((report_table::Entity, report_table::Column::TicketNumber)),
        );
    Query::select()
        .column((report_table::Entity, report_table::Column::Id))
        .from(report_table::Entity)
        .join(JoinType::InnerJoin, ticket::Entity, its_ticket)
        .and_where(column(report_table::Column::OrganisationId).eq(organisation.0))
        .and_where(column(report_table::Column::NoticeId).eq(notice))
        .and_where(column(report_table::Column::DeviceId).eq(person.device))
        .and_where(column(report_table::Column::WithdrawnAt).is_null())
        .cond_where(person.owns())
        .limit(1)
        .to_owned()
}

/// Counts a person whose report is about to be stored, unless another report of theirs was counted before.
pub(crate) fn gains_report(organisation: OrganisationId, notice: Uuid, person: Person<'_>) -> UpdateStatement {
    Query::update()
        .table(Entity)
        .value(Column::Affected, Expr::col(Column::Affected).add(1))
        .and_where(Column::Id.eq(notice))
        .and_where(Column::OrganisationId.eq(organisation.0))
        .and_where(Expr::not_exists(live(organisation, notice, person)))
        .to_owned()
}

/// Takes a person out of the count whose last report with this notice is gone.
pub(crate) async fn loses_report(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    notice: Uuid,
    person: Person<'_>,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Affected, Expr::col(Column::Affected).sub(1))
        .filter(Column::Id.eq(notice))
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Expr::not_exists(live(organisation, notice, person)))
        .exec(tx.db)
        .await?;
    Ok(())
}

/// Lets the reports of a ticket name a notice (`Some`), or the one again that matched when they came (`None`).
pub(crate) async fn tag_reports(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    row: &ticket::Model,
    to: Option<Uuid>,
) -> Result<(), StoreError> {
    let reports = report_table::Entity::find()
        .filter(report_table::Column::OrganisationId.eq(organisation.0))
        .filter(report_table::Column::TicketNumber.eq(row.number))
        .all(tx.db)
        .await?;
    for report in reports {
        let wanted = match (to, &report.notice) {
            (Some(notice), _) => Some(notice),
            (None, Some(matched)) => Some(from_json::<Notice>(matched)?.id),
            (None, None) => None,
        };
        name_in_report(tx, organisation, &report, wanted).await?;
    }
    Ok(())
}

/// The user said that a notice is not their trouble: the reports of their ticket name it no more, and the receipt shows it
/// no more. What they said stays with the follow-ups.
pub(crate) async fn forget_in_ticket(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    notice: Uuid,
) -> Result<(), StoreError> {
    let reports = report_table::Entity::find()
        .filter(report_table::Column::OrganisationId.eq(organisation.0))
        .filter(report_table::Column::TicketNumber.eq(number))
        .filter(report_table::Column::NoticeId.eq(notice))
        .all(tx.db)
        .await?;
    for report in reports {
        name_in_report(tx, organisation, &report, None).await?;
        report_table::set_notice(tx, report.id, None).await?;
    }
    Ok(())
}

/// A notice that is neither closed nor over at `now_ms`.
fn open(organisation: OrganisationId, notice: Uuid, now_ms: i64) -> Condition {
    Condition::all()
        .add(Column::Id.eq(notice))
        .add(Column::OrganisationId.eq(organisation.0))
        .add(Column::ClosedAt.is_null())
        .add(Condition::any().add(Column::EndsAt.is_null()).add(Column::EndsAt.gt(now_ms)))
}

/// Whether a notice is neither closed nor over.
pub(crate) async fn is_open(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    notice: Uuid,
    now_ms: i64,
) -> Result<bool, StoreError> {
    Ok(Entity::find().filter(open(organisation, notice, now_ms)).one(tx.db).await?.is_some())
}

/// Makes a ticket the one that stands for a notice which has none. Returns whether it does: not where the notice is over.
pub(crate) async fn take_ticket(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    notice: Uuid,
    number: i64,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::TicketNumber, Expr::val(number))
        .filter(open(organisation, notice, now_ms))
        .filter(Column::TicketNumber.is_null())
        .exec(tx.db)
        .await?;
    tx.notices_changed(organisation);
    Ok(done.rows_affected > 0)
}

/// Undoes [`take_ticket`].
pub(crate) async fn leave_ticket(tx: &Tx<'_>, organisation: OrganisationId, number: i64) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::TicketNumber, Expr::val(Option::<i64>::None))
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::TicketNumber.eq(number))
        .exec(tx.db)
        .await?;
    tx.notices_changed(organisation);
    Ok(())
}

/// A notice closed: everybody it was told to and whose ticket is still open hears that it is over.
pub(crate) async fn tell_over(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    notice: &Notice,
    now_ms: i64,
) -> Result<(), StoreError> {
    let over = EventKind::Over { notice: notice.id, title: notice.title.clone() };
    device_event::tell(tx, organisation, &Audience::Concerned(notice.id), &over, now_ms).await
}

/// Lets one report name another notice, or none, and counts the people of both anew.
pub(crate) async fn name_in_report(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    report: &report_table::Model,
    wanted: Option<Uuid>,
) -> Result<(), StoreError> {
    if report.notice_id == wanted {
        return Ok(());
    }
    let live = report.withdrawn_at.is_none();
    let row = ticket::find(tx.db, organisation, report.ticket_number).await?;
    let person = Person::from(&row);
    if let Some(notice) = wanted.filter(|_| live) {
        tx.db.execute(&gains_report(organisation, notice, person)).await?;
    }
    report_table::Entity::update_many()
        .col_expr(report_table::Column::NoticeId, Expr::val(wanted))
        .filter(report_table::Column::Id.eq(report.id))
        .exec(tx.db)
        .await?;
    if let Some(notice) = report.notice_id.filter(|_| live) {
        loses_report(tx, organisation, notice, person).await?;
    }
    Ok(())
}

/// A notice to be made.
#[derive(Debug, Clone)]
pub struct NewNotice {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: NoticeKind,
    /// What is wrong or planned, for users.
    pub title: LocalText,
    /// Category of the reports it concerns.
    pub category: Category,
    /// Words of which one must stand in a report; empty matches the whole category.
    pub keywords: Vec<String>,
    /// What its reports share; a report that has all of these fits without any keyword.
    pub factors: Vec<Factor>,
    /// The ticket of the major incident behind it.
    pub ticket: Option<i64>,
    /// Who opened it.
    pub origin: NoticeOrigin,
    /// What monitoring calls the alert behind it.
    pub external_key: Option<String>,
    /// Since when.
    pub starts_at: DateTime<Utc>,
    /// When it ends, if known.
    pub ends_at: Option<DateTime<Utc>>,
    /// When there will be news, if promised.
    pub next_news_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub created_by: Option<Uuid>,
}

impl Scope {
    /// Notices that are neither closed nor over at `now`, newest first, each with the number of people it
    /// affects. Planned ones that have not begun are among them.
    pub async fn list_open_notices(&self, now: DateTime<Utc>) -> Result<Vec<Notice>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::ClosedAt.is_null())
            .filter(Condition::any().add(Column::EndsAt.is_null()).add(Column::EndsAt.gt(to_ms(now))))
            .order_by_desc(Column::StartsAt)
            .order_by_desc(Column::Id)
            .all(self.db())
            .await?;
        rows.into_iter().map(Notice::try_from).collect()
    }

    /// The notice a report names now, as it stands now, whether it is open or not.
    pub async fn notice_of_report(&self, report_id: Uuid) -> Result<Option<Notice>, StoreError> {
        let report = report_table::find(self.db(), self.organisation, report_id).await?;
        let Some(id) = report.and_then(|report| report.notice_id) else { return Ok(None) };
        let row = Entity::find_by_id(id).filter(Column::OrganisationId.eq(self.organisation.0)).one(self.db()).await?;
        row.map(Notice::try_from).transpose()
    }

    /// Makes a notice.
    pub async fn create_notice(&self, new: &NewNotice, now: DateTime<Utc>) -> Result<Notice, StoreError> {
        self.write((new.clone(), to_ms(now)), |tx, (organisation, (new, now))| {
            Box::pin(async move {
                insert(tx, *organisation, new, *now).await?;
                read(tx, *organisation, new.id).await
            })
        })
        .await
    }

    /// Closes a notice; everybody it was told to and whose ticket is still open hears that it is over. Repeatable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn close_notice(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write((id, to_ms(now)), |tx, (organisation, (id, now))| {
            Box::pin(async move {
                tx.lock_organisation(*organisation).await?;
                let notice = read(tx, *organisation, *id).await?;
                if close(tx, *organisation, *id, *now).await? {
                    tell_over(tx, *organisation, &notice, *now).await?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// Closes one notice. Returns whether it was open.
pub(crate) async fn close(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    id: Uuid,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::ClosedAt, Expr::val(now_ms))
        .filter(Column::Id.eq(id))
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::ClosedAt.is_null())
        .exec(tx.db)
        .await?;
    tx.notices_changed(organisation);
    Ok(done.rows_affected > 0)
}
