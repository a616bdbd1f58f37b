use serde::{Deserialize, Serialize};

/// Something reports may have in common, by which mass incidents are found and explained.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Factor {
    /// What kind of thing it is.
    pub dimension: Dimension,
    /// Its value, as facts and rules write it (`10.2.0.1`, `email`, `outlook`, `0x80070005`).
    pub value: String,
}

/// Kinds of things reports may share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Site of the device.
    Site,
    /// Its network, in CIDR form.
    Subnet,
    /// Address of its gateway.
    Gateway,
    /// Category of the verdict.
    Category,
    /// Program, by its key.
    Application,
    /// Program with its version, `key@version`.
    Version,
    /// Error code, in its usual form.
    Code,
    /// The rung of the network ladder that broke.
    Rung,
    /// A service that did not answer.
    Service,
    /// The finding that weighs most, by its rule's id.
    Finding,
}

impl Dimension {
    /// As written on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Subnet => "subnet",
            Self::Gateway => "gateway",
            Self::Category => "category",
            Self::Application => "application",
            Self::Version => "version",
            Self::Code => "code",
            Self::Rung => "rung",
            Self::Service => "service",
            Self::Finding => "finding",
        }
    }
}
