use serde::{Deserialize, Serialize};

use crate::auth::Confidential;

/// Where rows lie.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseSection {
    /// `postgres://user:password@host/database`, or a `sqlite://` address. Without it a SQLite file in the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Confidential>,
}
