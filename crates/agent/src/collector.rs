//! The collector as the agent speaks to it (`docs/api.md`): one function per endpoint, one kind of failure.

use std::sync::Once;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use report::{DeviceCredentials, EnrolmentRequest, ErrorBody, ErrorCode, EventPage, FollowUp, MediaType, Receipt};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use uuid::Uuid;

use crate::identity::Identity;

/// HTTP's date, RFC 9110 section 5.6.7.
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";
/// Longest answer that is read.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Silence after which a connection is given up; a slow upload that moves is not silent.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// For everything but pictures.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// A picture at 64 kbit/s.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(45 * 60);

/// Why a request had no success.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// Nothing left this machine.
    #[error("the collector cannot be reached: {0}")]
    Unreachable(String),
    /// Its certificate is not trusted by this machine.
    #[error("the collector is not trusted: {0}")]
    NotTrusted(String),
    /// The connection broke; the request may have arrived.
    #[error("the connection broke: {0}")]
    Lost(String),
    /// Somebody answered who is no collector: a captive portal, a proxy, a balancer without anybody behind it.
    #[error("the answer ({status}) is not the collector's")]
    NotTheCollector { status: u16, retry_after: Option<Duration> },
    /// The collector refused.
    #[error("the collector answered {code}")]
    Refused {
        code: ErrorCode,
        retry_after: Option<Duration>,
        /// The collector's clock.
        date: Option<DateTime<Utc>>,
    },
}

/// A success, with the collector's clock.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    pub body: T,
    pub date: Option<DateTime<Utc>>,
}

/// A way to one collector.
#[derive(Debug, Clone)]
pub(crate) struct Collector {
    http: reqwest::Client,
    base: Url,
}

impl Collector {
    /// Prepares the way to `url`: system proxy, trust store of the operating system, no redirects.
    pub(crate) fn new(url: &str) -> Result<Self, Failure> {
        let unreachable = |error: &dyn std::fmt::Display| Failure::Unreachable(error.to_string());
        install_crypto();
        let mut base = Url::parse(url).map_err(|error| unreachable(&error))?;
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        let http = reqwest::Client::builder()
            .user_agent(concat!("redbutton/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            // A redirect would carry the credentials to a place nobody configured.
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(2)
            .build()
            .map_err(|error| unreachable(&error))?;
        Ok(Self { http, base })
    }

    /// `POST /api/v1/enrolments`.
    pub(crate) async fn enrol(
        &self,
        request: &EnrolmentRequest,
        now: DateTime<Utc>,
    ) -> Result<DeviceCredentials, Failure> {
        let body = serde_json::to_vec(request).map_err(|error| Failure::Unreachable(error.to_string()))?;
        let request = self.request(Method::POST, "enrolments", None, now)?.header(CONTENT_TYPE, JSON).body(body);
        Ok(json(request.timeout(REQUEST_TIMEOUT)).await?.body)
    }

    /// `POST /api/v1/reports`.
    pub(crate) async fn send_report(
        &self,
        who: &Identity,
        body: Bytes,
        now: DateTime<Utc>,
    ) -> Result<Answer<Receipt>, Failure> {
        let request = self.request(Method::POST, "reports", Some(who), now)?;
        json(request.header(CONTENT_TYPE, JSON).body(body).timeout(REQUEST_TIMEOUT)).await
    }

    /// `PUT /api/v1/reports/{id}/attachments/{n}`.
    pub(crate) async fn send_picture(
        &self,
        who: &Identity,
        (report, n): (Uuid, u8),
        media_type: MediaType,
        bytes: Bytes,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let request = self.request(Method::PUT, &format!("reports/{report}/attachments/{n}"), Some(who), now)?;
        let request = request.header(CONTENT_TYPE, media_type.as_str()).body(bytes).timeout(UPLOAD_TIMEOUT);
        answered(request).await.map(|_| ())
    }

    /// `POST /api/v1/reports/{id}/follow-ups`.
    pub(crate) async fn send_follow_up(
        &self,
        who: &Identity,
        report: Uuid,
        follow_up: &FollowUp,
        now: DateTime<Utc>,
    ) -> Result<Answer<Receipt>, Failure> {
        let body = serde_json::to_vec(follow_up).map_err(|error| Failure::Lost(error.to_string()))?;
        let request = self.request(Method::POST, &format!("reports/{report}/follow-ups"), Some(who), now)?;
        json(request.header(CONTENT_TYPE, JSON).body(body).timeout(REQUEST_TIMEOUT)).await
    }

    /// `GET /api/v1/reports/{id}/receipt`.
    pub(crate) async fn receipt(
        &self,
        who: &Identity,
        report: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Answer<Receipt>, Failure> {
        let request = self.request(Method::GET, &format!("reports/{report}/receipt"), Some(who), now)?;
        json(request.timeout(REQUEST_TIMEOUT)).await
    }

    /// `GET /api/v1/events?after={seq}`.
    pub(crate) async fn events(
        &self,
        who: &Identity,
        after: i64,
        now: DateTime<Utc>,
    ) -> Result<Answer<EventPage>, Failure> {
        let request = self.request(Method::GET, &format!("events?after={after}"), Some(who), now)?;
        json(request.timeout(REQUEST_TIMEOUT)).await
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        who: Option<&Identity>,
        now: DateTime<Utc>,
    ) -> Result<reqwest::RequestBuilder, Failure> {
        let url = self.base.join(&format!("api/v1/{path}")).map_err(|error| Failure::Unreachable(error.to_string()))?;
        let mut request = self.http.request(method, url).header(DATE, now.format(HTTP_DATE).to_string());
        if let Some(who) = who {
            let mut value = HeaderValue::from_str(&who.authorization())
                .map_err(|_| Failure::Unreachable("the credentials do not fit a header".to_owned()))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        Ok(request)
    }
}

const JSON: &str = "application/json";

/// Rustls asks for one provider of cryptography in a process; whoever came first is as good.
fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

async fn json<T: serde::de::DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<Answer<T>, Failure> {
    let (status, headers, body) = answered(request).await?;
    let body = serde_json::from_slice(&body)
        .map_err(|_| Failure::NotTheCollector { status: status.as_u16(), retry_after: retry_after(&headers) })?;
    Ok(Answer { body, date: date(&headers) })
}

async fn answered(request: reqwest::RequestBuilder) -> Result<(StatusCode, HeaderMap, Bytes), Failure> {
    let mut response = request.send().await.map_err(broken)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(Failure::NotTheCollector { status: status.as_u16(), retry_after: None });
        }
        body.extend_from_slice(&chunk);
    }
    if status.is_success() {
        return Ok((status, headers, body.into()));
    }
    let retry_after = retry_after(&headers);
    match serde_json::from_slice::<ErrorBody>(&body) {
        Ok(ErrorBody { code, .. }) => Err(Failure::Refused { code, retry_after, date: date(&headers) }),
        Err(_) => Err(Failure::NotTheCollector { status: status.as_u16(), retry_after }),
    }
}

/// Sorts an error of the connection by what a person would do about it.
fn broken(error: reqwest::Error) -> Failure {
    use std::error::Error;
    let mut text = error.to_string();
    let mut cause = error.source();
    let mut not_trusted = false;
    while let Some(inner) = cause {
        text = inner.to_string();
        not_trusted |= matches!(inner.downcast_ref::<rustls::Error>(), Some(rustls::Error::InvalidCertificate(_)));
        // The TLS error hides inside an io::Error, which does not show it as its source.
        if let Some(io) = inner.downcast_ref::<std::io::Error>()
            && let Some(hidden) = io.get_ref()
        {
            not_trusted |= matches!(hidden.downcast_ref::<rustls::Error>(), Some(rustls::Error::InvalidCertificate(_)));
        }
        cause = inner.source();
    }
    match (not_trusted, error.is_connect()) {
        (true, _) => Failure::NotTrusted(text),
        (false, true) => Failure::Unreachable(text),
        (false, false) => Failure::Lost(text),
    }
}

fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    http_date(headers.get(DATE)?.to_str().ok()?)
}

fn http_date(text: &str) -> Option<DateTime<Utc>> {
    Some(chrono::NaiveDateTime::parse_from_str(text, HTTP_DATE).ok()?.and_utc())
}

/// Seconds or a date, RFC 9110 section 10.2.3; a date is measured by the same answer's clock, not by ours.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    Some((http_date(text)? - date(headers)?).to_std().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let mut headers = HeaderMap::new();
        assert_eq!(retry_after(&headers), None);
        headers.insert(RETRY_AFTER, HeaderValue::from_static("120"));
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(120)));
        headers.insert(RETRY_AFTER, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"));
        headers.insert(DATE, HeaderValue::from_static("Sun, 06 Nov 1994 08:48:37 GMT"));
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(60)));
        headers.insert(RETRY_AFTER, HeaderValue::from_static("soon"));
        assert_eq!(retry_after(&headers), None);
    }

    #[test]
    fn a_collector_may_live_below_a_path() {
        let at = |url: &str| {
            let collector = Collector::new(url).unwrap();
            collector
                .request(Method::GET, "events?after=3", None, Utc::now())
                .unwrap()
                .build()
                .unwrap()
                .url()
                .to_string()
        };
        assert_eq!(at("https://desk.example"), "https://desk.example/api/v1/events?after=3");
        assert_eq!(at("https://example/it/desk"), "https://example/it/desk/api/v1/events?after=3");
    }
}
