use chrono::{DateTime, Utc};
use report::DeviceInfo;
use uuid::Uuid;

use crate::{Organisation, OrganisationId, Scope, Store, StoreError};

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
    pub async fn device_by_id(&self, _id: Uuid) -> Result<Option<Device>, StoreError> {
        pending!()
    }

    /// Enrols a device with a token: checks it, counts the use and adds the device, all or nothing.
    pub async fn enrol_device(
        &self,
        _token_hash: [u8; 32],
        _info: &DeviceInfo,
        _new_device_id: Uuid,
        _secret_hash: [u8; 32],
        _now: DateTime<Utc>,
    ) -> Result<Enrolled, StoreError> {
        pending!()
    }
}

impl Scope {
    /// Devices, by host name; `after` is the last one of the page before.
    pub async fn list_devices(&self, _after: Option<(&str, Uuid)>, _limit: u64) -> Result<Vec<Device>, StoreError> {
        pending!()
    }

    /// Notes what a device says of itself now. Call it rarely (once an hour a device is plenty).
    pub async fn device_seen(&self, _id: Uuid, _info: &DeviceInfo, _now: DateTime<Utc>) -> Result<(), StoreError> {
        pending!()
    }

    /// Refuses the device from now on. Repeatable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn revoke_device(&self, _id: Uuid, _now: DateTime<Utc>) -> Result<(), StoreError> {
        pending!()
    }
}
