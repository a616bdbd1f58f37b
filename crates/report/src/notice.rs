use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Category, Factor, LocalText};

/// Something we already know: an open major incident or planned maintenance, shown to users it concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: NoticeKind,
    /// What is wrong or planned, for users.
    pub title: LocalText,
    /// Category of the reports it concerns.
    pub category: Category,
    /// Words of which one must stand in a report's text or facts for it to match; empty matches the whole category.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// What its reports share; a report that has all of these fits without any keyword.
    #[serde(default)]
    pub factors: Vec<Factor>,
    /// The ticket of the major incident behind it, where there is one: "me too" joins it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<i64>,
    /// Who opened it.
    #[serde(default)]
    pub origin: NoticeOrigin,
    /// Since when.
    pub starts_at: DateTime<Utc>,
    /// When it ends, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime<Utc>>,
    /// When there will be news, if promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_news_at: Option<DateTime<Utc>>,
    /// Distinct people, users of devices, whose reports matched it.
    #[serde(default)]
    pub affected: u32,
}

/// What a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// An open major incident.
    MajorIncident,
    /// Planned maintenance.
    Maintenance,
}

/// Who opened a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoticeOrigin {
    /// A member of staff.
    #[default]
    Staff,
    /// Monitoring, by the Alertmanager webhook.
    Monitoring,
    /// The collector itself, from the stream of reports.
    Detector,
}
