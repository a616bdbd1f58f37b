//! Reading a request's body, counted while it comes, and the announced type of what comes.

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use report::ErrorCode;

use crate::{error::ApiError, limits};

/// How large a request's body may be; put there by the routing table.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(pub u64);

/// The announced length, if there is one.
pub fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Refuses a body that is not announced as JSON (parameters such as `charset` may follow).
pub fn require_json(headers: &HeaderMap) -> Result<(), ApiError> {
    match media_type(headers) {
        Some(name) if name.eq_ignore_ascii_case("application/json") => Ok(()),
        _ => Err(ApiError::with_detail(ErrorCode::UnsupportedMediaType, "send application/json")),
    }
}

/// The media type without its parameters (RFC 9110, 8.3.1).
pub fn media_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()?.split(';').next().map(str::trim)
}

/// Reads a whole body of at most `limit` bytes, whether or not its length was announced.
pub async fn read(headers: &HeaderMap, mut body: Body, limit: BodyLimit) -> Result<Bytes, ApiError> {
    let announced = announced_length(headers);
    if announced.is_some_and(|length| length > limit.0) {
        drain(body).await;
        return Err(too_large(limit));
    }
    let capacity = announced.unwrap_or(0).min(limit.0);
    let mut bytes = BytesMut::with_capacity(usize::try_from(capacity).unwrap_or(0));
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| broken_off(&error))?.into_data() else { continue };
        if bytes.len() as u64 + data.len() as u64 > limit.0 {
            drain(body).await;
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.freeze())
}

/// The refusal of a body over its limit.
pub fn too_large(limit: BodyLimit) -> ApiError {
    ApiError::with_detail(ErrorCode::BodyTooLarge, format!("more than {} bytes", limit.0))
}

/// The refusal of a body whose connection ended before it did.
pub fn broken_off(error: &axum::Error) -> ApiError {
    ApiError::with_detail(ErrorCode::TruncatedBody, format!("the body broke off: {error}"))
}

/// Reads on a little and throws it away: closing while the client still writes would reset the connection, and the
/// client would never read why it was refused.
pub async fn drain(mut body: Body) {
    let mut drained = 0;
    while drained < limits::DRAIN_BYTES {
        match body.frame().await {
            Some(Ok(frame)) => drained += frame.data_ref().map_or(0, |data| data.len() as u64),
            Some(Err(_)) | None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_unannounced(bytes: usize, limit: u64) -> Result<usize, ErrorCode> {
        let chunks = vec![vec![0_u8; 1]; bytes].into_iter().map(Ok::<_, std::io::Error>);
        let body = Body::from_stream(futures_util::stream::iter(chunks));
        read(&HeaderMap::new(), body, BodyLimit(limit)).await.map(|b| b.len()).map_err(|e| e.code())
    }

    #[tokio::test]
    async fn exactly_the_limit_passes_and_one_more_byte_does_not() {
        assert_eq!(read_unannounced(100, 100).await, Ok(100));
        assert_eq!(read_unannounced(101, 100).await, Err(ErrorCode::BodyTooLarge));
    }

    #[test]
    fn parameters_of_a_media_type_do_not_matter() {
        let headers = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
            headers
        };
        assert!(require_json(&headers("application/json; charset=utf-8")).is_ok());
        assert!(require_json(&headers("Application/JSON")).is_ok());
        assert!(require_json(&headers("application/jsonp")).is_err());
        assert!(require_json(&HeaderMap::new()).is_err());
    }
}
