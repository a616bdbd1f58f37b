//! `GET /api/v1/tickets`

use report::{ErrorCode, Report};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    collector::{TestCollector, code},
    on_both_databases, reports,
};

on_both_databases!(the_queue_has_views_categories_and_words, a_wrong_query_is_refused);

async fn the_queue_has_views_categories_and_words(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let printing = device.report(&reports::sample()).await.ticket.number;
    let mail = Report { text: Some("не открывается почта outlook".into()), ..reports::sample() };
    let mail = device.report(&mail).await.ticket.number;
    assert_ne!(printing, mail);
    assert_eq!(staff.post(&format!("/api/v1/tickets/{mail}/take"), &json!({})).await.status(), 200);
    let numbers = async |query: &str| {
        let page: Value = staff.get(&format!("/api/v1/tickets{query}")).await;
        let mut found: Vec<i64> =
            page["tickets"].as_array().unwrap().iter().map(|t| t["number"].as_i64().unwrap()).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(numbers("").await, [printing, mail]);
    assert_eq!(numbers("?view=mine").await, [mail]);
    assert_eq!(numbers("?view=unassigned").await, [printing]);
    assert_eq!(numbers("?view=resolved").await, [0; 0]);
    assert_eq!(numbers("?category=printing").await, [printing]);
    assert_eq!(numbers("?q=outlook").await, [mail]);
    let page: Value = staff.get("/api/v1/tickets").await;
    assert_eq!(page["counts"], json!({ "open": 2, "mine": 1, "unassigned": 1, "resolved": 0 }));
}

async fn a_wrong_query_is_refused(collector: TestCollector) {
    let staff = collector.sign_in().await;
    let long = format!("?q={}", "x".repeat(201));
    for query in ["?view=everything", "?category=weather", "?cursor=nonsense", "?page=2", &long] {
        let answer = staff.request(Method::GET, &format!("/api/v1/tickets{query}")).send().await.unwrap();
        assert_eq!(code(answer).await, ErrorCode::InvalidRequest, "{query}");
    }
}
