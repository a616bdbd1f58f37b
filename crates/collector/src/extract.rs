//! What handlers take from a request, with our refusals instead of the framework's.

use axum::{
    extract::{
        FromRequest, FromRequestParts, Request,
        rejection::{PathRejection, QueryRejection},
    },
    http::request::Parts,
};
use report::{ErrorCode, LocalText};
use serde::de::DeserializeOwned;

use crate::{
    auth::{CallingDevice, CallingMonitoring, CallingStaff},
    body::{self, BodyLimit},
    error::ApiError,
    json, limits,
};

/// A JSON body that is not a report.
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        body::require_json(&parts.headers)?;
        let limit = parts.extensions.get::<BodyLimit>().copied().unwrap_or(BodyLimit(limits::JSON_BYTES));
        let bytes = body::read(&parts.headers, body, limit).await?;
        json::parse(json::check_text(&bytes)?, ErrorCode::InvalidRequest).map(Self)
    }
}

/// A JSON body that may be left out.
pub struct OptionalJsonBody<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let limit = parts.extensions.get::<BodyLimit>().copied().unwrap_or(BodyLimit(limits::JSON_BYTES));
        let bytes = body::read(&parts.headers, body, limit).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        body::require_json(&parts.headers)?;
        json::parse(json::check_text(&bytes)?, ErrorCode::InvalidRequest).map(Self)
    }
}

/// Values in the path. One that does not read is no such thing.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub struct Path<T>(pub T);

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::new(ErrorCode::NotFound)
    }
}

/// Values after the question mark.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub struct Query<T>(pub T);

impl From<QueryRejection> for ApiError {
    fn from(_: QueryRejection) -> Self {
        // The rejection's own words repeat the value.
        Self::with_detail(ErrorCode::InvalidRequest, "the query does not read")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CallingDevice {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let missing = || ApiError::internal("a handler wants a device, but its row in the routing table does not");
        parts.extensions.get().cloned().ok_or_else(missing)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CallingMonitoring {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let missing = || ApiError::internal("a handler wants monitoring, but its row in the routing table does not");
        parts.extensions.get().copied().ok_or_else(missing)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CallingStaff {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let missing = || ApiError::internal("a handler wants staff, but its row in the routing table does not");
        parts.extensions.get().cloned().ok_or_else(missing)
    }
}

/// Refuses a text of a request that is empty or too long, by the name of its field.
pub fn require_text(field: &str, text: &str, max_chars: usize) -> Result<(), ApiError> {
    let problem = if text.trim().is_empty() {
        "is empty".to_owned()
    } else if text.chars().count() > max_chars {
        format!("has more than {max_chars} characters")
    } else if text.contains('\0') {
        "has a NUL character".to_owned()
    } else {
        return Ok(());
    };
    Err(ApiError::with_detail(ErrorCode::InvalidRequest, format!("{field}: {problem}")))
}

/// Refuses a title that is missing in a language or too long.
pub fn require_title(title: &LocalText) -> Result<(), ApiError> {
    require_text("title.en", &title.en, limits::NAME_CHARS)?;
    require_text("title.ru", &title.ru, limits::NAME_CHARS)
}

/// Refuses keywords of a notice that are too many, empty or too long.
pub fn require_keywords(keywords: &[String]) -> Result<(), ApiError> {
    if keywords.len() > limits::NOTICE_KEYWORDS {
        let detail = format!("keywords: more than {}", limits::NOTICE_KEYWORDS);
        return Err(ApiError::with_detail(ErrorCode::InvalidRequest, detail));
    }
    keywords.iter().try_for_each(|keyword| require_text("keywords", keyword, limits::NAME_CHARS))
}
