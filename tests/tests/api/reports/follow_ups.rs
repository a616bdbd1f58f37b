//! `POST /api/v1/reports/{id}/follow-ups`

use report::{Category, ErrorCode, FollowUp, FollowUpKind, Receipt, Report, TicketStatus};
use reqwest::{Method, Response};
use tests::{
    collector::{TestCollector, TestDevice, code},
    on_both_databases, reports,
};
use uuid::Uuid;

on_both_databases!(
    a_sentence_refines_the_verdict_once,
    undo_withdraws_the_ticket,
    a_dropped_attachment_is_no_longer_awaited,
    another_devices_report_is_no_such_thing,
    an_endless_or_empty_sentence_is_refused,
);

fn follow_up(kind: FollowUpKind) -> FollowUp {
    FollowUp { id: Uuid::now_v7(), at: chrono::Utc::now(), kind }
}

fn sentence(text: &str) -> FollowUp {
    follow_up(FollowUpKind::Text { text: text.to_owned() })
}

async fn send(device: &TestDevice<'_>, report_id: Uuid, follow_up: &FollowUp) -> Response {
    let path = format!("/api/v1/reports/{report_id}/follow-ups");
    device.request(Method::POST, &path).json(follow_up).send().await.unwrap()
}

async fn a_sentence_refines_the_verdict_once(collector: TestCollector) {
    let device = collector.enrol().await;
    let silent = Report { text: None, ..reports::sample() };
    let before = device.report(&silent).await;
    assert_eq!(before.verdict.category.value, Category::Other, "nothing was said yet");
    let said = sentence("принтер не печатает, застрял документ в очереди печати");
    let after: Receipt = send(&device, silent.id, &said).await.json().await.unwrap();
    assert_eq!(after.verdict.category.value, Category::Printing);
    assert_ne!(after.says, before.says);
    let kept = collector.kept().await;
    let again: Receipt = send(&device, silent.id, &said).await.json().await.unwrap();
    assert_eq!(again, after);
    assert_eq!(collector.kept().await, kept);
}

async fn undo_withdraws_the_ticket(collector: TestCollector) {
    let device = collector.enrol().await;
    let receipt = device.report(&reports::sample()).await;
    let undone = send(&device, receipt.report_id, &follow_up(FollowUpKind::Withdraw)).await;
    assert_eq!(undone.json::<Receipt>().await.unwrap().ticket.status, TicketStatus::Withdrawn);
}

async fn a_dropped_attachment_is_no_longer_awaited(collector: TestCollector) {
    let device = collector.enrol().await;
    let report = reports::with_screenshot(&reports::Picture::noise(8, 8, 1));
    assert_eq!(device.report(&report).await.awaited, [0]);
    let dropped = send(&device, report.id, &follow_up(FollowUpKind::AttachmentDropped { n: 0 })).await;
    assert!(dropped.json::<Receipt>().await.unwrap().awaited.is_empty());
}

async fn another_devices_report_is_no_such_thing(collector: TestCollector) {
    let (device, other) = (collector.enrol().await, collector.enrol().await);
    let receipt = device.report(&reports::sample()).await;
    let kept = collector.kept().await;
    for attempt in [sentence("я"), follow_up(FollowUpKind::Withdraw)] {
        assert_eq!(code(send(&other, receipt.report_id, &attempt).await).await, ErrorCode::NotFound);
    }
    assert_eq!(collector.kept().await, kept);
}

async fn an_endless_or_empty_sentence_is_refused(collector: TestCollector) {
    let device = collector.enrol().await;
    let receipt = device.report(&reports::sample()).await;
    for text in ["", "  ", &"я".repeat(4_001)] {
        let answer = send(&device, receipt.report_id, &sentence(text)).await;
        assert_eq!(code(answer).await, ErrorCode::InvalidRequest);
    }
    assert_eq!(send(&device, receipt.report_id, &sentence(&"я".repeat(4_000))).await.status(), 200);
}
