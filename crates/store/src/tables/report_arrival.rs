//! The write of a report: one question about everything it depends on, then one batch of everything it adds.

use report::{Notice, TicketRef, Verdict};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, JoinType, Order, Query, SelectStatement};
use sea_orm::{ActiveValue, Condition, DeriveIden, IntoActiveModel, QueryResult, QueryTrait, Set};

use crate::batch::{self, Part};
use crate::codec::{from_ms, from_name, to_json, to_ms};
use crate::tables::person::Person;
use crate::tables::report::{ActiveModel, Column, Entity, Model, receipt_row, set_verdict};
use crate::tables::ticket::Queue;
use crate::tables::ticket_event::NewEntry;
use crate::tables::{
    attachment, device, notice, notice_refusal, organisation, report_body, ticket, ticket_event, ticket_major,
    ticket_merge,
};
use crate::write::Tx;
use crate::{Actor, AttachmentState, Ingested, NewReport, OrganisationId, ReceiptRow, StoreError, TimelineKind};

/// The major incident a report may belong to, where tickets are read beside it.
#[derive(Copy, Clone, DeriveIden)]
#[sea_orm(iden = "major")]
struct Major;

/// A report on its way in, with everything that can be made ready before the lane takes it.
pub(crate) struct Incoming {
    row: Model,
    body: Vec<u8>,
    attachments: Vec<attachment::Model>,
    join_after_ms: i64,
    notice: Option<Notice>,
    alone: Judged,
    certain: Option<Certain>,
}

/// What triage concludes, and what a ticket opens with then.
struct Judged {
    verdict: Verdict,
    json: String,
    opens: ticket::Opening,
}

/// The major incident a report belongs to for certain.
struct Certain {
    major: i64,
    /// That says so.
    notice: Uuid,
    as_member: Judged,
}

/// The open ticket a report joins.
struct Joined {
    number: i64,
    status: report::TicketStatus,
    reports: i64,
    /// What is looked through for it so far.
    words: String,
    merged_into: Option<i64>,
    /// Where it was merged, where that ticket stands.
    root_status: Option<report::TicketStatus>,
}

/// What a report depends on.
struct Scene {
    joins: Option<Joined>,
    next_ticket: i64,
    /// The major incident it belongs to for certain: where it stands, and whether the person is new in it.
    major: Option<(report::TicketStatus, bool)>,
}

impl Judged {
    fn new(report: &report::Report, verdict: &Verdict) -> Result<Self, StoreError> {
        let opens = ticket::Opening::new(report, verdict);
        Ok(Self { verdict: verdict.clone(), json: to_json(verdict)?, opens })
    }
}

impl Incoming {
    pub(crate) fn new(organisation: OrganisationId, new: &NewReport<'_>) -> Result<Self, StoreError> {
        let report = new.report;
        let row = Model {
            id: report.id,
            organisation_id: organisation.0,
            device_id: new.device_id,
            ticket_number: 0,
            content_hash: new.content_hash.to_vec(),
            received_at: to_ms(new.received_at),
            joined: false,
            withdrawn_at: None,
            notice_id: new.notice.map(|notice| notice.id),
            notice: new.notice.map(to_json).transpose()?,
            verdict: String::new(),
        };
        let attachment = |plan: &report::AttachmentPlan| {
            Ok(attachment::Model {
                report_id: report.id,
                n: i32::from(plan.n),
                organisation_id: organisation.0,
                device_id: new.device_id,
                plan: to_json(plan)?,
                state: AttachmentState::Announced.as_str().to_owned(),
                stored_at: None,
            })
        };
        let certain = match (new.notice.and_then(|notice| Some((notice.ticket?, notice.id))), new.as_member) {
            (Some((major, notice)), Some(verdict)) => {
                Some(Certain { major, notice, as_member: Judged::new(report, verdict)? })
            }
            _ => None,
        };
        Ok(Self {
            row,
            body: new.body.to_vec(),
            attachments: report.attachments.iter().map(attachment).collect::<Result<_, StoreError>>()?,
            join_after_ms: to_ms(new.join_after),
            notice: new.notice.cloned(),
            alone: Judged::new(report, new.verdict)?,
            certain,
        })
    }

    /// Runs inside the transaction of a lane.
    pub(crate) async fn store(&self, tx: &Tx<'_>, organisation: OrganisationId) -> Result<Ingested, StoreError> {
        tx.lock_organisation(organisation).await?;
        let answer = tx.db.query_one(&self.question(organisation)).await?;
        let before = match &answer {
            Some(answer) => answer.try_get::<Option<Uuid>>("", "before")?.is_some(),
            // A device of another organisation may still send what is here.
            None => true,
        };
        if before && let Some(before) = Entity::find_by_id(self.row.id).one(tx.db).await? {
            let same = before.organisation_id == self.row.organisation_id
                && before.device_id == self.row.device_id
                && before.content_hash == self.row.content_hash;
            return match same {
                true => Ok(Ingested::Repeated(receipt_row(tx.db, before).await?)),
                false => Ok(Ingested::IdReused),
            };
        }
        let scene = Scene::read(&answer.ok_or(StoreError::NotFound)?)?;
        let (ticket, verdict, joined) = match &scene.joins {
            Some(joins) => {
                let (ticket, verdict) = self.join(tx, organisation, joins).await?;
                (ticket, verdict, true)
            }
            None => {
                let (ticket, verdict) = self.open(tx, organisation, &scene).await?;
                (ticket, verdict, scene.major.is_some())
            }
        };
        Ok(Ingested::Stored(ReceiptRow {
            report_id: self.row.id,
            device_id: self.row.device_id,
            received_at: from_ms(self.row.received_at)?,
            ticket,
            joined,
            verdict: verdict.clone(),
            notice: self.notice.clone(),
            awaited: self.attachments.iter().filter_map(|row| u8::try_from(row.n).ok()).collect(),
        }))
    }

    /// Everything at once: is the device of this organisation, was the report here before, which open ticket does it join,
    /// else which number does its ticket get, and may that belong to the major incident.
    fn question(&self, organisation: OrganisationId) -> SelectStatement {
        use ticket::Column as Ticket;
        let own = |column| Expr::col((ticket::Entity, column));
        let joins = Condition::all()
            .add(own(Ticket::OrganisationId).eq(organisation.0))
            .add(self.person().owns())
            .add(own(Ticket::Signature).eq(self.alone.opens.signature()))
            .add(own(Ticket::Queue).is_in(Queue::JOINABLE))
            .add(own(Ticket::LastReportAt).gte(self.join_after_ms));
        let mut question = Query::select();
        question
            .columns([
                (ticket::Entity, Ticket::Number),
                (ticket::Entity, Ticket::Status),
                (ticket::Entity, Ticket::Reports),
                (ticket::Entity, Ticket::Words),
                (ticket::Entity, Ticket::MergedInto),
            ])
            .column((organisation::Entity, organisation::Column::NextTicket))
            .expr_as(Expr::col((Entity, Column::Id)), "before")
            .expr_as(Expr::col((Major, Ticket::Status)), "major_status")
            .from(device::Entity)
            .join(
                JoinType::InnerJoin,
                organisation::Entity,
                Expr::col((organisation::Entity, organisation::Column::Id))
                    .equals((device::Entity, device::Column::OrganisationId)),
            )
            .join(JoinType::LeftJoin, ticket::Entity, joins)
            .join(JoinType::LeftJoin, Entity, Expr::col((Entity, Column::Id)).eq(self.row.id))
            .and_where(Expr::col((device::Entity, device::Column::Id)).eq(self.row.device_id))
            .and_where(Expr::col((device::Entity, device::Column::OrganisationId)).eq(organisation.0))
            .order_by((ticket::Entity, Ticket::Number), Order::Desc)
            .limit(1);
        let major = |column| Expr::col((Major, column));
        match &self.certain {
            Some(Certain { major: number, notice, .. }) => {
                let (number, notice) = (*number, *notice);
                // Of the ticket it joins, or, where it opens one, of the one it may belong to.
                let root =
                    Expr::case(own(Ticket::Number).is_null(), Expr::val(number)).finally(own(Ticket::MergedInto));
                let open = Condition::all()
                    .add(major(Ticket::OrganisationId).eq(organisation.0))
                    .add(major(Ticket::Number).eq(root));
                question
                    .join_as(JoinType::LeftJoin, ticket::Entity, Major, open)
                    .expr_as(major(Ticket::Major), "is_major")
                    .expr_as(major(Ticket::Queue), "major_queue")
                    .expr_as(Expr::exists(ticket_merge::person(organisation, number, self.person(), 0)), "known_person")
                    .expr_as(Expr::exists(notice_refusal::of(notice, self.row.device_id)), "refused");
            }
            None => {
                let root = Condition::all()
                    .add(major(Ticket::OrganisationId).eq(organisation.0))
                    .add(major(Ticket::Number).equals((ticket::Entity, Ticket::MergedInto)));
                question.join_as(JoinType::LeftJoin, ticket::Entity, Major, root);
            }
        }
        question.to_owned()
    }

    /// Opens a ticket, as a member of the major incident where the scene has one.
    async fn open(
        &self,
        tx: &Tx<'_>,
        organisation: OrganisationId,
        scene: &Scene,
    ) -> Result<(TicketRef, &Verdict), StoreError> {
        let number = scene.next_ticket;
        let (judged, major) = match (&self.certain, scene.major) {
            (Some(certain), Some((status, new_person))) => {
                (&certain.as_member, Some((certain.major, status, new_person)))
            }
            _ => (&self.alone, None),
        };
        let arrival = ticket::Arrival { merged_into: major.map(|(into, ..)| into), ..self.arrival() };
        let row = judged.opens.row(organisation, number, &arrival);
        let priority = row.priority;
        let mut parts: Vec<Part> = vec![organisation::takes_number(organisation, number).into()];
        if let Some((into, _, new_person)) = major {
            let at = self.row.received_at;
            parts.push(ticket_merge::gains_member(organisation, into, new_person, priority, at).into());
        }
        parts.push(ticket::Entity::insert(row.into_active_model().reset_all()).into_query().into());
        parts.extend(self.parts(organisation, number, major.is_some(), judged));
        let opened = TimelineKind::Opened { report_id: self.row.id };
        let mut entries = vec![NewEntry { number, touched: None, actor: &Actor::User, kind: &opened }];
        let merged = major.map(|(into, ..)| (into, TimelineKind::Merged { into }));
        if let Some((into, kind)) = &merged {
            entries.push(NewEntry { number, touched: Some(*into), actor: &Actor::Collector, kind });
        }
        self.send(tx, organisation, parts, &entries).await?;
        let ticket = match major {
            Some((into, status, _)) => TicketRef { number: into, status },
            None => TicketRef { number, status: report::TicketStatus::New },
        };
        Ok((ticket, &judged.verdict))
    }

    /// Joins the person's open ticket, which follows the report into the major incident where it may.
    async fn join(
        &self,
        tx: &Tx<'_>,
        organisation: OrganisationId,
        joins: &Joined,
    ) -> Result<(TicketRef, &Verdict), StoreError> {
        let number = joins.number;
        if joins.reports == 0 {
            let row = ticket::find(tx.db, organisation, number).await?;
            ticket_merge::regains_person(tx, organisation, &row).await?;
        }
        let of_it = self.certain.as_ref().filter(|certain| joins.merged_into == Some(certain.major));
        let judged = of_it.map_or(&self.alone, |certain| &certain.as_member);
        let mut parts: Vec<Part> = vec![judged.opens.join(organisation, number, &joins.words, &self.arrival()).into()];
        parts.extend(self.parts(organisation, number, true, judged));
        let kind = TimelineKind::Joined { report_id: self.row.id };
        let entry = NewEntry { number, touched: joins.merged_into, actor: &Actor::User, kind: &kind };
        self.send(tx, organisation, parts, &[entry]).await?;
        if let (Some(certain), None) = (&self.certain, joins.merged_into)
            && ticket_major::join_by_itself(tx, organisation, number, certain.major, self.row.received_at).await?
        {
            let verdict = &certain.as_member.verdict;
            set_verdict(tx, self.row.id, verdict).await?;
            return Ok((ticket::as_reported(tx.db, organisation, number).await?.0, verdict));
        }
        let ticket = match joins.merged_into.zip(joins.root_status) {
            Some((into, theirs)) => ticket::reported(joins.status, into, theirs),
            None => TicketRef { number, status: joins.status },
        };
        Ok((ticket, &judged.verdict))
    }

    fn person(&self) -> Person<'_> {
        self.alone.opens.person(self.row.device_id)
    }

    fn arrival(&self) -> ticket::Arrival {
        ticket::Arrival {
            device_id: self.row.device_id,
            at_ms: self.row.received_at,
            awaited: i64::try_from(self.attachments.len()).unwrap_or(0),
            merged_into: None,
        }
    }

    /// The report itself, for ticket `number`.
    fn parts(&self, organisation: OrganisationId, number: i64, joined: bool, judged: &Judged) -> Vec<Part> {
        let mut parts = Vec::new();
        if let Some(notice) = self.row.notice_id {
            parts.push(notice::gains_report(organisation, notice, self.person()).into());
        }
        let row = ActiveModel {
            ticket_number: Set(number),
            joined: Set(joined),
            verdict: Set(judged.json.clone()),
            ..ActiveModel::from(self.row.clone()).reset_all()
        };
        parts.push(Entity::insert(row).into_query().into());
        let body = report_body::ActiveModel {
            report_id: ActiveValue::Set(self.row.id),
            body: ActiveValue::Set(self.body.clone()),
        };
        parts.push(report_body::Entity::insert(body).into_query().into());
        if !self.attachments.is_empty() {
            let rows = self.attachments.iter().map(|row| attachment::ActiveModel::from(row.clone()).reset_all());
            parts.push(attachment::Entity::insert_many(rows).into_query().into());
        }
        parts
    }

    async fn send(
        &self,
        tx: &Tx<'_>,
        organisation: OrganisationId,
        parts: Vec<Part>,
        entries: &[NewEntry<'_>],
    ) -> Result<(), StoreError> {
        let last = ticket_event::insert(organisation, entries, self.row.received_at)?;
        let rows = batch::run(tx, parts, last).await?;
        ticket_event::announce(tx, organisation, entries[0].number, &rows)
    }
}

impl Scene {
    fn read(answer: &QueryResult) -> Result<Self, StoreError> {
        let status = |name: &str| -> Result<Option<report::TicketStatus>, StoreError> {
            answer.try_get::<Option<String>>("", name)?.map(from_name).transpose()
        };
        let joins = match answer.try_get::<Option<i64>>("", "number")? {
            Some(number) => Some(Joined {
                number,
                status: status("status")?
                    .ok_or_else(|| StoreError::Corrupt(format!("ticket {number} has no status")))?,
                reports: answer.try_get("", "reports")?,
                words: answer.try_get("", "words")?,
                merged_into: answer.try_get("", "merged_into")?,
                root_status: status("major_status")?,
            }),
            None => None,
        };
        // Read only where the report may belong to one.
        let open = answer.try_get::<Option<bool>>("", "is_major").ok().flatten() == Some(true)
            && answer.try_get::<Option<i32>>("", "major_queue").ok().flatten() == Some(Queue::Open as i32);
        let major = match status("major_status")? {
            Some(theirs) if open && joins.is_none() && !answer.try_get::<bool>("", "refused")? => {
                Some((theirs, !answer.try_get::<bool>("", "known_person")?))
            }
            _ => None,
        };
        Ok(Self { joins, next_ticket: answer.try_get("", "next_ticket")?, major })
    }
}
