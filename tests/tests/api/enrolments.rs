//! `POST /api/v1/enrolments`

use chrono::TimeDelta;
use report::ErrorCode;
use reqwest::Response;
use serde_json::json;
use tests::{
    collector::{TestCollector, code},
    on_both_databases, reports,
};

on_both_databases!(
    a_token_makes_as_many_devices_as_it_says,
    an_unknown_expired_or_revoked_token_makes_none,
    a_device_without_a_name_is_refused,
);

async fn enrol(collector: &TestCollector, token: &str) -> Response {
    let body = json!({ "token": token, "device": { "hostname": "pc", "os": "windows", "agent_version": "1" } });
    collector.http.post(format!("{}/api/v1/enrolments", collector.url)).json(&body).send().await.unwrap()
}

async fn a_token_makes_as_many_devices_as_it_says(collector: TestCollector) {
    let token = collector.token(Some(2), None).await;
    for _ in 0..2 {
        let answer = enrol(&collector, &token).await;
        assert_eq!(answer.status(), 201);
        let made: report::DeviceCredentials = answer.json().await.unwrap();
        assert_eq!((made.secret.len(), made.organisation.as_str()), (43, "Default"));
        let stored = collector.store.device_by_id(made.device_id).await.unwrap().unwrap();
        assert!(!made.secret.as_bytes().windows(4).any(|w| stored.secret_hash.windows(4).any(|h| h == w)));
    }
    assert_eq!(code(enrol(&collector, &token).await).await, ErrorCode::InvalidEnrolmentToken);
    assert_eq!(collector.scope().list_devices(None, 10).await.unwrap().len(), 2);
}

async fn an_unknown_expired_or_revoked_token_makes_none(collector: TestCollector) {
    let expiring = collector.token(None, Some(collector.now() + TimeDelta::hours(1))).await;
    let revoked = collector.token(None, None).await;
    for token in collector.scope().list_enrolment_tokens().await.unwrap() {
        if token.expires_at.is_none() {
            collector.scope().revoke_enrolment_token(token.id, collector.now()).await.unwrap();
        }
    }
    collector.advance(TimeDelta::hours(2));
    for token in [expiring, revoked, "A".repeat(43), "nonsense".to_owned(), String::new()] {
        assert_eq!(code(enrol(&collector, &token).await).await, ErrorCode::InvalidEnrolmentToken, "{token}");
    }
    assert!(collector.scope().list_devices(None, 10).await.unwrap().is_empty());
}

async fn a_device_without_a_name_is_refused(collector: TestCollector) {
    let token = collector.token(None, None).await;
    let body = json!({ "token": token, "device": { "hostname": " ", "os": "linux", "agent_version": "1" } });
    let answer = collector.http.post(format!("{}/api/v1/enrolments", collector.url)).json(&body).send().await.unwrap();
    assert_eq!(code(answer).await, ErrorCode::InvalidRequest);
    assert_eq!(collector.enrol().await.send(&reports::sample()).await.status(), 201);
}
