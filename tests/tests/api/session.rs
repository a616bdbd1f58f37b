//! `/api/v1/session`

use report::ErrorCode;
use reqwest::{Method, header};
use serde_json::Value;
use store::Role;
use tests::{
    collector::{PASSWORD, TestCollector, code},
    on_both_databases,
};

on_both_databases!(
    staff_sign_in_and_out,
    a_wrong_password_an_unknown_login_and_a_disabled_person_look_alike,
    guessing_is_stopped_and_others_are_not,
);

async fn staff_sign_in_and_out(collector: TestCollector) {
    collector.add_staff("boris", Role::Lead).await;
    let answer = collector.try_sign_in("Boris", PASSWORD).await;
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let who: Value = answer.json().await.unwrap();
    assert_eq!(
        (&who["login"], &who["role"], &who["organisation"]),
        (&"boris".into(), &"lead".into(), &"Default".into())
    );

    let staff = collector.sign_in().await;
    let who: Value = staff.get("/api/v1/session").await;
    assert_eq!(who["name"], "anna (staff)");
    assert_eq!(staff.request(Method::DELETE, "/api/v1/session").send().await.unwrap().status(), 204);
    let after = staff.request(Method::GET, "/api/v1/session").send().await.unwrap();
    assert_eq!(code(after).await, ErrorCode::Unauthenticated);
}

async fn a_wrong_password_an_unknown_login_and_a_disabled_person_look_alike(collector: TestCollector) {
    collector.add_staff("anna", Role::FirstLine).await;
    let gone = collector.add_staff("gone", Role::Admin).await;
    collector.scope().disable_staff(gone.id, collector.now()).await.unwrap();
    for (login, password) in [("anna", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD)] {
        assert_eq!(code(collector.try_sign_in(login, password).await).await, ErrorCode::WrongCredentials, "{login}");
    }
}

async fn guessing_is_stopped_and_others_are_not(collector: TestCollector) {
    collector.add_staff("anna", Role::FirstLine).await;
    collector.add_staff("boris", Role::FirstLine).await;
    for _ in 0..10 {
        assert_eq!(code(collector.try_sign_in("anna", "guess").await).await, ErrorCode::WrongCredentials);
    }
    let stopped = collector.try_sign_in("ANNA", PASSWORD).await;
    assert!(stopped.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(code(stopped).await, ErrorCode::RateLimited);
    assert_eq!(collector.try_sign_in("boris", PASSWORD).await.status(), 200);
    collector.advance(chrono::TimeDelta::minutes(16));
    assert_eq!(collector.try_sign_in("anna", PASSWORD).await.status(), 200);
}
