//! What staff do to a ticket. Each action checks the ticket's state, changes it, appends to its timeline and tells the
//! devices concerned, all in one transaction.

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use report::{EventKind, TicketRef, TicketStatus};
use sea_orm::Set;
use sea_orm::entity::prelude::*;

use crate::codec::{from_name, to_ms};
use crate::tables::device_event::Audience;
use crate::tables::ticket::{ActiveModel, Entity, Model, Queue, held_or_new, is};
use crate::tables::{device_event, staff, ticket_event, ticket_major, ticket_merge};
use crate::write::Tx;
use crate::{Actor, Conflict, OrganisationId, Scope, StaffRef, StoreError, TimelineKind};

/// An action on its way in.
struct Action {
    number: i64,
    staff_id: Uuid,
    what: What,
    now_ms: i64,
}

enum What {
    Take { force: bool },
    Release,
    Reply { text: String, asks: bool },
    Resolve { text: String },
    Reopen,
}

/// The ticket and the person an action is about.
struct Scene {
    row: Model,
    status: TicketStatus,
    me: StaffRef,
    /// Who has the ticket, if it is somebody else.
    other: Option<StaffRef>,
}

/// What an action comes to.
struct Outcome {
    status: TicketStatus,
    holder: Option<Uuid>,
    timeline: TimelineKind,
    tells: Option<EventKind>,
}

impl Action {
    /// Runs inside the transaction of a lane.
    async fn perform(&self, tx: &Tx<'_>, organisation: OrganisationId) -> Result<TicketRef, StoreError> {
        tx.lock_organisation(organisation).await?;
        let mut scene = self.scene(tx, organisation).await?;
        let Some(outcome) = self.decide(&scene)? else {
            return Ok(TicketRef { number: self.number, status: scene.status });
        };
        if let What::Reopen = self.what {
            ticket_merge::leave_closed(tx, organisation, &mut scene.row, self.now_ms).await?;
        }
        let resolved_at = match outcome.status {
            TicketStatus::Resolved => Some(self.now_ms),
            _ => None,
        };
        let change = ActiveModel {
            status: Set(outcome.status.as_str().to_owned()),
            queue: Set(Queue::of(outcome.status, scene.row.merged_into.is_some()) as i32),
            holder_id: Set(outcome.holder),
            resolved_at: Set(resolved_at),
            updated_at: Set(self.now_ms),
            ..Default::default()
        };
        Entity::update_many().set(change).filter(is(organisation, self.number)).exec(tx.db).await?;
        let actor = Actor::Staff(scene.me.clone());
        ticket_event::append(tx, organisation, self.number, &actor, &outcome.timeline, self.now_ms).await?;
        let audience = self.with_members(tx, organisation, &scene).await?;
        if let Some(kind) = outcome.tells {
            device_event::tell(tx, organisation, &audience, &kind, self.now_ms).await?;
        }
        Ok(TicketRef { number: self.number, status: outcome.status })
    }

    /// Does to the tickets merged into this one what the action does to them; returns who hears of it. What is done or
    /// said to all is told to all. Who has the major incident, and a question, concern its own user alone: an answer
    /// from each of hundreds helps nobody, and a member's user can be asked in the member.
    async fn with_members(
        &self,
        tx: &Tx<'_>,
        organisation: OrganisationId,
        scene: &Scene,
    ) -> Result<Audience, StoreError> {
        let (row, me) = (&scene.row, &scene.me);
        if row.members == 0 && !row.major {
            return Ok(Audience::Ticket(self.number));
        }
        Ok(match &self.what {
            What::Resolve { text } => {
                ticket_major::resolve_with(tx, organisation, row, me, text, self.now_ms).await?;
                Audience::ResolvedAt(self.number, self.now_ms)
            }
            What::Reopen => {
                let mut open = ticket_major::reopen_with(tx, organisation, row, me, self.now_ms).await?;
                open.push(self.number);
                Audience::Tickets(open)
            }
            What::Reply { asks: false, .. } => Audience::Everybody(self.number),
            What::Reply { asks: true, .. } | What::Take { .. } | What::Release => Audience::Ticket(self.number),
        })
    }

    async fn scene(&self, tx: &Tx<'_>, organisation: OrganisationId) -> Result<Scene, StoreError> {
        let me = staff::acting(tx, organisation, self.staff_id).await?;
        let row = Entity::find().filter(is(organisation, self.number)).one(tx.db).await?;
        let row = row.ok_or(StoreError::NotFound)?;
        let status = from_name(row.status.clone())?;
        let other = match row.holder_id.filter(|id| *id != me.id) {
            Some(id) => staff::names(tx.db, organisation, [id]).await?.remove(&id),
            None => None,
        };
        Ok(Scene { row, status, me, other })
    }

    /// What the action comes to; `None` when nothing changes.
    fn decide(&self, scene: &Scene) -> Result<Option<Outcome>, StoreError> {
        let me = scene.me.id;
        let by = scene.me.name.clone();
        if let What::Reopen = self.what {
            return match scene.status {
                TicketStatus::Resolved => Ok(Some(Outcome {
                    status: held_or_new(scene.row.holder_id),
                    holder: scene.row.holder_id,
                    timeline: TimelineKind::Reopened,
                    tells: Some(EventKind::Reopened { by }),
                })),
                other => Err(StoreError::Conflict(Conflict::Status(other))),
            };
        }
        if !scene.status.is_open() {
            return Err(StoreError::Conflict(Conflict::Status(scene.status)));
        }
        if let Some(other) = &scene.other
            && !matches!(self.what, What::Take { force: true })
        {
            return Err(StoreError::Conflict(Conflict::HeldBy(other.clone())));
        }
        let waits_still = match scene.status {
            TicketStatus::WaitingForUser => TicketStatus::WaitingForUser,
            _ => TicketStatus::InProgress,
        };
        Ok(match &self.what {
            What::Take { .. } if scene.row.holder_id == Some(me) => None,
            What::Take { .. } => Some(Outcome {
                status: waits_still,
                holder: Some(me),
                timeline: TimelineKind::Taken { from: scene.other.clone() },
                tells: Some(EventKind::Accepted { by }),
            }),
            What::Release if scene.row.holder_id.is_none() => None,
            What::Release => Some(Outcome {
                status: match scene.status {
                    TicketStatus::WaitingForUser => TicketStatus::WaitingForUser,
                    _ => TicketStatus::New,
                },
                holder: None,
                timeline: TimelineKind::Released,
                tells: None,
            }),
            What::Reply { text, asks: true } => Some(Outcome {
                status: TicketStatus::WaitingForUser,
                holder: Some(me),
                timeline: TimelineKind::Asked { text: text.clone() },
                tells: Some(EventKind::Question { by, text: text.clone() }),
            }),
            What::Reply { text, asks: false } => Some(Outcome {
                status: waits_still,
                holder: Some(me),
                timeline: TimelineKind::Replied { text: text.clone() },
                tells: Some(EventKind::Reply { by, text: text.clone() }),
            }),
            What::Resolve { text } => Some(Outcome {
                status: TicketStatus::Resolved,
                holder: Some(me),
                timeline: TimelineKind::Resolved { text: text.clone() },
                tells: Some(EventKind::Resolved { by, text: text.clone() }),
            }),
            What::Reopen => None,
        })
    }
}

impl Scope {
    /// Gives an open ticket to `staff_id`; the user is told. Taking one's own ticket changes nothing.
    ///
    /// # Errors
    /// [`Conflict::HeldBy`] when somebody else has it and `force` is off; [`Conflict::Status`] when it is
    /// not open; [`StoreError::NotFound`] when ticket or person is not of this organisation, or they are disabled.
    pub async fn take_ticket(
        &self,
        number: i64,
        staff_id: Uuid,
        force: bool,
        now: DateTime<Utc>,
    ) -> Result<TicketRef, StoreError> {
        self.act(number, staff_id, What::Take { force }, now).await
    }

    /// Puts a ticket held by `staff_id` back. Releasing one that nobody holds changes nothing.
    ///
    /// # Errors
    /// As [`Scope::take_ticket`].
    pub async fn release_ticket(
        &self,
        number: i64,
        staff_id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<TicketRef, StoreError> {
        self.act(number, staff_id, What::Release, now).await
    }

    /// Writes to the user; `asks` makes the ticket wait for their answer. Takes a ticket nobody holds. What is not a
    /// question goes to the users of tickets merged into it as well.
    ///
    /// # Errors
    /// As [`Scope::take_ticket`].
    pub async fn reply_to_ticket(
        &self,
        number: i64,
        staff_id: Uuid,
        text: &str,
        asks: bool,
        now: DateTime<Utc>,
    ) -> Result<TicketRef, StoreError> {
        self.act(number, staff_id, What::Reply { text: text.to_owned(), asks }, now).await
    }

    /// Says it is done; the user is told `text`. Takes a ticket nobody holds. What was merged into it is resolved with
    /// it, and the notice of a major incident closes.
    ///
    /// # Errors
    /// As [`Scope::take_ticket`].
    pub async fn resolve_ticket(
        &self,
        number: i64,
        staff_id: Uuid,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<TicketRef, StoreError> {
        self.act(number, staff_id, What::Resolve { text: text.to_owned() }, now).await
    }

    /// Undoes a resolution, with what was resolved along; the users are told. A ticket whose major incident stays resolved
    /// leaves that, or it would be open in no view.
    ///
    /// # Errors
    /// [`Conflict::Status`] when it is not resolved; [`StoreError::NotFound`].
    pub async fn reopen_ticket(
        &self,
        number: i64,
        staff_id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<TicketRef, StoreError> {
        self.act(number, staff_id, What::Reopen, now).await
    }

    async fn act(&self, number: i64, staff_id: Uuid, what: What, now: DateTime<Utc>) -> Result<TicketRef, StoreError> {
        let action = Action { number, staff_id, what, now_ms: to_ms(now) };
        self.write(action, perform).await
    }
}

fn perform<'a>(
    tx: &'a Tx<'a>,
    (organisation, action): &'a (OrganisationId, Action),
) -> BoxFuture<'a, Result<TicketRef, StoreError>> {
    Box::pin(action.perform(tx, *organisation))
}
