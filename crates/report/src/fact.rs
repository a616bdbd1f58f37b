use serde::{Deserialize, Serialize};

/// The answer of one probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Name of the probe, `snake_case`: the module that makes it in `crates/diagnostics/src/probes`.
    pub probe: String,
    /// What it found, or why it could not look.
    pub outcome: FactOutcome,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
    /// How personal the data is.
    pub privacy: Privacy,
}

impl Fact {
    /// The data, where the probe answered.
    pub fn data(&self) -> Option<&serde_json::Value> {
        match &self.outcome {
            FactOutcome::Ok { data } => Some(data),
            FactOutcome::Unavailable { .. } => None,
        }
    }
}

/// Data, or the reason for having none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "status", rename_all = "snake_case", deny_unknown_fields)]
pub enum FactOutcome {
    /// The probe answered. The shape of `data` is documented on the probe's struct; units are in the key names.
    Ok {
        /// The answer.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        data: serde_json::Value,
    },
    /// The probe could not answer; the others are whole.
    Unavailable {
        /// Why.
        reason: Unavailable,
        /// For whoever debugs it, redacted like everything else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
    },
}

/// Why a probe gave no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unavailable {
    /// It did not answer within its time box.
    TimedOut,
    /// It panicked.
    Panicked,
    /// This system has no such thing (no battery, no journal).
    NotPresent,
    /// The OS does not let this user ask.
    AccessDenied,
    /// Not written for this operating system.
    NotSupported,
    /// Policy turned it off.
    OffByPolicy,
    /// Redaction failed, so its data was dropped on the device.
    RedactionFailed,
    /// The OS answered with an error; `detail` has it.
    Failed,
    /// Dropped so that the report stays within its limit.
    TooLarge,
}

/// How personal a fact is; policy decides which levels leave the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// About the machine alone.
    Technical,
    /// Says something about a person (names of running programs, Wi-Fi).
    Personal,
    /// Off unless policy turns it on, or redacted.
    Sensitive,
}
