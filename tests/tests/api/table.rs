//! The routing table, walked: nobody gets past a row without the credentials it asks for.

use chrono::TimeDelta;
use collector::{Who, config::LimitsSection, routes};
use report::ErrorCode;
use reqwest::{Method, header};
use tests::{
    collector::{TestCollector, code},
    on_both_databases,
};
use uuid::Uuid;

on_both_databases!(every_row_refuses_who_may_not, a_session_ends_with_its_time);

fn filled(path: &str) -> String {
    path.replace("{id}", &Uuid::now_v7().to_string())
        .replace("{n}", "0")
        .replace("{number}", "1")
        .replace("{version}", "1")
}

async fn every_row_refuses_who_may_not(collector: TestCollector) {
    let device = collector.enrol().await;
    let staff = collector.sign_in().await;
    let kept = collector.kept().await;
    let mut guarded = 0;
    for row in routes::table(&LimitsSection::default()) {
        let path = filled(row.path);
        let asked = || collector.http.request(row.method.clone(), format!("{}{path}", collector.url));
        let name = format!("{} {}", row.method, row.path);
        match row.who {
            Who::Anyone => continue,
            Who::Visitor => {
                let foreign = asked().header(header::ORIGIN, "http://elsewhere.example").json(&serde_json::json!({}));
                assert_eq!(code(foreign.send().await.unwrap()).await, ErrorCode::Forbidden, "{name}");
            }
            Who::Device => {
                assert_eq!(code(asked().send().await.unwrap()).await, ErrorCode::Unauthenticated, "{name}");
                let wrong = format!("{}.{}", device.credentials.device_id, "A".repeat(43));
                let answer = asked().bearer_auth(wrong).send().await.unwrap();
                assert_eq!(code(answer).await, ErrorCode::Unauthenticated, "{name}");
                let unknown = format!("{}.{}", Uuid::now_v7(), device.credentials.secret);
                let answer = asked().bearer_auth(unknown).send().await.unwrap();
                assert_eq!(code(answer).await, ErrorCode::UnknownDevice, "{name}");
                let answer = staff.request(row.method.clone(), &path).send().await.unwrap();
                assert_eq!(code(answer).await, ErrorCode::Unauthenticated, "{name} by staff");
            }
            Who::Monitoring => {
                assert_eq!(code(asked().send().await.unwrap()).await, ErrorCode::Unauthenticated, "{name}");
                for wrong in ["A".repeat(43), device.credentials.secret.clone(), "nonsense".to_owned()] {
                    let answer = asked().bearer_auth(wrong).send().await.unwrap();
                    assert_eq!(code(answer).await, ErrorCode::Unauthenticated, "{name}");
                }
                let answer = staff.request(row.method.clone(), &path).send().await.unwrap();
                assert_eq!(code(answer).await, ErrorCode::Unauthenticated, "{name} by staff");
            }
            Who::Staff(_) => {
                assert_eq!(code(asked().send().await.unwrap()).await, ErrorCode::Unauthenticated, "{name}");
                let forged = format!("redbutton_session={}", "A".repeat(43));
                let answer = asked().header(header::COOKIE, forged).send().await.unwrap();
                assert_eq!(code(answer).await, ErrorCode::Unauthenticated, "{name}");
                let answer = device.request(row.method.clone(), &path).send().await.unwrap();
                assert_eq!(code(answer).await, ErrorCode::Unauthenticated, "{name} by a device");
                if !row.method.is_safe() {
                    let foreign = asked().header(header::COOKIE, &staff.cookie).header("Sec-Fetch-Site", "cross-site");
                    assert_eq!(
                        code(foreign.send().await.unwrap()).await,
                        ErrorCode::Forbidden,
                        "{name} from elsewhere"
                    );
                }
            }
        }
        guarded += 1;
    }
    assert!(guarded >= 20, "the table was walked: {guarded}");
    assert_eq!(collector.kept().await, kept);
    let _: serde_json::Value = staff.get("/api/v1/session").await;
}

async fn a_session_ends_with_its_time(collector: TestCollector) {
    let staff = collector.sign_in().await;
    collector.advance(TimeDelta::hours(11));
    let _: serde_json::Value = staff.get("/api/v1/session").await;
    collector.advance(TimeDelta::hours(2));
    let answer = staff.request(Method::GET, "/api/v1/session").send().await.unwrap();
    assert_eq!(code(answer).await, ErrorCode::Unauthenticated);
}
