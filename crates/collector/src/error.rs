//! One place that turns what went wrong into an answer: code, status, `Retry-After`. What lies behind a 5xx goes to
//! the log with the request's id and never leaves the collector.

use std::{error::Error, sync::Arc, time::Duration};

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use report::{ErrorBody, ErrorCode};
use store::{BlobError, StoreError};

use crate::auth::PasswordError;

/// A refusal or failure on its way to the client.
#[derive(Debug, Clone)]
pub struct ApiError {
    code: ErrorCode,
    detail: Option<String>,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl ApiError {
    /// An error with nothing to add to its code.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, detail: None, retry_after: None, source: None }
    }

    /// An error that says what exactly was refused. Details never carry what a person wrote.
    pub fn with_detail(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::new(code) }
    }

    /// A failure of ours: the client sees `internal`, the log sees `source`.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(Arc::from(source.into())), ..Self::new(ErrorCode::Internal) }
    }

    /// Out of room or stopping: the client comes back after `retry_after`.
    pub fn unavailable(retry_after: Duration, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            retry_after: Some(retry_after),
            source: Some(Arc::from(source.into())),
            ..Self::new(ErrorCode::Unavailable)
        }
    }

    /// Too many requests: the client comes back after `retry_after`.
    pub fn rate_limited(retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(ErrorCode::RateLimited) }
    }

    /// Its code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What was refused, as the client reads it.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The whole chain of causes, for the log.
    pub fn causes(&self) -> Option<String> {
        let mut error: &dyn Error = self.source.as_deref()?;
        let mut text = error.to_string();
        while let Some(cause) = error.source() {
            text = format!("{text}: {cause}");
            error = cause;
        }
        Some(text)
    }
}

/// How long a client waits before it tries a busy or full collector again.
const COME_BACK: Duration = Duration::from_secs(5);
/// A full disk is not emptied in seconds.
const COME_BACK_WHEN_FULL: Duration = Duration::from_secs(60);

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::new(ErrorCode::NotFound),
            StoreError::Conflict(conflict) => Self::with_detail(ErrorCode::Conflict, conflict.to_string()),
            StoreError::OutOfRoom => Self::unavailable(COME_BACK_WHEN_FULL, error),
            StoreError::Unavailable(_) | StoreError::Unknown(_) | StoreError::Closed => {
                Self::unavailable(COME_BACK, error)
            }
            other => Self::internal(other),
        }
    }
}

impl From<BlobError> for ApiError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::TooLarge { max_bytes } => {
                Self::with_detail(ErrorCode::BodyTooLarge, format!("more than {max_bytes} bytes"))
            }
            BlobError::NotFound => Self::new(ErrorCode::NotFound),
            BlobError::OutOfRoom => Self::unavailable(COME_BACK_WHEN_FULL, error),
            other => Self::internal(other),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Stopping => Self::unavailable(COME_BACK, error),
            other => Self::internal(other),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let detail = if status.is_server_error() { None } else { self.detail.clone() };
        let mut response = (status, Json(ErrorBody { code: self.code, detail })).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.retry_after {
            // Rounded up: who comes back a moment early is refused again.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        // The request log reads it from here: one event per request, written once.
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failure_of_ours_tells_the_client_nothing_but_its_code() {
        let error =
            ApiError { detail: Some("SELECT …".into()), ..ApiError::internal("database /srv/secret.db is locked") };
        let response = error.into_response();
        assert_eq!(response.status(), 500);
        assert!(response.extensions().get::<ApiError>().is_some_and(|e| e.causes().is_some()));
        let body = axum::body::to_bytes(response.into_body(), 1024).await.unwrap();
        assert_eq!(&body[..], br#"{"code":"internal"}"#);
    }

    #[test]
    fn retry_after_is_rounded_up_to_whole_seconds() {
        for (wait_ms, seconds) in [(0, "1"), (1, "1"), (1_000, "1"), (1_001, "2")] {
            let response = ApiError::rate_limited(Duration::from_millis(wait_ms)).into_response();
            assert_eq!(response.headers()[header::RETRY_AFTER], seconds);
        }
    }
}
