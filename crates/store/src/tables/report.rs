use std::collections::HashMap;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use report::{Notice, Report, TicketRef, Verdict};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ExprTrait as _, ForeignKey};
use sea_orm::{QueryOrder, QuerySelect};

use crate::codec::{from_json, from_ms, from_ms_opt, to_json};
use crate::migrations::{Step, index, table};
use crate::tables::report_arrival::Incoming;
use crate::tables::{attachment, device, follow_up, organisation, report_body, screen_text, ticket};
use crate::write::Tx;
use crate::{Attachment, OrganisationId, Scope, Screen, StoreError, StoredFollowUp};

/// Most reports of a ticket that are read with it.
const MAX_OF_TICKET: u64 = 50;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub device_id: Uuid,
    pub ticket_number: i64,
    pub content_hash: Vec<u8>,
    pub received_at: i64,
    pub joined: bool,
    pub withdrawn_at: Option<i64>,
    pub notice_id: Option<Uuid>,
    /// [`Notice`] as it stood then, as JSON.
    pub notice: Option<String>,
    /// [`Verdict`] as JSON, the newest.
    pub verdict: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Id).uuid().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::DeviceId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::TicketNumber).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::ContentHash).blob().not_null().to_owned(),
        ColumnDef::new(Column::ReceivedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::Joined).boolean().not_null().to_owned(),
        ColumnDef::new(Column::WithdrawnAt).big_integer().null().to_owned(),
        ColumnDef::new(Column::NoticeId).uuid().null().to_owned(),
        ColumnDef::new(Column::Notice).text().null().to_owned(),
        ColumnDef::new(Column::Verdict).text().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table
        .foreign_key(
            ForeignKey::create()
                .from(Entity, Column::OrganisationId)
                .to(organisation::Entity, organisation::Column::Id),
        )
        .foreign_key(ForeignKey::create().from(Entity, Column::DeviceId).to(device::Entity, device::Column::Id));
    vec![
        Step::Table(table),
        Step::Index(index(
            "report_by_ticket",
            Entity,
            [Column::OrganisationId, Column::TicketNumber, Column::ReceivedAt],
        )),
        Step::Index(index("report_by_notice", Entity, [Column::NoticeId, Column::DeviceId])),
    ]
}

/// Migration 2.
pub(crate) fn add_order_of_arrival() -> Vec<Step> {
    vec![Step::Index(index("report_by_arrival", Entity, [Column::OrganisationId, Column::ReceivedAt, Column::Id]))]
}

/// A report's row, if it is of this organisation.
pub(crate) async fn find<C: ConnectionTrait>(
    db: &C,
    organisation: OrganisationId,
    id: Uuid,
) -> Result<Option<Model>, StoreError> {
    Ok(Entity::find_by_id(id).filter(Column::OrganisationId.eq(organisation.0)).one(db).await?)
}

/// Replaces what triage concludes of a report.
pub(crate) async fn set_verdict(tx: &Tx<'_>, id: Uuid, verdict: &Verdict) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Verdict, Expr::val(to_json(verdict)?))
        .filter(Column::Id.eq(id))
        .exec(tx.db)
        .await?;
    Ok(())
}

/// Sets the notice that the receipt of a report shows.
pub(crate) async fn set_notice(tx: &Tx<'_>, id: Uuid, notice: Option<&Notice>) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Notice, Expr::val(notice.map(to_json).transpose()?))
        .filter(Column::Id.eq(id))
        .exec(tx.db)
        .await?;
    Ok(())
}

/// What the receipt of a report is built from, as it stands now.
pub(crate) async fn receipt_row<C: ConnectionTrait>(db: &C, row: Model) -> Result<ReceiptRow, StoreError> {
    let organisation = OrganisationId(row.organisation_id);
    let (ticket, merged) = ticket::as_reported(db, organisation, row.ticket_number).await?;
    let awaited = match row.withdrawn_at {
        Some(_) => Vec::new(),
        None => attachment::awaited(db, row.id).await?,
    };
    Ok(ReceiptRow {
        report_id: row.id,
        device_id: row.device_id,
        received_at: from_ms(row.received_at)?,
        ticket,
        joined: row.joined || merged,
        verdict: from_json(&row.verdict)?,
        notice: row.notice.as_deref().map(from_json).transpose()?,
        awaited,
    })
}

/// A report that has passed every check and is to be stored.
#[derive(Clone)]
pub struct NewReport<'a> {
    /// The report.
    pub report: &'a Report,
    /// Its JSON as received, kept byte for byte.
    pub body: Bytes,
    /// SHA-256 by which a repetition is told from a reused id (of the body, or of a canonical form of it).
    pub content_hash: [u8; 32],
    /// The device that sent it.
    pub device_id: Uuid,
    /// What triage concludes.
    pub verdict: &'a Verdict,
    /// The notice that matched, as it stands now.
    pub notice: Option<&'a Notice>,
    /// Where the notice fits so well that the report's ticket joins its major incident: what triage concludes of one of so
    /// many. It stands where the ticket does belong; not where that is closed, or somebody said that it is another's
    /// trouble.
    pub as_member: Option<&'a Verdict>,
    /// The collector's clock.
    pub received_at: DateTime<Utc>,
    /// It joins an open ticket only when that had a report since then.
    pub join_after: DateTime<Utc>,
}

/// What a receipt is built from.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceiptRow {
    /// The report.
    pub report_id: Uuid,
    /// The device that sent it.
    pub device_id: Uuid,
    /// When the collector had it, in whole milliseconds.
    pub received_at: DateTime<Utc>,
    /// Its ticket as it stands now.
    pub ticket: TicketRef,
    /// Whether it joined a ticket that was open already, or a major incident.
    pub joined: bool,
    /// The newest verdict.
    pub verdict: Verdict,
    /// The notice that matched when it came.
    pub notice: Option<Notice>,
    /// Announced attachments that have not arrived and may still.
    pub awaited: Vec<u8>,
}

/// Outcome of [`Scope::ingest_report`].
#[derive(Debug, Clone, PartialEq)]
pub enum Ingested {
    /// It is durable now.
    Stored(ReceiptRow),
    /// It was here before; nothing changed.
    Repeated(ReceiptRow),
    /// Its id belongs to another report (other content, device or organisation); nothing changed.
    IdReused,
}

/// Where a page of [`Scope::newest_reports`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArrivalPlace(i64, Uuid);

/// A report read back.
#[derive(Debug, Clone)]
pub struct StoredReport {
    /// The report, read from the JSON that was received.
    pub report: Report,
    /// The device that sent it.
    pub device_id: Uuid,
    /// When the collector had it.
    pub received_at: DateTime<Utc>,
    /// Number of its ticket.
    pub ticket_number: i64,
    /// The newest verdict.
    pub verdict: Verdict,
    /// The notice that matched when it came.
    pub notice: Option<Notice>,
    /// When the user took it back.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Its attachments by place.
    pub attachments: Vec<Attachment>,
    /// What was read, or will be, of its pictures, by place.
    pub screens: Vec<Screen>,
    /// What the user added, oldest first.
    pub follow_ups: Vec<StoredFollowUp>,
}

impl Scope {
    /// Stores a report and opens or joins its ticket, all or nothing; durable when it returns. It joins the person's
    /// open ticket with the same [`Verdict::signature`], else it opens one with the organisation's next number.
    /// The same report any number of times, at once or later, is stored once.
    ///
    /// With a notice that fits for certain, the ticket belongs to its major incident from the start.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the device is not of this organisation.
    pub async fn ingest_report(&self, new: NewReport<'_>) -> Result<Ingested, StoreError> {
        let incoming = Incoming::new(self.organisation, &new)?;
        self.write(incoming, |tx, (organisation, incoming)| {
            Box::pin(async move { incoming.store(tx, *organisation).await })
        })
        .await
    }

    /// Those of these reports that are of this organisation, in no order.
    pub async fn find_reports(&self, ids: &[Uuid]) -> Result<Vec<StoredReport>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::Id.is_in(ids.iter().copied()))
            .all(self.db())
            .await?;
        self.with_belongings(rows).await
    }

    /// A report with everything that belongs to it.
    pub async fn find_report(&self, id: Uuid) -> Result<Option<StoredReport>, StoreError> {
        let rows = find(self.db(), self.organisation, id).await?.into_iter().collect();
        Ok(self.with_belongings(rows).await?.pop())
    }

    /// The report's JSON as it was received.
    pub async fn find_report_body(&self, id: Uuid) -> Result<Option<Bytes>, StoreError> {
        if find(self.db(), self.organisation, id).await?.is_none() {
            return Ok(None);
        }
        let row = report_body::Entity::find_by_id(id).one(self.db()).await?;
        Ok(row.map(|row| row.body.into()))
    }

    /// What the receipt is built from, as it stands now.
    pub async fn find_receipt_row(&self, id: Uuid) -> Result<Option<ReceiptRow>, StoreError> {
        match find(self.db(), self.organisation, id).await? {
            Some(row) => Ok(Some(receipt_row(self.db(), row).await?)),
            None => Ok(None),
        }
    }

    /// The newest report of a ticket that was not withdrawn.
    pub async fn newest_of_ticket(&self, number: i64) -> Result<Option<StoredReport>, StoreError> {
        let newest = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::TicketNumber.eq(number))
            .filter(Column::WithdrawnAt.is_null())
            .order_by_desc(Column::ReceivedAt)
            .order_by_desc(Column::Id)
            .one(self.db())
            .await?;
        Ok(self.with_belongings(newest.into_iter().collect()).await?.pop())
    }

    /// The newest reports of a ticket, newest first.
    pub(crate) async fn reports_of_ticket(&self, number: i64) -> Result<Vec<StoredReport>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::TicketNumber.eq(number))
            .order_by_desc(Column::ReceivedAt)
            .order_by_desc(Column::Id)
            .limit(MAX_OF_TICKET)
            .all(self.db())
            .await?;
        self.with_belongings(rows).await
    }

    /// Reports newest first, withdrawn ones left out, at most `limit` after `place`; for going through many of them without
    /// holding them all.
    pub async fn newest_reports(
        &self,
        place: Option<ArrivalPlace>,
        limit: u64,
    ) -> Result<(Vec<StoredReport>, Option<ArrivalPlace>), StoreError> {
        let mut wanted =
            Entity::find().filter(Column::OrganisationId.eq(self.organisation.0)).filter(Column::WithdrawnAt.is_null());
        if let Some(ArrivalPlace(received_at, id)) = place {
            let columns = [Column::ReceivedAt, Column::Id].map(Expr::col);
            wanted = wanted.filter(Expr::tuple(columns).lt(Expr::tuple([Expr::val(received_at), Expr::val(id)])));
        }
        let rows =
            wanted.order_by_desc(Column::ReceivedAt).order_by_desc(Column::Id).limit(limit).all(self.db()).await?;
        let next = rows.last().filter(|_| rows.len() as u64 == limit).map(|row| ArrivalPlace(row.received_at, row.id));
        Ok((self.with_belongings(rows).await?, next))
    }

    async fn with_belongings(&self, rows: Vec<Model>) -> Result<Vec<StoredReport>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let bodies = report_body::Entity::find().filter(report_body::Column::ReportId.is_in(ids.clone()));
        let mut bodies: HashMap<Uuid, Vec<u8>> =
            bodies.all(self.db()).await?.into_iter().map(|row| (row.report_id, row.body)).collect();
        let mut attachments: HashMap<Uuid, Vec<Attachment>> = HashMap::new();
        let found = attachment::Entity::find()
            .filter(attachment::Column::ReportId.is_in(ids.clone()))
            .order_by_asc(attachment::Column::N);
        for row in found.all(self.db()).await? {
            attachments.entry(row.report_id).or_default().push(row.try_into()?);
        }
        let mut screens = screen_text::of_reports(self.db(), ids.clone()).await?;
        let mut follow_ups = follow_up::of_reports(self.db(), ids).await?;
        rows.into_iter()
            .map(|row| {
                let body = bodies.remove(&row.id);
                let body = body.ok_or_else(|| StoreError::Corrupt(format!("report {} has no body", row.id)))?;
                Ok(StoredReport {
                    report: serde_json::from_slice(&body)
                        .map_err(|error| StoreError::Corrupt(format!("report {}: {error}", row.id)))?,
                    device_id: row.device_id,
                    received_at: from_ms(row.received_at)?,
                    ticket_number: row.ticket_number,
                    verdict: from_json(&row.verdict)?,
                    notice: row.notice.as_deref().map(from_json).transpose()?,
                    withdrawn_at: from_ms_opt(row.withdrawn_at)?,
                    attachments: attachments.remove(&row.id).unwrap_or_default(),
                    screens: screens.remove(&row.id).unwrap_or_default(),
                    follow_ups: follow_ups.remove(&row.id).unwrap_or_default(),
                })
            })
            .collect()
    }
}
