use serde::{Deserialize, Serialize};

/// What a report announces about a file that follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AttachmentPlan {
    /// Place in the report, from 0; the last path segment of the upload.
    pub n: u8,
    /// What the file is.
    pub kind: AttachmentKind,
    /// Its media type; an upload with another `Content-Type` is refused.
    pub media_type: MediaType,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, 64 lower-case hex digits.
    pub sha256: String,
    /// Width and height in pixels, for pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(u32, u32)>,
    /// Name of the monitor as the OS gives it, for screenshots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitor: Option<String>,
}

/// What an attachment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// One monitor as it was at the press.
    Screenshot,
    /// Answers of probes asked for later.
    Probes,
}

/// Media types an attachment may have (IANA names).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MediaType {
    /// Lossless WebP.
    #[serde(rename = "image/webp")]
    Webp,
    /// PNG.
    #[serde(rename = "image/png")]
    Png,
    /// JSON, for later-requested probes.
    #[serde(rename = "application/json")]
    Json,
}

impl MediaType {
    /// The IANA name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webp => "image/webp",
            Self::Png => "image/png",
            Self::Json => "application/json",
        }
    }
}
