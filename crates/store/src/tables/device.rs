use chrono::{DateTime, Utc};
use report::DeviceInfo;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ExprTrait as _, ForeignKey};
use sea_orm::{QueryOrder, QuerySelect, Set};

use crate::codec::{from_ms, from_ms_opt, from_name, to_hash, to_ms, to_name};
use crate::migrations::{Step, index, table};
use crate::tables::{enrolment_token, organisation};
use crate::{Organisation, OrganisationId, Scope, Store, StoreError};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "device")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub hostname: String,
    pub os: String,
    pub agent_version: String,
    pub secret_hash: Vec<u8>,
    pub enrolled_at: i64,
    pub last_seen_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Migration 1.
pub(crate) fn create() -> Vec<Step> {
    let columns = [
        ColumnDef::new(Column::Id).uuid().not_null().primary_key().to_owned(),
        ColumnDef::new(Column::OrganisationId).uuid().not_null().to_owned(),
        ColumnDef::new(Column::Hostname).text().not_null().to_owned(),
        ColumnDef::new(Column::Os).text().not_null().to_owned(),
        ColumnDef::new(Column::AgentVersion).text().not_null().to_owned(),
        ColumnDef::new(Column::SecretHash).blob().not_null().to_owned(),
        ColumnDef::new(Column::EnrolledAt).big_integer().not_null().to_owned(),
        ColumnDef::new(Column::LastSeenAt).big_integer().null().to_owned(),
        ColumnDef::new(Column::RevokedAt).big_integer().null().to_owned(),
    ];
    let mut table = table(Entity, columns);
    table.foreign_key(
        ForeignKey::create().from(Entity, Column::OrganisationId).to(organisation::Entity, organisation::Column::Id),
    );
    vec![
        Step::Table(table),
        Step::Index(index("device_by_hostname", Entity, [Column::OrganisationId, Column::Hostname, Column::Id])),
    ]
}

impl TryFrom<Model> for Device {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: OrganisationId(row.organisation_id),
            info: DeviceInfo { hostname: row.hostname, os: from_name(row.os)?, agent_version: row.agent_version },
            secret_hash: to_hash(&row.secret_hash)?,
            enrolled_at: from_ms(row.enrolled_at)?,
            last_seen_at: from_ms_opt(row.last_seen_at)?,
            revoked_at: from_ms_opt(row.revoked_at)?,
        })
    }
}

/// An enrolled device.
#[derive(Clone)]
pub struct Device {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// What it said of itself last.
    pub info: DeviceInfo,
    /// SHA-256 of its secret.
    pub secret_hash: [u8; 32],
    /// When it enrolled.
    pub enrolled_at: DateTime<Utc>,
    /// When [`Scope::device_seen`] was called last.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// When IT revoked it; it is refused from then on.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device").field("id", &self.id).field("revoked_at", &self.revoked_at).finish_non_exhaustive()
    }
}

/// Outcome of an enrolment.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "made once and taken apart at once")]
pub enum Enrolled {
    /// The device may report now.
    Enrolled {
        /// The device.
        device: Device,
        /// Its organisation, whose name the user is shown.
        organisation: Organisation,
    },
    /// The token is unknown, expired, revoked or used up. Which, an outsider is not told.
    Refused,
}

impl Store {
    /// The device of that id, for authentication.
    pub async fn device_by_id(&self, id: Uuid) -> Result<Option<Device>, StoreError> {
        Entity::find_by_id(id).one(self.db()).await?.map(Device::try_from).transpose()
    }

    /// Enrols a device with a token: checks it, counts the use and adds the device, all or nothing.
    pub async fn enrol_device(
        &self,
        token_hash: [u8; 32],
        info: &DeviceInfo,
        new_device_id: Uuid,
        secret_hash: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Enrolled, StoreError> {
        let row = Model {
            id: new_device_id,
            organisation_id: Uuid::nil(),
            hostname: info.hostname.clone(),
            os: to_name(info.os)?,
            agent_version: info.agent_version.clone(),
            secret_hash: secret_hash.to_vec(),
            enrolled_at: to_ms(now),
            last_seen_at: Some(to_ms(now)),
            revoked_at: None,
        };
        self.write(None, (token_hash, row), |tx, (token_hash, row)| {
            Box::pin(async move {
                let Some(organisation) = enrolment_token::use_once(tx, *token_hash, row.enrolled_at).await? else {
                    return Ok(Enrolled::Refused);
                };
                let organisation =
                    organisation::Entity::find_by_id(organisation).one(tx.db).await?.ok_or(StoreError::NotFound)?;
                let row = Model { organisation_id: organisation.id, ..row.clone() };
                Entity::insert(ActiveModel::from(row.clone()).reset_all()).exec_without_returning(tx.db).await?;
                Ok(Enrolled::Enrolled { device: row.try_into()?, organisation: organisation.try_into()? })
            })
        })
        .await
    }
}

impl Scope {
    /// Devices, by host name; `after` is the last one of the page before.
    pub async fn list_devices(&self, after: Option<(&str, Uuid)>, limit: u64) -> Result<Vec<Device>, StoreError> {
        let mut query = Entity::find()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .order_by_asc(Column::Hostname)
            .order_by_asc(Column::Id)
            .limit(limit);
        if let Some((hostname, id)) = after {
            let place = Expr::tuple([Expr::col(Column::Hostname), Expr::col(Column::Id)]);
            query = query.filter(place.gt(Expr::tuple([Expr::val(hostname), Expr::val(id)])));
        }
        query.all(self.db()).await?.into_iter().map(Device::try_from).collect()
    }

    /// Notes what a device says of itself now. Call it rarely (once an hour a device is plenty).
    pub async fn device_seen(&self, id: Uuid, info: &DeviceInfo, now: DateTime<Utc>) -> Result<(), StoreError> {
        let change = ActiveModel {
            hostname: Set(info.hostname.clone()),
            os: Set(to_name(info.os)?),
            agent_version: Set(info.agent_version.clone()),
            last_seen_at: Set(Some(to_ms(now))),
            ..Default::default()
        };
        self.update_device(id, change).await
    }

    /// Refuses the device from now on. Repeatable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn revoke_device(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.update_device(id, ActiveModel { revoked_at: Set(Some(to_ms(now))), ..Default::default() }).await
    }

    async fn update_device(&self, id: Uuid, change: ActiveModel) -> Result<(), StoreError> {
        self.write((id, change), |tx, (organisation, (id, change))| {
            Box::pin(async move {
                let done = Entity::update_many()
                    .set(change.clone())
                    .filter(Column::Id.eq(*id))
                    .filter(Column::OrganisationId.eq(organisation.0))
                    .exec(tx.db)
                    .await?;
                if done.rows_affected == 0 { Err(StoreError::NotFound) } else { Ok(()) }
            })
        })
        .await
    }
}
