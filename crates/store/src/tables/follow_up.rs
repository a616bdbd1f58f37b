use std::collections::HashMap;

use chrono::{DateTime, Utc};
use report::{FollowUp, FollowUpKind, Verdict};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ForeignKey};

use crate::codec::{from_json, from_ms, to_json, to_ms};
use crate::migrations::{Step, index, table};
use crate::tables::notice_answer::{self, NoticeAnswer};
use crate::tables::{attachment, notice, report as report_table, screen_text, ticket, ticket_event};
use crate::write::Tx;
use crate::{Actor, AttachmentState, OrganisationId, ReceiptRow, Scope, StoreError, TimelineKind};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_up")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub report_id: Uuid,
    pub received_at: i64,
    /// [`FollowUp`] as JSON.
    pub body: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Id).uuid().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::ReportId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::ReceivedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Body).text().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.foreign_key(
        ForeignKey::create().from(Entity, Column::ReportId).to(report_table::Entity, report_table::Column::Id),
    );
    vec![Step::Table(table), Step::Index(index("follow_up_by_report", Entity, [Column::ReportId, Column::ReceivedAt]))]
}

/// Follow-ups of reports, oldest first. The caller has checked whose the reports are.
pub(crate) async fn of_reports<C: ConnectionTrait>(
    db: &C,
    reports: Vec<Uuid>,
) -> Result<HashMap<Uuid, Vec<StoredFollowUp>>, StoreError> {
    let rows = Entity::find()
        .filter(Column::ReportId.is_in(reports))
        .order_by_asc(Column::ReceivedAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let mut all: HashMap<Uuid, Vec<StoredFollowUp>> = HashMap::new();
    for row in rows {
        let stored = StoredFollowUp { follow_up: from_json(&row.body)?, received_at: from_ms(row.received_at)? };
        all.entry(row.report_id).or_default().push(stored);
    }
    Ok(all)
}

struct Incoming {
    device_id: Uuid,
    report_id: Uuid,
    follow_up: FollowUp,
    new_verdict: Option<Verdict>,
    now_ms: i64,
}

impl Incoming {
    /// Runs inside the transaction of a lane.
    async fn store(&self, tx: &Tx<'_>, organisation: OrganisationId) -> Result<FollowedUp, StoreError> {
        tx.lock_organisation(organisation).await?;
        let report = report_table::find(tx.db, organisation, self.report_id)
            .await?
            .filter(|report| report.device_id == self.device_id)
            .ok_or(StoreError::NotFound)?;
        if let Some(before) = Entity::find_by_id(self.follow_up.id).one(tx.db).await? {
            if before.report_id != report.id {
                return Err(StoreError::NotFound);
            }
            return Ok(FollowedUp::Repeated(report_table::receipt_row(tx.db, report).await?));
        }
        let row = Model {
            id: self.follow_up.id,
            report_id: report.id,
            received_at: self.now_ms,
            body: to_json(&self.follow_up)?,
        };
        Entity::insert(ActiveModel::from(row).reset_all()).exec_without_returning(tx.db).await?;
        match &self.follow_up.kind {
            FollowUpKind::Text { text } => self.add_text(tx, organisation, &report, text).await?,
            FollowUpKind::Withdraw => self.withdraw(tx, organisation, &report).await?,
            FollowUpKind::MeToo { notice }
            | FollowUpKind::NotThis { notice }
            | FollowUpKind::AnswerTakenBack { notice } => {
                let answer = NoticeAnswer {
                    organisation,
                    report: &report,
                    notice: *notice,
                    before: self.said_before(tx, *notice).await?,
                    now_ms: self.now_ms,
                };
                answer.apply(tx, &self.follow_up.kind).await?;
            }
            FollowUpKind::AttachmentDropped { n } => {
                let dropped = AttachmentState::Dropped;
                attachment::set_state(tx, organisation, report.id, *n, dropped, self.now_ms).await?;
            }
        }
        let report = report_table::find(tx.db, organisation, report.id).await?.ok_or(StoreError::NotFound)?;
        Ok(FollowedUp::Applied(report_table::receipt_row(tx.db, report).await?))
    }

    /// What the user said of a notice last, before this.
    async fn said_before(&self, tx: &Tx<'_>, notice: Uuid) -> Result<Option<FollowUpKind>, StoreError> {
        let all = of_reports(tx.db, vec![self.report_id]).await?.remove(&self.report_id).unwrap_or_default();
        let mut earlier =
            all.into_iter().map(|stored| stored.follow_up).filter(|earlier| earlier.id != self.follow_up.id);
        let said = earlier.rfind(|earlier| match &earlier.kind {
            FollowUpKind::MeToo { notice: of }
            | FollowUpKind::NotThis { notice: of }
            | FollowUpKind::AnswerTakenBack { notice: of } => *of == notice,
            FollowUpKind::Text { .. } | FollowUpKind::Withdraw | FollowUpKind::AttachmentDropped { .. } => false,
        });
        Ok(said.map(|said| said.kind).filter(|kind| !matches!(kind, FollowUpKind::AnswerTakenBack { .. })))
    }

    async fn add_text(
        &self,
        tx: &Tx<'_>,
        organisation: OrganisationId,
        report: &report_table::Model,
        text: &str,
    ) -> Result<(), StoreError> {
        if let Some(verdict) = &self.new_verdict {
            report_table::set_verdict(tx, report.id, verdict).await?;
        }
        ticket::user_wrote(tx, organisation, report.ticket_number, text, self.new_verdict.as_ref(), self.now_ms)
            .await?;
        let kind = TimelineKind::TextAdded { report_id: report.id, text: text.to_owned() };
        ticket_event::append(tx, organisation, report.ticket_number, &Actor::User, &kind, self.now_ms).await?;
        ticket::reopened_by_user(tx, organisation, report, self.now_ms).await
    }

    async fn withdraw(
        &self,
        tx: &Tx<'_>,
        organisation: OrganisationId,
        report: &report_table::Model,
    ) -> Result<(), StoreError> {
        if report.withdrawn_at.is_some() {
            return Ok(());
        }
        report_table::Entity::update_many()
            .col_expr(report_table::Column::WithdrawnAt, Expr::val(self.now_ms))
            .filter(report_table::Column::Id.eq(report.id))
            .exec(tx.db)
            .await?;
        if let Some(notice) = report.notice_id {
            let row = ticket::find(tx.db, organisation, report.ticket_number).await?;
            notice::loses_report(tx, organisation, notice, (&row).into()).await?;
        }
        screen_text::forget_unread(tx, report.id).await?;
        let row = ticket::find(tx.db, organisation, report.ticket_number).await?;
        if row.reports <= 1 {
            notice_answer::stands_for_no_more(tx, organisation, &row, self.now_ms).await?;
        }
        let awaited = attachment::awaited(tx.db, report.id).await?.len();
        let awaited = i64::try_from(awaited).unwrap_or(0);
        let closes = ticket::loses_report(tx, organisation, report.ticket_number, awaited, self.now_ms).await?;
        let kind = TimelineKind::ReportWithdrawn { report_id: report.id, closes };
        ticket_event::append(tx, organisation, report.ticket_number, &Actor::User, &kind, self.now_ms).await
    }
}

/// A follow-up read back.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredFollowUp {
    /// What the user sent.
    pub follow_up: FollowUp,
    /// When the collector had it.
    pub received_at: DateTime<Utc>,
}

/// Outcome of [`Scope::follow_up`].
#[derive(Debug, Clone, PartialEq)]
pub enum FollowedUp {
    /// It took effect.
    Applied(ReceiptRow),
    /// It was here before; nothing changed.
    Repeated(ReceiptRow),
}

impl FollowedUp {
    /// What the receipt is built from.
    pub fn receipt_row(&self) -> &ReceiptRow {
        match self {
            Self::Applied(row) | Self::Repeated(row) => row,
        }
    }
}

impl Scope {
    /// Applies a follow-up to a report of `device_id`, once for each follow-up id. A sentence goes to the timeline, with
    /// `new_verdict` (when given) replacing the report's; it answers a question staff had asked, and opens a
    /// resolved ticket again. A withdrawal closes the ticket when no other live report is in it. A dropped attachment is no
    /// longer awaited. "Me too" joins the notice's major incident, "not this" leaves it, and either can be taken back; of
    /// several the last counts.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the device has no such report, or there is no such attachment or notice.
    pub async fn follow_up(
        &self,
        device_id: Uuid,
        report_id: Uuid,
        follow_up: &FollowUp,
        new_verdict: Option<&Verdict>,
        now: DateTime<Utc>,
    ) -> Result<FollowedUp, StoreError> {
        let incoming = Incoming {
            device_id,
            report_id,
            follow_up: follow_up.clone(),
            new_verdict: new_verdict.cloned(),
            now_ms: to_ms(now),
        };
        self.write(incoming, |tx, (organisation, incoming)| {
            Box::pin(async move { incoming.store(tx, *organisation).await })
        })
        .await
    }
}
