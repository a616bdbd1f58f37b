//! `GET /api/v1/tickets/{number}` and what staff do with one.

use report::ErrorCode;
use reqwest::Method;
use serde_json::{Value, json};
use store::Role;
use tests::{
    collector::{TestCollector, code},
    on_both_databases,
    reports::{self, Picture},
};

on_both_databases!(
    a_ticket_shows_everything,
    two_people_do_not_hold_one_ticket_unless_one_insists,
    a_ticket_goes_all_the_way_and_back,
    a_ticket_of_another_organisation_is_no_such_thing,
);

async fn a_ticket_shows_everything(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let report = reports::with_screenshot(&Picture::noise(8, 8, 1));
    let number = device.report(&report).await.ticket.number;
    let ticket: Value = staff.get(&format!("/api/v1/tickets/{number}")).await;
    assert_eq!(ticket["summary"]["number"], number);
    assert_eq!(ticket["summary"]["awaited"], 1);
    let shown = &ticket["reports"][0];
    assert_eq!(shown["id"], report.id.to_string());
    assert_eq!(shown["sentences"][0]["text"], "не печатает принтер");
    assert_eq!(shown["facts"][0]["probe"], "uptime");
    assert_eq!(shown["attachments"][0]["state"], "announced");
    assert_eq!(shown["verdict"]["category"]["value"], "printing");
    assert_eq!(ticket["timeline"][0]["kind"], "opened");
    assert_eq!(ticket["timeline"][0]["actor"]["who"], "user");
    let none = staff.request(Method::GET, "/api/v1/tickets/999").send().await.unwrap();
    assert_eq!(code(none).await, ErrorCode::NotFound);
}

async fn two_people_do_not_hold_one_ticket_unless_one_insists(collector: TestCollector) {
    let device = collector.enrol().await;
    let (anna, boris) = (collector.sign_in().await, collector.sign_in_as("boris", Role::SecondLine).await);
    let number = device.report(&reports::sample()).await.ticket.number;
    let take = format!("/api/v1/tickets/{number}/take");
    // A body may be left out.
    let taken = anna.request(Method::POST, &take).send().await.unwrap();
    assert_eq!(taken.json::<Value>().await.unwrap()["summary"]["holder"]["name"], "anna (staff)");
    let refused = boris.post(&take, &json!({})).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("anna (staff)"), "it says who has it");
    let forced: Value = boris.post(&take, &json!({ "force": true })).await.json().await.unwrap();
    assert_eq!(forced["summary"]["holder"]["name"], "boris (staff)");
    let released = boris.request(Method::POST, &format!("/api/v1/tickets/{number}/release")).send().await.unwrap();
    assert!(released.json::<Value>().await.unwrap()["summary"].get("holder").is_none());
}

async fn a_ticket_goes_all_the_way_and_back(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let number = device.report(&reports::sample()).await.ticket.number;
    let act = async |verb: &str, body: Value| {
        let answer = staff.post(&format!("/api/v1/tickets/{number}/{verb}"), &body).await;
        assert_eq!(answer.status(), 200, "{verb}");
        answer.json::<Value>().await.unwrap()["summary"]["status"].clone()
    };
    assert_eq!(act("take", json!({})).await, "in_progress");
    assert_eq!(act("replies", json!({ "text": "Смотрим" })).await, "in_progress");
    assert_eq!(act("replies", json!({ "text": "Какой?", "asks": true })).await, "waiting_for_user");
    assert_eq!(act("resolve", json!({ "text": "Готово" })).await, "resolved");
    let path = format!("/api/v1/tickets/{number}");
    assert_eq!(code(staff.post(&format!("{path}/resolve"), &json!({ "text": "?" })).await).await, ErrorCode::Conflict);
    assert_eq!(act("reopen", json!({})).await, "in_progress");
    for body in [json!({ "text": "" }), json!({ "text": "x".repeat(4_001) }), json!({}), json!({ "text": 1 })] {
        assert_eq!(code(staff.post(&format!("{path}/replies"), &body).await).await, ErrorCode::InvalidRequest);
    }
}

async fn a_ticket_of_another_organisation_is_no_such_thing(collector: TestCollector) {
    let device = collector.enrol().await;
    let report = reports::sample();
    let number = device.report(&report).await.ticket.number;
    let other = store::OrganisationId(uuid::Uuid::now_v7());
    collector.store.create_organisation(other, "Other", collector.now()).await.unwrap();
    let theirs = collector.store.in_organisation(other);
    let stored = collector.add_staff("template", Role::Admin).await;
    let new = store::NewStaff {
        id: uuid::Uuid::now_v7(),
        login: "stranger".into(),
        name: "Stranger".into(),
        role: Role::Admin,
        language: report::Language::En,
        password_hash: stored.password_hash,
    };
    theirs.create_staff(&new, collector.now()).await.unwrap();
    let answer = collector.try_sign_in("stranger", tests::collector::PASSWORD).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let ask = async |method: Method, path: String| {
        let request = collector.http.request(method, format!("{}{path}", collector.url));
        let request = request.header("cookie", &cookie).header("origin", &collector.url);
        code(request.send().await.unwrap()).await
    };
    assert_eq!(ask(Method::GET, format!("/api/v1/tickets/{number}")).await, ErrorCode::NotFound);
    assert_eq!(ask(Method::POST, format!("/api/v1/tickets/{number}/take")).await, ErrorCode::NotFound);
    assert_eq!(ask(Method::GET, format!("/api/v1/reports/{}/attachments/0", report.id)).await, ErrorCode::NotFound);
}
