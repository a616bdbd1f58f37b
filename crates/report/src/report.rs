use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AttachmentPlan, Fact, Language, OsFamily};

/// Version of the report's shape. A collector refuses others with `unsupported_schema`.
pub const SCHEMA_VERSION: u16 = 1;

/// What one press sent. Immutable: what the user adds later travels as a [`crate::FollowUp`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema: u16,
    /// UUIDv7 (RFC 9562) made on the device; the same id is the same report.
    pub id: Uuid,
    /// When the button was pressed, by the device's clock.
    pub pressed_at: DateTime<Utc>,
    /// The program that made it.
    pub agent: AgentInfo,
    /// Host name at the time of the press.
    pub hostname: String,
    /// Login of the person, where policy lets it leave the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Language the person reads.
    pub language: Language,
    /// The person's sentence, if given at the press. Redacted on the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What the machine answered.
    pub facts: Vec<Fact>,
    /// Files that follow.
    #[serde(default)]
    pub attachments: Vec<AttachmentPlan>,
    /// What was left out on the device, and why.
    #[serde(default)]
    pub omissions: Vec<Omission>,
}

/// The program that made a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AgentInfo {
    /// Its version.
    pub version: String,
    /// Family of the operating system it runs on.
    pub os: OsFamily,
}

/// Something a report would have carried but does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Omission {
    /// What: `screenshot:<monitor>`, `fact:<probe>`, `text`, `user`.
    pub item: String,
    /// Why.
    pub reason: OmissionReason,
}

/// Why something was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OmissionReason {
    /// Policy says so.
    OffByPolicy,
    /// Redaction failed; it fails closed.
    RedactionFailed,
    /// The screen could not be taken.
    CaptureFailed,
    /// It would have gone over a limit.
    TooLarge,
    /// The outbox was full; oldest pictures go first.
    OutboxFull,
    /// The user took it back.
    Withdrawn,
}
