//! Incidents proposed to staff: groups of tickets that look like one cause, found in the stream of reports.

use chrono::{DateTime, Utc};
use report::{Category, Factor, LocalText};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ForeignKey, Index};
use sea_orm::{QueryOrder, Set};
use serde::{Deserialize, Serialize};

use crate::codec::{from_json, from_ms, from_name, to_json, to_ms};
use crate::migrations::{Step, index, table};
use crate::tables::{organisation, staff, ticket_event};
use crate::write::Tx;
use crate::{Actor, Conflict, IncidentChange, OrganisationId, Scope, StoreError};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "incident")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    /// What the detector calls it.
    pub detector_key: String,
    /// [`IncidentState`].
    pub state: String,
    pub raised_at: i64,
    pub updated_at: i64,
    /// The ticket it was made a major incident of.
    pub accepted_as: Option<i64>,
    /// [`IncidentBody`] as JSON.
    pub body: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 2.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Id).uuid().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::DetectorKey).text().not_null().to_owned(),
        ColumnDef::new(Column::State).text().not_null().to_owned(),
        ColumnDef::new(Column::RaisedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::UpdatedAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::AcceptedAs).big_integer().null().to_owned(),
        ColumnDef::new(Column::Body).text().not_null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.foreign_key(
        ForeignKey::create().from(Entity, Column::OrganisationId).to(organisation::Entity, organisation::Column::Id),
    );
    let mut once = Index::create();
    once.name("incident_by_detector").table(Entity).col(Column::OrganisationId).col(Column::DetectorKey).unique();
    vec![
        Step::Table(table),
        Step::Index(once),
        Step::Index(index("incident_open", Entity, [Column::OrganisationId, Column::State, Column::RaisedAt])),
        Step::Index(index("incident_by_ticket", Entity, [Column::OrganisationId, Column::AcceptedAs])),
    ]
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    /// Nobody has decided.
    Open,
    /// It is a major incident.
    Accepted,
    /// Staff said that it is none.
    Dismissed,
    /// It faded, or its major incident was resolved.
    Closed,
}

impl IncidentState {
    /// As written in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Dismissed => "dismissed",
            Self::Closed => "closed",
        }
    }
}

/// What a group of reports has in common, against all others of the same time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SharedFactor {
    /// The factor.
    pub factor: Factor,
    /// People of the group who have it.
    pub members_with: u32,
    /// People of the group.
    pub members: u32,
    /// Others who have it.
    pub others_with: u32,
    /// Others.
    pub others: u32,
}

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentBody {
    /// Category of most of its reports.
    pub category: Category,
    /// Distinct people.
    pub people: u32,
    /// Reports.
    pub reports: u32,
    /// Tickets of those reports, oldest first.
    pub members: Vec<i64>,
    /// What they share, most telling first.
    pub shared: Vec<SharedFactor>,
    /// Factors by which a later report belongs to it.
    pub key: Vec<Factor>,
    /// How far the group stands out from what is usual.
    pub score: f64,
    /// Why it is proposed, for staff.
    pub says: LocalText,
    /// What its notice may say, for users.
    pub title: LocalText,
}

/// A proposed incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Its id.
    pub id: Uuid,
    /// What the detector calls it.
    pub detector_key: String,
    /// Where it stands.
    pub state: IncidentState,
    /// When it was proposed.
    pub raised_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// The ticket it was made a major incident of; of one that is open, before that was taken back.
    pub accepted_as: Option<i64>,
    /// What is proposed.
    pub body: IncidentBody,
}

impl TryFrom<Model> for Incident {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            detector_key: row.detector_key,
            state: from_name(row.state)?,
            raised_at: from_ms(row.raised_at)?,
            updated_at: from_ms(row.updated_at)?,
            accepted_as: row.accepted_as,
            body: from_json(&row.body)?,
        })
    }
}

/// A proposal as the detector has it now.
#[derive(Debug, Clone, PartialEq)]
pub struct NewIncident {
    /// Its id, where it is new.
    pub id: Uuid,
    /// What the detector calls it; the same proposal has the same key.
    pub detector_key: String,
    /// What is proposed.
    pub body: IncidentBody,
}

/// Adds a proposal, or brings it up to date. One that staff decided about stays decided, but goes on growing.
pub(crate) async fn keep(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    new: &NewIncident,
    now_ms: i64,
) -> Result<Incident, StoreError> {
    let found = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::DetectorKey.eq(new.detector_key.as_str()))
        .one(tx.db)
        .await?;
    let body = to_json(&new.body)?;
    let row = match found {
        None => {
            let row = Model {
                id: new.id,
                organisation_id: organisation.0,
                detector_key: new.detector_key.clone(),
                state: IncidentState::Open.as_str().to_owned(),
                raised_at: now_ms,
                updated_at: now_ms,
                accepted_as: None,
                body,
            };
            Entity::insert(ActiveModel::from(row.clone()).reset_all()).exec_without_returning(tx.db).await?;
            log(tx, organisation, row.id, &Actor::Collector, IncidentChange::Raised, now_ms).await?;
            row
        }
        Some(row) if row.body == body => row,
        Some(row) => {
            let row = Model { body, updated_at: now_ms, ..row };
            let change =
                ActiveModel { body: Set(row.body.clone()), updated_at: Set(row.updated_at), ..Default::default() };
            Entity::update_many().set(change).filter(Column::Id.eq(row.id)).exec(tx.db).await?;
            if row.state == IncidentState::Open.as_str() {
                log(tx, organisation, row.id, &Actor::Collector, IncidentChange::Grown, now_ms).await?;
            }
            row
        }
    };
    row.try_into()
}

/// Makes an open proposal accepted as a ticket.
pub(crate) async fn accept(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    id: Uuid,
    number: i64,
    actor: &Actor,
    now_ms: i64,
) -> Result<(), StoreError> {
    let row = open_one(tx, organisation, id).await?;
    let change = ActiveModel { accepted_as: Set(Some(number)), ..decided(IncidentState::Accepted, now_ms) };
    Entity::update_many().set(change).filter(Column::Id.eq(row.id)).exec(tx.db).await?;
    log(tx, organisation, id, actor, IncidentChange::Accepted, now_ms).await
}

/// The major incident behind a proposal was resolved.
pub(crate) async fn close_of_ticket(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    actor: &Actor,
    now_ms: i64,
) -> Result<(), StoreError> {
    let states = (IncidentState::Accepted, IncidentState::Closed, IncidentChange::Closed);
    follow_ticket(tx, organisation, number, actor, states, now_ms).await
}

/// The major incident behind a proposal is open again.
pub(crate) async fn reopen_of_ticket(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    actor: &Actor,
    now_ms: i64,
) -> Result<(), StoreError> {
    let states = (IncidentState::Closed, IncidentState::Accepted, IncidentChange::Accepted);
    follow_ticket(tx, organisation, number, actor, states, now_ms).await
}

/// That a proposal is a major incident was taken back: it is open again, and remembers the ticket it was accepted as.
pub(crate) async fn take_back_of_ticket(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    actor: &Actor,
    now_ms: i64,
) -> Result<(), StoreError> {
    let states = (IncidentState::Accepted, IncidentState::Open, IncidentChange::TakenBack);
    follow_ticket(tx, organisation, number, actor, states, now_ms).await
}

async fn follow_ticket(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    number: i64,
    actor: &Actor,
    (from, to, change): (IncidentState, IncidentState, IncidentChange),
    now_ms: i64,
) -> Result<(), StoreError> {
    let rows = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::AcceptedAs.eq(number))
        .filter(Column::State.eq(from.as_str()))
        .all(tx.db)
        .await?;
    for row in rows {
        Entity::update_many().set(decided(to, now_ms)).filter(Column::Id.eq(row.id)).exec(tx.db).await?;
        log(tx, organisation, row.id, actor, change, now_ms).await?;
    }
    Ok(())
}

fn decided(state: IncidentState, now_ms: i64) -> ActiveModel {
    ActiveModel { state: Set(state.as_str().to_owned()), updated_at: Set(now_ms), ..Default::default() }
}

async fn open_one(tx: &Tx<'_>, organisation: OrganisationId, id: Uuid) -> Result<Model, StoreError> {
    let row = Entity::find_by_id(id).filter(Column::OrganisationId.eq(organisation.0)).one(tx.db).await?;
    let row = row.ok_or(StoreError::NotFound)?;
    match from_name::<IncidentState>(row.state.clone())? {
        IncidentState::Open => Ok(row),
        other => Err(StoreError::Conflict(Conflict::Decided(other.as_str()))),
    }
}

async fn log(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    id: Uuid,
    actor: &Actor,
    change: IncidentChange,
    now_ms: i64,
) -> Result<(), StoreError> {
    ticket_event::append_incident(tx, organisation, id, actor, change, now_ms).await
}

impl Scope {
    /// Proposals nobody has decided about, newest first.
    pub async fn list_open_incidents(&self) -> Result<Vec<Incident>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::State.eq(IncidentState::Open.as_str()))
            .order_by_desc(Column::RaisedAt)
            .order_by_desc(Column::Id)
            .all(self.db())
            .await?;
        rows.into_iter().map(Incident::try_from).collect()
    }

    /// A proposal, whatever its state.
    pub async fn find_incident(&self, id: Uuid) -> Result<Option<Incident>, StoreError> {
        let row = Entity::find_by_id(id).filter(Column::OrganisationId.eq(self.organisation.0)).one(self.db()).await?;
        row.map(Incident::try_from).transpose()
    }

    /// Whether there is a proposal that the detector calls so, whatever its state.
    pub async fn is_proposed(&self, detector_key: &str) -> Result<bool, StoreError> {
        let found = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::DetectorKey.eq(detector_key))
            .one(self.db())
            .await?;
        Ok(found.is_some())
    }

    /// Says that a proposal is no incident.
    ///
    /// # Errors
    /// [`Conflict::Decided`] when it is not open; [`StoreError::NotFound`].
    pub async fn dismiss_incident(&self, id: Uuid, staff_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write((id, staff_id, to_ms(now)), |tx, (organisation, (id, staff_id, now))| {
            Box::pin(async move {
                tx.lock_organisation(*organisation).await?;
                let actor = Actor::Staff(staff::acting(tx, *organisation, *staff_id).await?);
                let row = open_one(tx, *organisation, *id).await?;
                let change = decided(IncidentState::Dismissed, *now);
                Entity::update_many().set(change).filter(Column::Id.eq(row.id)).exec(tx.db).await?;
                log(tx, *organisation, *id, &actor, IncidentChange::Dismissed, *now).await
            })
        })
        .await
    }
}

/// A proposal faded away before anybody decided.
pub(crate) async fn fade(
    tx: &Tx<'_>,
    organisation: OrganisationId,
    detector_key: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let row = Entity::find()
        .filter(Column::OrganisationId.eq(organisation.0))
        .filter(Column::DetectorKey.eq(detector_key))
        .filter(Column::State.eq(IncidentState::Open.as_str()))
        .one(tx.db)
        .await?;
    let Some(row) = row else { return Ok(()) };
    Entity::update_many().set(decided(IncidentState::Closed, now_ms)).filter(Column::Id.eq(row.id)).exec(tx.db).await?;
    log(tx, organisation, row.id, &Actor::Collector, IncidentChange::Closed, now_ms).await
}
