//! `GET /api/openapi.json`, the committed document, and the answers of addresses that are not there.

use std::collections::BTreeSet;

use collector::{config::LimitsSection, openapi, routes};
use report::ErrorCode;
use reqwest::Method;
use tests::collector::{TestCollector, code};

#[test]
fn the_committed_document_is_what_the_collector_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/shared/src/generated/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == openapi::text().unwrap(),
        "the API changed: run `cargo xtask types` and commit what it writes"
    );
}

#[tokio::test]
async fn the_document_has_exactly_the_rows_of_the_table() {
    let collector = TestCollector::start().await;
    let answer = collector.http.get(format!("{}/api/openapi.json", collector.url)).send().await.unwrap();
    let document: serde_json::Value = answer.json().await.unwrap();
    let documented: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods =
                item.as_object().unwrap().keys().filter(|key| !matches!(key.as_str(), "parameters" | "summary"));
            methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
        })
        .collect();
    let rows = routes::table(&LimitsSection::default());
    let rows = rows.iter().map(|row| (row.method.to_string(), row.path.to_owned())).collect();
    assert_eq!(documented, rows);
}

#[tokio::test]
async fn what_is_not_there_is_answered_with_a_code() {
    let collector = TestCollector::start().await;
    let ask = async |method: Method, path: &str| {
        code(collector.http.request(method, format!("{}{path}", collector.url)).send().await.unwrap()).await
    };
    assert_eq!(ask(Method::GET, "/api/v1/nothing").await, ErrorCode::NotFound);
    assert_eq!(ask(Method::GET, "/api").await, ErrorCode::NotFound);
    assert_eq!(ask(Method::PATCH, "/api/v1/reports").await, ErrorCode::MethodNotAllowed);
    assert_eq!(ask(Method::POST, "/").await, ErrorCode::MethodNotAllowed);
}
