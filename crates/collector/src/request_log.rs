//! One event per request, with its id; nothing about persons: no address, no query, no values of the path.

use std::{
    net::{IpAddr, SocketAddr},
    time::Instant,
};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use uuid::Uuid;

use crate::{app::AppState, error::ApiError};

/// Carries the id of a request, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The address a request came from, proxies that are trusted set aside.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// Gives the request its id, writes its one event and counts refusals.
pub async fn log(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-".to_owned(), |path| path.as_str().to_owned());
    let address = client_address(&request, &app.config.server.trusted_proxies);
    request.extensions_mut().insert(ClientAddress(address));

    let mut response = next.run(request).await;

    let status = response.status().as_u16();
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match response.extensions().get::<ApiError>() {
        Some(error) => {
            app.metrics.refused(error.code());
            let (code, detail) = (error.code().as_str(), error.detail());
            if status >= 500 {
                let causes = error.causes();
                tracing::error!(request_id = %id, %method, %route, status, code, detail, causes, took_ms, "request failed");
            } else {
                tracing::debug!(request_id = %id, %method, %route, status, code, detail, took_ms, "request refused");
            }
        }
        None => tracing::info!(request_id = %id, %method, %route, status, took_ms, "request answered"),
    }
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The caller's own id when it is harmless in a log, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let harmless = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(harmless);
    given.map_or_else(|| Uuid::new_v4().simple().to_string(), str::to_owned)
}

fn client_address(request: &Request, trusted: &[IpAddr]) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let mut address = peer.unwrap_or(IpAddr::from([0, 0, 0, 0])).to_canonical();
    // From the nearest proxy outwards, as long as the one who says so is trusted.
    let forwarded = request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut hops: Vec<&str> = forwarded.flat_map(|line| line.split(',')).map(str::trim).collect();
    while trusted.contains(&address) {
        match hops.pop().and_then(|hop| hop.parse::<IpAddr>().ok()) {
            Some(hop) => address = hop.to_canonical(),
            None => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: [u8; 4], forwarded: &str, trusted: &[IpAddr]) -> String {
        let mut request = Request::new(axum::body::Body::empty());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 1))));
        request.headers_mut().insert("x-forwarded-for", forwarded.parse().unwrap());
        client_address(&request, trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxy = IpAddr::from([10, 0, 0, 1]);
        assert_eq!(from([10, 0, 0, 1], "6.6.6.6, 203.0.113.9", &[proxy]), "203.0.113.9");
        assert_eq!(from([198, 51, 100, 2], "203.0.113.9", &[proxy]), "198.51.100.2");
        assert_eq!(from([10, 0, 0, 1], "nonsense", &[proxy]), "10.0.0.1");
    }

    #[test]
    fn an_id_that_could_forge_a_log_line_is_replaced() {
        let of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_static(value));
            request_id(&headers)
        };
        assert_eq!(of("abc-123_X"), "abc-123_X");
        assert_ne!(of("a b=c"), "a b=c");
        assert_ne!(of(""), "");
    }
}
