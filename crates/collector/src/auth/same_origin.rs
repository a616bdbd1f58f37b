use axum::http::{HeaderMap, header};
use report::ErrorCode;

use crate::{config::ServerSection, error::ApiError};

/// Refuses a request that changes something unless the console's own pages sent it: a browser says so in
/// `Sec-Fetch-Site` (W3C Fetch Metadata), older ones by an `Origin` that is this host.
pub fn check(headers: &HeaderMap, server: &ServerSection) -> Result<(), ApiError> {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let own = match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => is_own(origin, text(header::HOST.as_str()), server),
        (None, None) => false,
    };
    if own { Ok(()) } else { Err(ApiError::with_detail(ErrorCode::Forbidden, "not sent by the console's own pages")) }
}

fn is_own(origin: &str, host: Option<&str>, server: &ServerSection) -> bool {
    if let Some(public) = server.public_origin() {
        return origin.eq_ignore_ascii_case(&public);
    }
    let of_origin = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    of_origin.is_some_and(|of_origin| host.is_some_and(|host| of_origin.eq_ignore_ascii_case(host)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(pairs: &[(&'static str, &str)], public_url: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        let server = ServerSection { public_url: public_url.map(str::to_owned), ..ServerSection::default() };
        check(&headers, &server).is_ok()
    }

    #[test]
    fn only_the_own_pages_pass() {
        assert!(passes(&[("sec-fetch-site", "same-origin")], None));
        assert!(!passes(&[("sec-fetch-site", "same-site")], None));
        assert!(!passes(&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], None));
        assert!(passes(&[("origin", "http://a:8700"), ("host", "a:8700")], None));
        assert!(!passes(&[("origin", "http://evil"), ("host", "a:8700")], None));
        assert!(!passes(&[("origin", "null"), ("host", "a:8700")], None));
        assert!(!passes(&[("host", "a:8700")], None));
    }

    #[test]
    fn behind_a_proxy_the_public_address_counts() {
        let public = Some("https://help.example.org");
        assert!(passes(&[("origin", "https://help.example.org"), ("host", "10.0.0.2:8700")], public));
        assert!(!passes(&[("origin", "http://help.example.org"), ("host", "help.example.org")], public));
    }
}
