use serde::{Deserialize, Serialize};

use crate::LocalText;

/// Something a rule concludes from facts or text, with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// Id of the rule that made it, e.g. `network.gateway_unreachable`.
    pub rule: String,
    /// What is concluded, with its values ("Gateway 10.2.0.1 does not answer").
    pub says: LocalText,
    /// How bad it is in itself.
    pub severity: Severity,
    /// What it rests on.
    pub evidence: Vec<EvidenceRef>,
}

/// How bad a finding is in itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Degraded, or about to be.
    Warning,
    /// Broken.
    Critical,
}

/// Where a finding comes from, so that a page can point at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum EvidenceRef {
    /// A value in a fact.
    Fact {
        /// Name of the probe.
        probe: String,
        /// JSON Pointer (RFC 6901) into its data.
        pointer: String,
        /// The value as it stands there, rendered for reading.
        value: String,
    },
    /// Words in the user's sentence.
    Text {
        /// The words.
        quote: String,
    },
    /// Words read from a screenshot.
    Screen {
        /// Which attachment.
        attachment: u8,
        /// The words.
        quote: String,
    },
}
