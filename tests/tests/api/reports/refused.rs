//! `POST /api/v1/reports`: what is refused, each with its code, and nothing kept of it.

use chrono::{TimeDelta, Utc};
use report::{ErrorCode, MAX_REPORT_BYTES, Report};
use reqwest::{Method, header};
use serde_json::Value;
use tests::{
    collector::{Kept, TestCollector, TestDevice, code},
    on_both_databases, reports,
};
use uuid::Uuid;

use crate::raw;

on_both_databases!(
    what_is_not_a_report_is_refused_with_its_code,
    a_body_over_the_limit_is_refused_announced_or_not,
    another_content_type_is_refused,
    a_body_that_breaks_off_is_refused,
    an_id_with_other_content_is_refused,
    an_unknown_and_a_revoked_device_are_refused,
    a_clock_a_year_off_is_refused_and_told_the_time,
);

fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value = serde_json::to_value(reports::sample()).unwrap();
    change(&mut value);
    serde_json::to_vec(&value).unwrap()
}

async fn refuses(collector: &TestCollector, device: &TestDevice<'_>, what: &str, body: Vec<u8>, expected: ErrorCode) {
    let before = collector.kept().await;
    assert_eq!(code(device.send_body(body).await).await, expected, "{what}");
    assert_eq!(collector.kept().await, before, "{what}");
}

async fn what_is_not_a_report_is_refused_with_its_code(collector: TestCollector) {
    use ErrorCode::{InvalidReport, MalformedJson, UnsupportedSchema};
    let device = collector.enrol().await;
    let sound = changed(|_| {});
    let mut not_utf8 = sound.clone();
    let place = not_utf8.windows(7).position(|w| w == b"desk-17").unwrap();
    not_utf8[place] = 0xff;
    let nested = format!("{{\"schema\":1,\"facts\":{}{}}}", "[".repeat(40), "]".repeat(40)).into_bytes();
    let nested_for_ever = "[".repeat(200_000).into_bytes();
    let cases: Vec<(&str, Vec<u8>, ErrorCode)> = vec![
        ("nothing", vec![], MalformedJson),
        ("not JSON", b"hello".to_vec(), MalformedJson),
        ("half of it", sound[..sound.len() / 2].to_vec(), MalformedJson),
        ("two of it", [sound.clone(), sound.clone()].concat(), MalformedJson),
        ("invalid UTF-8", not_utf8, MalformedJson),
        ("nested too deeply", nested, MalformedJson),
        ("nested for ever", nested_for_ever, MalformedJson),
        ("another version", changed(|v| v["schema"] = 2.into()), UnsupportedSchema),
        ("version as text", changed(|v| v["schema"] = "1".into()), InvalidReport),
        ("another version of other shape", br#"{"schema":9,"new":{}}"#.to_vec(), UnsupportedSchema),
        ("a list", b"[1]".to_vec(), InvalidReport),
        ("unknown field", changed(|v| v["clipboard"] = "secret".into()), InvalidReport),
        ("missing field", changed(|v| v.as_object_mut().unwrap().remove("hostname").map_or((), drop)), InvalidReport),
        ("UUIDv4", changed(|v| v["id"] = Uuid::new_v4().to_string().into()), InvalidReport),
        ("endless sentence", changed(|v| v["text"] = "x".repeat(4_001).into()), InvalidReport),
        ("NUL", changed(|v| v["text"] = "a\0b".into()), InvalidReport),
    ];
    for (what, body, expected) in cases {
        refuses(&collector, &device, what, body, expected).await;
    }
    assert_eq!(device.send_body(sound).await.status(), 201, "the collector still works");
}

async fn a_body_over_the_limit_is_refused_announced_or_not(collector: TestCollector) {
    let device = collector.enrol().await;
    let before = collector.kept().await;
    let mut body = serde_json::to_vec(&reports::sample()).unwrap();
    body.resize(MAX_REPORT_BYTES + 1, b' ');
    assert_eq!(code(device.send_body(body.clone()).await).await, ErrorCode::BodyTooLarge);
    let chunks = body.chunks(10_000).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect::<Vec<_>>();
    let unannounced = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
    assert_eq!(code(device.send_body(unannounced).await).await, ErrorCode::BodyTooLarge);
    assert_eq!(code(device.send_body(vec![b' '; 900_000]).await).await, ErrorCode::BodyTooLarge);
    assert_eq!(collector.kept().await, before);
}

async fn another_content_type_is_refused(collector: TestCollector) {
    let device = collector.enrol().await;
    let before = collector.kept().await;
    let body = serde_json::to_vec(&reports::sample()).unwrap();
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("multipart/form-data")] {
        let request = device.request(Method::POST, "/api/v1/reports").body(body.clone());
        let request = kind.map_or(request.try_clone().unwrap(), |kind| request.header(header::CONTENT_TYPE, kind));
        assert_eq!(code(request.send().await.unwrap()).await, ErrorCode::UnsupportedMediaType, "{kind:?}");
    }
    assert_eq!(collector.kept().await, before);
}

async fn a_body_that_breaks_off_is_refused(collector: TestCollector) {
    let device = collector.enrol().await;
    let before = collector.kept().await;
    let body = serde_json::to_vec(&reports::sample()).unwrap();
    let head = format!(
        "POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}.{}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        device.credentials.device_id,
        device.credentials.secret,
        body.len()
    );
    let (status, text) = raw::send(&collector.url, &head, &body[..body.len() - 1]).await;
    assert_eq!(status, 400);
    assert!(text.contains("truncated_body"), "{text}");
    assert_eq!(collector.kept().await, before);
}

async fn an_id_with_other_content_is_refused(collector: TestCollector) {
    let device = collector.enrol().await;
    let report = reports::sample();
    let receipt = device.report(&report).await;
    let before: Kept = collector.kept().await;
    let other = Report { text: Some("другое".into()), ..report.clone() };
    assert_eq!(code(device.send(&other).await).await, ErrorCode::IdReused);
    let another_device = collector.enrol().await;
    assert_eq!(code(another_device.send(&report).await).await, ErrorCode::IdReused);
    assert_eq!(collector.kept().await, before);
    let stored = collector.scope().find_report(report.id).await.unwrap().unwrap();
    assert_eq!((stored.report, stored.ticket_number), (report, receipt.ticket.number));
}

async fn an_unknown_and_a_revoked_device_are_refused(collector: TestCollector) {
    let device = collector.enrol().await;
    let before = collector.kept().await;
    let body = serde_json::to_vec(&reports::sample()).unwrap();
    let unknown = collector.http.post(format!("{}/api/v1/reports", collector.url));
    let unknown = unknown.bearer_auth(format!("{}.{}", Uuid::now_v7(), device.credentials.secret));
    let unknown = unknown.header(header::CONTENT_TYPE, "application/json").body(body);
    assert_eq!(code(unknown.send().await.unwrap()).await, ErrorCode::UnknownDevice);
    collector.scope().revoke_device(device.credentials.device_id, collector.now()).await.unwrap();
    assert_eq!(code(device.send(&reports::sample()).await).await, ErrorCode::DeviceRevoked);
    assert_eq!(collector.kept().await, before);
}

async fn a_clock_a_year_off_is_refused_and_told_the_time(collector: TestCollector) {
    let device = collector.enrol().await;
    let before = collector.kept().await;
    for days in [365, -365] {
        let answer = device.send(&reports::pressed_at(Utc::now() + TimeDelta::days(days))).await;
        assert!(answer.headers().contains_key(header::DATE));
        assert_eq!(code(answer).await, ErrorCode::ClockSkew, "{days} days");
    }
    let request = device.request(Method::POST, "/api/v1/reports").json(&reports::sample());
    let ahead = (Utc::now() + TimeDelta::days(365)).format("%a, %d %b %Y %T GMT").to_string();
    let answer = request.header(header::DATE, ahead).send().await.unwrap();
    assert_eq!(code(answer).await, ErrorCode::ClockSkew);
    assert_eq!(collector.kept().await, before);
    let waited = reports::pressed_at(Utc::now() - TimeDelta::days(80));
    assert_eq!(device.send(&waited).await.status(), 201, "a report may wait in an outbox");
}
