//! `POST /api/v1/reports/{id}/follow-ups`

use std::collections::BTreeSet;

use report::{Category, ErrorCode, FollowUp, FollowUpKind, Receipt, Report, TicketStatus};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tests::{
    collector::{TestCollector, TestDevice, code},
    on_both_databases, reports,
};
use uuid::Uuid;

on_both_databases!(
    a_sentence_refines_the_verdict_once,
    sentences_sent_at_once_are_all_heard,
    an_answer_that_comes_after_the_resolution_opens_the_ticket_again,
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

async fn sentences_sent_at_once_are_all_heard(collector: TestCollector) {
    let texts = [
        "принтер не печатает",
        "забыл пароль",
        "монитор мигает",
        "нет интернета",
        "письма не приходят",
        "excel завис",
        "комп тормозит",
        "не открывается общая папка",
    ];
    let silent = || Report { text: None, ..reports::sample() };
    let found = async |device: &TestDevice<'_>, id: Uuid| -> BTreeSet<String> {
        let path = format!("/api/v1/reports/{id}/receipt");
        let receipt: Receipt = device.request(Method::GET, &path).send().await.unwrap().json().await.unwrap();
        receipt.verdict.findings.into_iter().map(|finding| finding.rule).collect()
    };
    let (patient, hasty) = (collector.enrol().await, collector.enrol().await);
    let one_by_one = patient.report(&silent()).await.report_id;
    for text in texts {
        assert_eq!(send(&patient, one_by_one, &sentence(text)).await.status(), 200);
    }
    let at_once = hasty.report(&silent()).await.report_id;
    let said = texts.map(sentence);
    let answers = futures_util::future::join_all(said.iter().map(|said| send(&hasty, at_once, said))).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    assert_eq!(found(&hasty, at_once).await, found(&patient, one_by_one).await);
}

async fn an_answer_that_comes_after_the_resolution_opens_the_ticket_again(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let receipt = device.report(&reports::sample()).await;
    let ticket = format!("/api/v1/tickets/{}", receipt.ticket.number);
    for (verb, body) in [
        ("replies", json!({ "text": "Какой принтер?", "asks": true })),
        ("resolve", json!({ "text": "Заменили картридж" })),
    ] {
        assert_eq!(staff.post(&format!("{ticket}/{verb}"), &body).await.status(), 200);
    }
    let answer = send(&device, receipt.report_id, &sentence("второй этаж, и он всё ещё не печатает")).await;
    assert_eq!(answer.json::<Receipt>().await.unwrap().ticket.status, TicketStatus::InProgress);
    let open: Value = staff.get("/api/v1/tickets?view=open").await;
    assert_eq!(open["tickets"][0]["number"], receipt.ticket.number);
    let shown: Value = staff.get(&ticket).await;
    let last = shown["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["actor"]["who"]), (&json!("reopened"), &json!("user")));
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
