use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Family of operating systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum OsFamily {
    /// Windows 10 or later.
    Windows,
    /// macOS.
    Macos,
    /// Linux.
    Linux,
}

/// What a device says of itself when it enrols.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceInfo {
    /// Host name as the OS gives it.
    pub hostname: String,
    /// Family of its operating system.
    pub os: OsFamily,
    /// Version of the agent.
    pub agent_version: String,
}

/// Body of `POST /api/v1/enrolments`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EnrolmentRequest {
    /// Enrolment token given by IT (`redbutton-collector token new`).
    pub token: String,
    /// The device that enrols.
    pub device: DeviceInfo,
}

impl std::fmt::Debug for EnrolmentRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolmentRequest").field("token", &"…").field("device", &self.device).finish()
    }
}

/// Answer to an enrolment. The secret is shown once; the collector keeps its hash alone.
/// Requests carry it as `Authorization: Bearer {device_id}.{secret}`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceCredentials {
    /// The device's id.
    pub device_id: Uuid,
    /// 256 random bits, base64url without padding.
    pub secret: String,
    /// Name of the organisation, for the user.
    pub organisation: String,
}

impl std::fmt::Debug for DeviceCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceCredentials").field("device_id", &self.device_id).field("secret", &"…").finish()
    }
}
