//! `POST /api/v1/tickets/{number}/category`: staff say what a ticket really is.

use report::{Category, ErrorCode, Report};
use reqwest::Method;
use serde_json::{Value, json};
use store::Role;
use tests::{
    collector::{TestCollector, code},
    on_both_databases, reports,
};

on_both_databases!(a_correction_moves_the_ticket_and_survives_what_the_user_adds, what_cannot_be_is_refused,);

fn sentence(text: &str) -> Report {
    Report { text: Some(text.to_owned()), ..reports::sample() }
}

async fn a_correction_moves_the_ticket_and_survives_what_the_user_adds(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let report = sentence("не печатает принтер");
    let receipt = device.report(&report).await;
    assert_eq!(receipt.verdict.category.value, Category::Printing);
    let path = format!("/api/v1/tickets/{}", receipt.ticket.number);
    let before: Value = staff.get(&path).await;
    assert_eq!(before["summary"]["corrected"], false);
    let answer = staff.post(&format!("{path}/category"), &json!({ "category": "network" })).await;
    assert_eq!(answer.status(), 200);
    let ticket: Value = answer.json().await.unwrap();
    assert_eq!(ticket["summary"]["category"], "network");
    assert_eq!((&ticket["summary"]["team"], &ticket["summary"]["corrected"]), (&json!("network"), &json!(true)));
    let told = ticket["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&told["kind"], &told["from"], &told["to"]),
        (&json!("recategorised"), &json!("printing"), &json!("network"))
    );
    assert_eq!((&told["team"], &told["actor"]["name"]), (&json!("network"), &json!("anna (staff)")));

    let added = json!({ "id": uuid::Uuid::now_v7(), "at": collector.now(), "kind": "text", "text": "принтер молчит" });
    let follow_ups = format!("/api/v1/reports/{}/follow-ups", report.id);
    assert_eq!(device.request(Method::POST, &follow_ups).json(&added).send().await.unwrap().status(), 200);
    let ticket: Value = staff.get(&path).await;
    assert_eq!((&ticket["summary"]["category"], &ticket["summary"]["team"]), (&json!("network"), &json!("network")));
    assert_eq!(ticket["reports"][0]["verdict"]["category"]["value"], "printing", "what triage says stays to be seen");

    let back: Value =
        staff.post(&format!("{path}/category"), &json!({ "category": "printing" })).await.json().await.unwrap();
    assert_eq!((&back["summary"]["team"], &back["summary"]["corrected"]), (&before["summary"]["team"], &json!(false)));
}

async fn what_cannot_be_is_refused(collector: TestCollector) {
    let device = collector.enrol().await;
    let staff = collector.sign_in_as("second", Role::SecondLine).await;
    let number = device.report(&sentence("не печатает принтер")).await.ticket.number;
    let path = format!("/api/v1/tickets/{number}/category");
    for body in [
        json!({ "category": "gardening" }),
        json!({}),
        json!({ "category": "network", "team": "nobody" }),
        json!({ "category": "network", "team": "" }),
        json!({ "category": "other" }),
        json!({ "category": "network", "more": 1 }),
    ] {
        assert_eq!(code(staff.post(&path, &body).await).await, ErrorCode::InvalidRequest, "{body}");
    }
    let unknown = staff.post("/api/v1/tickets/99/category", &json!({ "category": "network" })).await;
    assert_eq!(code(unknown).await, ErrorCode::NotFound);
    let named: Value =
        staff.post(&path, &json!({ "category": "network", "team": "security" })).await.json().await.unwrap();
    assert_eq!(named["summary"]["team"], "security");
}
