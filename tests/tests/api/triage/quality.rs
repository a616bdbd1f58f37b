//! `GET /api/v1/triage/quality`: figures checked against tickets counted by hand.

use report::{Category, ErrorCode, Report};
use serde_json::{Value, json};
use store::Role;
use tests::{
    collector::{TestCollector, TestDevice, TestStaff, code},
    on_both_databases, reports,
};

on_both_databases!(
    figures_are_those_counted_by_hand,
    a_time_outside_its_limits_is_refused,
    the_shipped_model_is_always_there,
);

const QUALITY: &str = "/api/v1/triage/quality";

/// A ticket triage takes for `said`, corrected to `to` if given, resolved if wanted.
async fn ticket(
    device: &TestDevice<'_>,
    staff: &TestStaff<'_>,
    text: &str,
    said: Category,
    to: Option<&str>,
    resolve: bool,
) {
    let report = Report { text: Some(text.to_owned()), ..reports::sample() };
    let receipt = device.report(&report).await;
    assert_eq!(receipt.verdict.category.value, said, "{text}");
    let path = format!("/api/v1/tickets/{}", receipt.ticket.number);
    if let Some(category) = to {
        assert_eq!(staff.post(&format!("{path}/category"), &json!({ "category": category })).await.status(), 200);
    }
    if resolve {
        assert_eq!(staff.post(&format!("{path}/resolve"), &json!({ "text": "готово" })).await.status(), 200);
    }
}

async fn figures_are_those_counted_by_hand(collector: TestCollector) {
    let lead = collector.sign_in_as("lead", Role::Lead).await;
    let empty: Value = lead.get(QUALITY).await;
    assert_eq!((&empty["tickets"], &empty["accuracy"], &empty["ece"]), (&json!(0), &Value::Null, &Value::Null));
    // A device of its own each, so that none joins another's ticket.
    let printer = "не печатает принтер";
    for (to, resolve) in [(None, true), (None, true), (Some("network"), false), (None, false)] {
        ticket(&collector.enrol().await, &lead, printer, Category::Printing, to, resolve).await;
    }
    ticket(&collector.enrol().await, &lead, "ыыы", Category::Other, Some("printing"), true).await;
    ticket(&collector.enrol().await, &lead, "эээ", Category::Other, None, true).await;
    let found: Value = lead.get(&format!("{QUALITY}?days=7")).await;
    let count = |name: &str| found[name].as_u64().unwrap();
    assert_eq!((count("tickets"), count("known"), count("corrected"), count("abstained")), (6, 4, 2, 2), "{found}");
    let near = |value: &Value, expected: f64| value.as_f64().is_some_and(|found| (found - expected).abs() < 1e-6);
    assert!(near(&found["accuracy"], 0.5) && near(&found["answered_accuracy"], 2.0 / 3.0), "{found}");
    let step = &found["calibration"][0];
    let said = step["said"].as_f64().unwrap();
    assert_eq!((&step["count"], found["calibration"].as_array().unwrap().len()), (&json!(3), 1), "one kind of report");
    assert!(near(&step["right"], 2.0 / 3.0) && near(&found["ece"], (said - 2.0 / 3.0).abs()), "{found}");
    let printing = found["categories"].as_array().unwrap().iter().find(|c| c["category"] == "printing").unwrap();
    assert!(near(&printing["precision"], 2.0 / 3.0) && near(&printing["recall"], 2.0 / 3.0), "{printing}");
    assert_eq!(found["confusion"][0], json!({ "said": "printing", "was": "printing", "count": 2 }));
    let weeks: u64 = found["drift"].as_array().unwrap().iter().map(|week| week["tickets"].as_u64().unwrap()).sum();
    assert_eq!(weeks, 6);
    collector.advance(chrono::TimeDelta::days(8));
    let lead = collector.sign_in_as("later", Role::Admin).await;
    let later: Value = lead.get(&format!("{QUALITY}?days=7")).await;
    assert_eq!(later["tickets"], 0);
    assert!(!later["drift"].as_array().unwrap().is_empty(), "drift looks further back");
}

async fn a_time_outside_its_limits_is_refused(collector: TestCollector) {
    let lead = collector.sign_in_as("lead", Role::Lead).await;
    for query in ["days=0", "days=3651", "days=-1", "days=x", "weeks=1"] {
        let answer = lead.request(reqwest::Method::GET, &format!("{QUALITY}?{query}")).send().await.unwrap();
        assert_eq!(code(answer).await, ErrorCode::InvalidRequest, "{query}");
    }
}

async fn the_shipped_model_is_always_there(collector: TestCollector) {
    let lead = collector.sign_in_as("lead", Role::Lead).await;
    let models: Value = lead.get("/api/v1/triage/models").await;
    assert_eq!((&models[0]["version"], &models[0]["state"]), (&json!(0), &json!("active")));
    let again = lead.post("/api/v1/triage/models/0/activate", &json!({})).await;
    assert_eq!(again.json::<Value>().await.unwrap(), models);
    let unknown = lead.post("/api/v1/triage/models/7/activate", &json!({})).await;
    assert_eq!(code(unknown).await, ErrorCode::NotFound);
    let quality: Value = lead.get(QUALITY).await;
    assert_eq!(quality["model"]["version"], 0);
}
