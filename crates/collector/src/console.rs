//! The console's pages, out of the binary itself.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use report::ErrorCode;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::error::ApiError;

#[derive(RustEmbed)]
#[folder = "../../ui/console/dist"]
struct Pages;

/// Only what comes from here may run, and nowhere may show the console in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
    connect-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
const START: &str = "index.html";
const NOT_BUILT: &str = "The console is not part of this build. Build it with `npm run build` in ui/console, then build the collector again.\n";

/// Answers everything no route was made for: a page, or the API's own 404.
pub async fn fallback(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return ApiError::new(ErrorCode::NotFound).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::new(ErrorCode::MethodNotAllowed).into_response();
    }
    let name = path.trim_start_matches('/');
    if let Some(file) = Pages::get(name).filter(|_| name != START) {
        return page(name, &file, request.headers());
    }
    // A file that is missing is missing; everything else is an address inside the console.
    if name.rsplit('/').next().is_some_and(|last| last.contains('.')) && name != START {
        return ApiError::new(ErrorCode::NotFound).into_response();
    }
    match Pages::get(START) {
        Some(file) => page(START, &file, request.headers()),
        None => (StatusCode::NOT_FOUND, secured(HeaderMap::new()), NOT_BUILT).into_response(),
    }
}

fn page(name: &str, file: &EmbeddedFile, asked: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let mut headers = secured(HeaderMap::new());
    // Vite puts a hash of the content into the names of files in `assets`.
    let hashed = name.starts_with("assets/");
    let caching = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    let fresh = asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    if let Ok(etag) = HeaderValue::try_from(etag) {
        headers.insert(header::ETAG, etag);
    }
    if fresh {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    if let Ok(kind) = HeaderValue::try_from(with_charset(file.metadata.mimetype())) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    (headers, file.data.to_vec()).into_response()
}

fn with_charset(kind: &str) -> String {
    if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}

fn secured(mut headers: HeaderMap) -> HeaderMap {
    let fixed: [(HeaderName, &'static str); 4] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}
