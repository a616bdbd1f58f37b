//! `GET /api/v1/tickets/{number}/similar`

use bytes::Bytes;
use chrono::TimeDelta;
use report::{Dimension, ErrorCode, Factor, Report};
use reqwest::Method;
use serde_json::{Value, json};
use store::{GroupingStep, Ingested, NewReport, ReportFactors};
use tests::{
    collector::{TestCollector, code},
    on_both_databases, reports,
};
use uuid::Uuid;

on_both_databases!(
    tickets_that_are_alike_are_found_with_the_reason,
    who_shares_a_rare_code_is_found_among_hundreds_with_the_same_gateway,
);

fn factor(dimension: Dimension, value: &str) -> Factor {
    Factor { dimension, value: value.to_owned() }
}

/// Keeps factors as the grouping does.
async fn keep(collector: &TestCollector, factors: Vec<ReportFactors>) {
    let (scope, holder) = (collector.scope(), Uuid::now_v7());
    loop {
        let now = collector.now();
        if scope.hold_grouping(holder, now, now + TimeDelta::minutes(1)).await.unwrap().is_some() {
            break;
        }
        // The collector's own grouping has it; its hold comes to an end.
        collector.advance(TimeDelta::seconds(30));
    }
    let step = GroupingStep { factors, ..GroupingStep::default() };
    scope.keep_grouping(holder, &step, collector.now()).await.unwrap().expect("it is ours");
}

async fn tickets_that_are_alike_are_found_with_the_reason(collector: TestCollector) {
    let staff = collector.sign_in().await;
    let code_of = factor(Dimension::Code, "0x80070005");
    let gateway = factor(Dimension::Gateway, "10.2.0.1");
    let texts =
        ["не открывается общая папка бухгалтерия", "пропала сеть", "не открываеться общая папка Бухгалтерия", "мышь"];
    let with = [vec![code_of.clone(), gateway.clone()], vec![code_of.clone()], vec![], vec![gateway.clone()]];
    let mut found = Vec::new();
    let mut factors = Vec::new();
    for (text, with) in texts.iter().zip(with) {
        let device = collector.enrol().await;
        let report = Report { text: Some((*text).into()), ..reports::sample() };
        let number = device.report(&report).await.ticket.number;
        found.push(number);
        factors.push(ReportFactors { report_id: report.id, ticket_number: number, at: collector.now(), factors: with });
    }
    keep(&collector, factors).await;
    let similar: Value = staff.get(&format!("/api/v1/tickets/{}/similar", found[0])).await;
    let numbers: Vec<i64> =
        similar.as_array().unwrap().iter().map(|one| one["ticket"]["number"].as_i64().unwrap()).collect();
    assert!(numbers.contains(&found[1]) && numbers.contains(&found[2]), "{similar}");
    assert!(!numbers.contains(&found[0]) && !numbers.contains(&found[3]), "a gateway alone is no reason: {similar}");
    for one in similar.as_array().unwrap() {
        if one["ticket"]["number"] == found[1] {
            assert!(one["says"]["en"].as_str().unwrap().contains("error code 0x80070005"), "{one}");
            assert!(one["shared"].as_array().unwrap().contains(&json!({ "dimension": "code", "value": "0x80070005" })));
        } else {
            assert!(one["says"]["ru"].as_str().unwrap().to_lowercase().contains("почти те же слова"), "{one}");
        }
    }
    let none = staff.request(Method::GET, "/api/v1/tickets/999/similar").send().await.unwrap();
    assert_eq!(code(none).await, ErrorCode::NotFound);
}

async fn who_shares_a_rare_code_is_found_among_hundreds_with_the_same_gateway(collector: TestCollector) {
    let (staff, scope) = (collector.sign_in().await, collector.scope());
    let (code_of, gateway) = (factor(Dimension::Code, "0x80070005"), factor(Dimension::Gateway, "10.2.0.1"));
    let mut alike = Vec::new();
    let mut factors = Vec::new();
    for text in ["ошибка при входе", "пишет какой-то код и закрывается"] {
        let device = collector.enrol().await;
        let report = Report { text: Some(text.into()), ..reports::sample() };
        let number = device.report(&report).await.ticket.number;
        alike.push(number);
        let both = vec![code_of.clone(), gateway.clone()];
        factors.push(ReportFactors { report_id: report.id, ticket_number: number, at: collector.now(), factors: both });
    }
    // More than are looked at, all of them later.
    let crowd = collector.enrol().await;
    let report = Report { text: None, ..reports::sample() };
    let id = crowd.report(&report).await.report_id;
    let like = scope.find_report(id).await.unwrap().unwrap();
    let at = collector.now() + TimeDelta::seconds(1);
    for n in 0..260 {
        let report = Report { id: Uuid::now_v7(), ..report.clone() };
        let mut verdict = like.verdict.clone();
        verdict.signature = format!("trouble {n}");
        let new = NewReport {
            report: &report,
            body: Bytes::from(serde_json::to_vec(&report).unwrap()),
            content_hash: [0; 32],
            device_id: crowd.credentials.device_id,
            verdict: &verdict,
            notice: None,
            as_member: None,
            received_at: at,
            join_after: at,
        };
        let Ingested::Stored(row) = scope.ingest_report(new).await.unwrap() else { panic!("it is new") };
        let (report_id, ticket_number) = (row.report_id, row.ticket.number);
        factors.push(ReportFactors { report_id, ticket_number, at, factors: vec![gateway.clone()] });
    }
    keep(&collector, factors).await;
    let similar: Value = staff.get(&format!("/api/v1/tickets/{}/similar", alike[0])).await;
    let [only] = &similar.as_array().unwrap()[..] else { panic!("a gateway alone is no reason: {similar}") };
    assert_eq!(only["ticket"]["number"], alike[1]);
    assert_eq!(only["shared"], json!([gateway, code_of]), "what so many share is told as well");
    assert_eq!(only["says"]["en"], "The same: error code 0x80070005, gateway 10.2.0.1");
}
