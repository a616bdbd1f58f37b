//! What users say of a notice: "me too", "mine is another", and neither after all. The last word counts.
//!
//! | said | the ticket | the device |
//! |---|---|---|
//! | me too | joins the notice's major incident; where the notice has none, it becomes that | counts |
//! | mine is another | leaves it, and only a person merges it again | neither joins by itself nor is told again |
//! | taken back | stands where it stood before, while it is open | as before |

use chrono::{DateTime, Utc};
use report::{FollowUpKind, Notice, NoticeKind, TicketStatus};
use sea_orm::entity::prelude::*;

use crate::codec::{from_json, from_name, to_ms};
use crate::tables::ticket::{self, Column, Entity, Model, is};
use crate::tables::ticket_event::last;
use crate::tables::{notice, notice_refusal, report as report_table, ticket_event, ticket_merge};
use crate::write::Tx;
use crate::{Actor, OrganisationId, Scope, StoreError, TimelineKind};

/// An answer on its way in.
pub(crate) struct NoticeAnswer<'a> {
    pub(crate) organisation: OrganisationId,
    /// The report in whose receipt the notice stands.
    pub(crate) report: &'a report_table::Model,
    pub(crate) notice: Uuid,
    /// What stood until now: "me too", "not this", or nothing.
    pub(crate) before: Option<FollowUpKind>,
    pub(crate) now_ms: i64,
}

impl NoticeAnswer<'_> {
    /// Runs inside the transaction of a follow-up that carries an answer; any other does nothing.
    pub(crate) async fn apply(&self, tx: &Tx<'_>, kind: &FollowUpKind) -> Result<(), StoreError> {
        let said = notice::read(tx, self.organisation, self.notice).await?;
        match (kind, &self.before) {
            (FollowUpKind::MeToo { .. }, _) => self.me_too(tx, &said).await,
            (FollowUpKind::NotThis { .. }, _) => self.not_this(tx, &said).await,
            (FollowUpKind::AnswerTakenBack { .. }, Some(FollowUpKind::MeToo { .. })) => self.no_me_too(tx, &said).await,
            (FollowUpKind::AnswerTakenBack { .. }, Some(FollowUpKind::NotThis { .. })) => {
                self.no_refusal(tx, &said).await
            }
            _ => Ok(()),
        }
    }

    /// The report's ticket joins the notice's major incident, or becomes it where there is none; where it can do neither,
    /// the user counts as affected. A refusal of before is taken back.
    async fn me_too(&self, tx: &Tx<'_>, said: &Notice) -> Result<(), StoreError> {
        notice_refusal::remove(tx, self.notice, self.report.device_id).await?;
        self.stays_alone(tx, false).await?;
        let joined = match said.ticket.filter(|major| *major != self.number()) {
            Some(major) => {
                let merged =
                    ticket_merge::merge(tx, self.organisation, self.number(), major, &Actor::User, self.now_ms).await;
                match merged {
                    Ok(_) => true,
                    // It was resolved meanwhile, or staff work in this ticket for others: what the user said is kept.
                    Err(StoreError::Conflict(_)) => false,
                    Err(error) => return Err(error),
                }
            }
            None => false,
        };
        if !joined {
            notice::name_in_report(tx, self.organisation, self.report, Some(self.notice)).await?;
            if !matches!(self.before, Some(FollowUpKind::MeToo { .. })) {
                self.tell(tx, None, &TimelineKind::MeToo { notice: self.notice }).await?;
            }
            if said.ticket.is_none() {
                self.stands_for(tx, said).await?;
            }
        }
        self.refresh(tx).await
    }

    /// The report no longer names the notice, its ticket leaves the major incident, and nothing of this device joins that
    /// by itself again.
    async fn not_this(&self, tx: &Tx<'_>, said: &Notice) -> Result<(), StoreError> {
        notice_refusal::add(tx, self.notice, self.report.device_id, self.now_ms).await?;
        let row = self.ticket(tx).await?;
        if row.merged_into.is_some() && row.merged_into == said.ticket {
            ticket_merge::split(tx, self.organisation, row.number, &Actor::User, self.now_ms).await?;
        } else {
            self.leaves_its_own(tx, said, &row).await?;
            self.stays_alone(tx, true).await?;
            if !matches!(self.before, Some(FollowUpKind::NotThis { .. })) {
                self.tell(tx, None, &TimelineKind::NotThis { notice: self.notice }).await?;
            }
        }
        notice::forget_in_ticket(tx, self.organisation, row.number, self.notice).await
    }

    /// "Me too" is taken back: the ticket leaves the major incident if that answer brought it there, and then only a person
    /// merges it again.
    async fn no_me_too(&self, tx: &Tx<'_>, said: &Notice) -> Result<(), StoreError> {
        let row = self.ticket(tx).await?;
        let mut left = None;
        if is_open(&row)? {
            let into = row.merged_into.filter(|into| said.ticket == Some(*into));
            if into.is_some() && self.came_by_user(tx, into).await? {
                ticket_merge::leave(tx, self.organisation, &row, self.now_ms).await?;
                self.stays_alone(tx, true).await?;
                left = into;
            } else {
                self.leaves_its_own(tx, said, &row).await?;
            }
            if row.merged_into.is_none() {
                // What matched when it came concerns it still.
                let matched = self.matched()?;
                notice::name_in_report(tx, self.organisation, self.report, matched).await?;
            }
        }
        self.tell(tx, left, &TimelineKind::AnswerTakenBack { notice: self.notice }).await?;
        self.refresh(tx).await
    }

    /// "Not this" is taken back: the notice concerns the report again, and the ticket is where that answer took it from.
    async fn no_refusal(&self, tx: &Tx<'_>, said: &Notice) -> Result<(), StoreError> {
        notice_refusal::remove(tx, self.notice, self.report.device_id).await?;
        let row = self.ticket(tx).await?;
        let mut back = None;
        if is_open(&row)? {
            self.stays_alone(tx, false).await?;
            notice::name_in_report(tx, self.organisation, self.report, Some(self.notice)).await?;
            let major = said.ticket.filter(|_| row.merged_into.is_none());
            if let Some(major) = major
                && self.was_taken_out(tx, major).await?
                && ticket_merge::check_member(&row).is_ok()
                && ticket_merge::check_target(&ticket::find(tx.db, self.organisation, major).await?).is_ok()
            {
                ticket_merge::enter(tx, self.organisation, &row, major, self.now_ms).await?;
                back = Some(major);
            }
        }
        self.tell(tx, back, &TimelineKind::AnswerTakenBack { notice: self.notice }).await?;
        self.refresh(tx).await
    }

    /// The first who says "me too" to an open outage without a ticket: theirs stands for it from now on, so that the next one
    /// joins instead of standing beside it.
    async fn stands_for(&self, tx: &Tx<'_>, said: &Notice) -> Result<(), StoreError> {
        let row = self.ticket(tx).await?;
        let may = said.kind == NoticeKind::MajorIncident
            && row.merged_into.is_none()
            && ticket_merge::check_member(&row).is_ok()
            && notice::take_ticket(tx, self.organisation, self.notice, row.number, self.now_ms).await?;
        if !may {
            return Ok(());
        }
        set_major(tx, self.organisation, &row, true, self.now_ms).await?;
        let kind = TimelineKind::MadeMajor { title: said.title.clone(), members: Vec::new() };
        self.tell(tx, None, &kind).await
    }

    /// What stands for the notice is the user's own ticket.
    async fn leaves_its_own(&self, tx: &Tx<'_>, said: &Notice, row: &Model) -> Result<(), StoreError> {
        match said.ticket == Some(row.number) {
            true => stands_for_no_more(tx, self.organisation, row, self.now_ms).await,
            false => Ok(()),
        }
    }

    /// Whether the last merge of the ticket, into this one, was its user's.
    async fn came_by_user(&self, tx: &Tx<'_>, into: Option<i64>) -> Result<bool, StoreError> {
        let merged = last(tx, self.organisation, self.number(), |kind| match kind {
            TimelineKind::Merged { into } => Some(into),
            _ => None,
        });
        Ok(merged.await?.is_some_and(|(actor, was)| actor == Actor::User && Some(was) == into))
    }

    /// Whether "not this" took the ticket out of this one, where something else than "me too" had put it.
    async fn was_taken_out(&self, tx: &Tx<'_>, of: i64) -> Result<bool, StoreError> {
        let moved = last(tx, self.organisation, self.number(), |kind| match kind {
            TimelineKind::Split { from } => Some(Some(from)),
            TimelineKind::Merged { .. } => Some(None),
            _ => None,
        });
        let split = moved.await?.is_some_and(|(actor, from)| actor == Actor::User && from == Some(of));
        Ok(split && !self.came_by_user(tx, Some(of)).await?)
    }

    /// The notice that matched when the report came.
    fn matched(&self) -> Result<Option<Uuid>, StoreError> {
        let matched = self.report.notice.as_deref().map(from_json::<Notice>).transpose()?;
        Ok(matched.map(|matched| matched.id))
    }

    /// Lets the receipt show the notice as it stands now, with the user counted or not; one that never concerned the report
    /// is not shown.
    async fn refresh(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        let was_refused = matches!(self.before, Some(FollowUpKind::NotThis { .. }));
        if !was_refused && self.matched()? != Some(self.notice) {
            return Ok(());
        }
        let now = notice::read(tx, self.organisation, self.notice).await?;
        report_table::set_notice(tx, self.report.id, Some(&now)).await
    }

    async fn ticket(&self, tx: &Tx<'_>) -> Result<Model, StoreError> {
        ticket::find(tx.db, self.organisation, self.number()).await
    }

    fn number(&self) -> i64 {
        self.report.ticket_number
    }

    async fn stays_alone(&self, tx: &Tx<'_>, alone: bool) -> Result<(), StoreError> {
        ticket_merge::stays_alone(tx, self.organisation, self.number(), alone).await
    }

    async fn tell(&self, tx: &Tx<'_>, touched: Option<i64>, kind: &TimelineKind) -> Result<(), StoreError> {
        let (number, actor) = (self.number(), &Actor::User);
        ticket_event::append_touching(tx, self.organisation, number, touched, actor, kind, self.now_ms).await
    }
}

/// The user whose "me too" made their ticket a major incident leaves it: it is none any more. Not where others have joined:
/// it stands for them.
pub(crate) async fn stands_for_no_more(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    row: &Model,
    now_ms: i64,
) -> Result<(), StoreError> {
    if !row.major || row.members > 0 {
        return Ok(());
    }
    let made = last(tx, organisation, row.number, |kind| match kind {
        TimelineKind::MadeMajor { .. } => Some(()),
        _ => None,
    });
    if !matches!(made.await?, Some((Actor::User, ()))) {
        return Ok(());
    }
    set_major(tx, organisation, row, false, now_ms).await?;
    notice::leave_ticket(tx, organisation, row.number).await?;
    let kind = TimelineKind::MajorTakenBack { major: row.number, members: Vec::new() };
    ticket_event::append(tx, organisation, row.number, &Actor::User, &kind, now_ms).await
}

async fn set_major(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    row: &Model,
    major: bool,
    now_ms: i64,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Major, Expr::val(major))
        .col_expr(Column::UpdatedAt, Expr::val(now_ms))
        .filter(is(organisation, row.number))
        .exec(tx.db)
        .await?;
    Ok(())
}

impl Scope {
    /// Shows a notice in the receipt of a report that names none: what its user said later fits it. Returns whether it does:
    /// not where the report was taken back or names one already, the notice closed, or its user refused it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such report or notice.
    pub async fn tell_notice(&self, report: Uuid, notice: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.write((report, notice, to_ms(now)), |tx, (organisation, (report, notice, now))| {
            Box::pin(async move {
                tx.lock_organisation(*organisation).await?;
                let report = report_table::find(tx.db, *organisation, *report).await?.ok_or(StoreError::NotFound)?;
                let told = notice::read(tx, *organisation, *notice).await?;
                let may = report.withdrawn_at.is_none()
                    && report.notice.is_none()
                    && notice::is_open(tx, *organisation, *notice, *now).await?
                    && tx.db.query_one(&notice_refusal::of(*notice, report.device_id)).await?.is_none();
                if !may {
                    return Ok(false);
                }
                report_table::set_notice(tx, report.id, Some(&told)).await?;
                // A member of a major incident names that one's notice already.
                if report.notice_id.is_none() {
                    notice::name_in_report(tx, *organisation, &report, Some(*notice)).await?;
                }
                Ok(true)
            })
        })
        .await
    }
}

fn is_open(row: &Model) -> Result<bool, StoreError> {
    Ok(from_name::<TicketStatus>(row.status.clone())?.is_open())
}
