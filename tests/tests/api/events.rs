//! `GET /api/v1/events`

use report::{EventKind, EventPage};
use reqwest::Method;
use serde_json::json;
use tests::{
    collector::{TestCollector, TestDevice},
    on_both_databases, reports,
};

on_both_databases!(a_device_is_told_what_happens_to_its_tickets_and_to_no_other);

async fn events(device: &TestDevice<'_>, after: i64) -> EventPage {
    let answer = device.request(Method::GET, &format!("/api/v1/events?after={after}")).send().await.unwrap();
    answer.json().await.unwrap()
}

async fn a_device_is_told_what_happens_to_its_tickets_and_to_no_other(collector: TestCollector) {
    let (device, other, staff) = (collector.enrol().await, collector.enrol().await, collector.sign_in().await);
    let receipt = device.report(&reports::sample()).await;
    assert!(events(&device, 0).await.events.is_empty());
    let path = format!("/api/v1/tickets/{}", receipt.ticket.number);
    assert_eq!(staff.post(&format!("{path}/take"), &json!({})).await.status(), 200);
    let asked = json!({ "text": "Какой принтер?", "asks": true });
    assert_eq!(staff.post(&format!("{path}/replies"), &asked).await.status(), 200);
    assert_eq!(staff.post(&format!("{path}/resolve"), &json!({ "text": "Готово" })).await.status(), 200);

    let page = events(&device, 0).await;
    let by = "anna (staff)".to_owned();
    let kinds: Vec<EventKind> = page.events.iter().map(|event| event.kind.clone()).collect();
    let expected = [
        EventKind::Accepted { by: by.clone() },
        EventKind::Question { by: by.clone(), text: "Какой принтер?".into() },
        EventKind::Resolved { by, text: "Готово".into() },
    ];
    assert_eq!(kinds, expected);
    assert!(page.events.iter().all(|event| event.report_id == receipt.report_id));
    assert!(events(&device, page.next).await.events.is_empty());
    assert_eq!(events(&device, page.events[0].seq).await.events.len(), 2);
    assert!(events(&other, 0).await.events.is_empty());
}
