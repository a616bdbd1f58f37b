use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What Alertmanager sends to a webhook (its data format version 4). Fields not named here are not read.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Alerts {
    /// `4`.
    #[schema(example = "4")]
    pub version: String,
    /// Key of the group the alerts are in.
    #[serde(rename = "groupKey")]
    pub group_key: String,
    /// The alerts.
    pub alerts: Vec<Alert>,
}

/// One alert.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Alert {
    /// Whether it goes on.
    pub status: AlertStatus,
    /// What identifies it. `redbutton_category` makes it known to users; `redbutton_site`, `redbutton_subnet`,
    /// `redbutton_gateway`, `redbutton_application`, `redbutton_service` and `redbutton_code` say whose reports it fits.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What people read: `summary`, `summary_ru`; `redbutton_keywords`, separated by commas.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// Since when.
    #[serde(rename = "startsAt")]
    pub starts_at: DateTime<Utc>,
    /// Hash of its labels, the same each time.
    #[serde(default)]
    pub fingerprint: String,
}

/// Whether an alert goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertStatus {
    /// It does.
    Firing,
    /// It is over.
    Resolved,
}

/// What became of the alerts.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct AlertsTaken {
    /// Notices opened.
    pub opened: u32,
    /// Open notices that say something else now.
    pub changed: u32,
    /// Open notices that say the same.
    pub same: u32,
    /// Notices closed.
    pub closed: u32,
    /// Alerts that concern no user: without the label `redbutton_category`, or over before they were known.
    pub ignored: u32,
}
