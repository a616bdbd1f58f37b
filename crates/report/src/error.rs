use serde::{Deserialize, Serialize};

/// Body of every answer that is not a success. People read texts from i18n by `code`; nobody matches `detail`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// What went wrong, from the closed list.
    pub code: ErrorCode,
    /// For whoever debugs a client: what exactly was refused. Never present in a 5xx answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

// `tt`, not `literal`: utoipa does not see through the invisible group a `literal` comes in, and would name variants.
macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident => $code:tt, $status:literal;)+) => {
        /// The closed list of error codes on the wire. A variant exists only if a client acts on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum ErrorCode { $($(#[$doc])* #[serde(rename = $code)] $variant,)+ }

        impl ErrorCode {
            /// Every code, for tests and documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The code as written on the wire.
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $code,)+ } }
            /// The HTTP status it travels with (RFC 9110, RFC 6585).
            pub fn http_status(self) -> u16 { match self { $(Self::$variant => $status,)+ } }
        }
    };
}

error_codes! {
    /// The body is not well-formed JSON, or not UTF-8.
    MalformedJson => "malformed_json", 400;
    /// The JSON is well formed but does not fit the schema; `detail` names the path.
    InvalidReport => "invalid_report", 422;
    /// A field of another request (not a report) is missing or outside its limits; `detail` names it.
    InvalidRequest => "invalid_request", 422;
    /// `schema` is not a version this collector speaks.
    UnsupportedSchema => "unsupported_schema", 422;
    /// The body exceeds the limit of its route.
    BodyTooLarge => "body_too_large", 413;
    /// `Content-Type` is not the one the route takes, or not the one announced.
    UnsupportedMediaType => "unsupported_media_type", 415;
    /// Fewer bytes arrived than announced; send the whole again.
    TruncatedBody => "truncated_body", 400;
    /// The bytes do not have the announced SHA-256.
    ChecksumMismatch => "checksum_mismatch", 422;
    /// The picture's header is not of the announced media type.
    NotAPicture => "not_a_picture", 422;
    /// The picture would unpack to more pixels than allowed.
    PictureTooLarge => "picture_too_large", 422;
    /// `pressed_at` is further from the collector's clock than allowed; the answer's `Date` tells the time.
    ClockSkew => "clock_skew", 422;
    /// The id was used before with other content.
    IdReused => "id_reused", 409;
    /// No valid credentials.
    Unauthenticated => "unauthenticated", 401;
    /// The device is unknown to this collector.
    UnknownDevice => "unknown_device", 401;
    /// The device was revoked by IT.
    DeviceRevoked => "device_revoked", 403;
    /// The enrolment token is unknown, expired or used up.
    InvalidEnrolmentToken => "invalid_enrolment_token", 403;
    /// Wrong login or password.
    WrongCredentials => "wrong_credentials", 401;
    /// Signed in, but not allowed to do this.
    Forbidden => "forbidden", 403;
    /// No such thing, or not in your organisation.
    NotFound => "not_found", 404;
    /// The route exists but not with this method.
    MethodNotAllowed => "method_not_allowed", 405;
    /// The ticket's state does not allow the action; reload it.
    Conflict => "conflict", 409;
    /// Rules of one's own that cannot be used; `detail` names file, line and rule of the first that is wrong.
    InvalidRules => "invalid_rules", 422;
    /// Too many requests; `Retry-After` says when to come back.
    RateLimited => "rate_limited", 429;
    /// The request took longer than the collector waits.
    Timeout => "timeout", 408;
    /// The collector failed; the request may be repeated.
    Internal => "internal", 500;
    /// The collector is starting, stopping or out of room; `Retry-After` says when to come back.
    Unavailable => "unavailable", 503;
}

impl ErrorCode {
    /// Whether sending the very same request again may succeed.
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::TruncatedBody | Self::RateLimited | Self::Timeout | Self::Internal | Self::Unavailable)
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_carry_an_error_status() {
        let mut seen = std::collections::HashSet::new();
        for code in ErrorCode::ALL {
            assert!(seen.insert(code.as_str()), "{code} twice");
            assert!((400..600).contains(&code.http_status()));
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
