//! `POST /api/v1/reports`: what is taken.

use report::{Category, MAX_REPORT_BYTES, Receipt, Report, TicketStatus};
use store::Backend;
use tests::{
    collector::{TestCollector, code},
    on_both_databases, reports,
};

on_both_databases!(
    a_report_opens_a_ticket_and_says_what_is_seen,
    the_same_report_again_gets_the_same_receipt,
    the_same_report_many_times_at_once_is_stored_once,
    a_second_press_joins_the_open_ticket,
    two_requests_of_one_person_are_two_tickets,
    two_people_on_one_machine_have_a_ticket_each,
    a_body_of_exactly_the_limit_passes,
);

async fn a_report_opens_a_ticket_and_says_what_is_seen(collector: TestCollector) {
    let device = collector.enrol().await;
    let report = reports::sample();
    let receipt = device.report(&report).await;
    assert_eq!(receipt.report_id, report.id);
    assert_eq!((receipt.ticket.number, receipt.ticket.status, receipt.joined), (1, TicketStatus::New, false));
    assert!(!receipt.says.en.is_empty() && !receipt.says.ru.is_empty());
    assert!(receipt.awaited.is_empty() && receipt.notice.is_none());
    let stored = collector.scope().find_report(report.id).await.unwrap().unwrap();
    assert_eq!(stored.report, report);
}

async fn the_same_report_again_gets_the_same_receipt(collector: TestCollector) {
    let device = collector.enrol().await;
    let report = reports::sample();
    let first = device.report(&report).await;
    let kept = collector.kept().await;
    let again = device.send(&report).await;
    assert_eq!(again.status(), 200);
    assert_eq!(again.json::<Receipt>().await.unwrap(), first);
    assert_eq!(collector.kept().await, kept);
}

async fn the_same_report_many_times_at_once_is_stored_once(collector: TestCollector) {
    let device = collector.enrol().await;
    let report = reports::sample();
    let answers = futures_util::future::join_all((0..8).map(|_| device.send(&report))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    assert_eq!(collector.kept().await.tickets, 1);
}

async fn a_second_press_joins_the_open_ticket(collector: TestCollector) {
    let device = collector.enrol().await;
    let first = device.report(&reports::sample()).await;
    let second = device.report(&reports::sample()).await;
    assert!(second.joined);
    assert_eq!(second.ticket.number, first.ticket.number);
}

async fn two_requests_of_one_person_are_two_tickets(collector: TestCollector) {
    let device = collector.enrol().await;
    let asking = |text: &str| Report { text: Some(text.into()), ..reports::sample() };
    let access = device.report(&asking("нужен доступ к папке бухгалтерии")).await;
    let screen = device.report(&asking("закажите второй монитор")).await;
    assert_eq!(access.verdict.category.value, Category::Request);
    assert_eq!(screen.verdict.category.value, Category::Request);
    assert_eq!((screen.joined, screen.ticket.number), (false, access.ticket.number + 1));
    let again = device.report(&asking("Закажите второй монитор!")).await;
    assert_eq!((again.joined, again.ticket.number), (true, screen.ticket.number));
}

async fn two_people_on_one_machine_have_a_ticket_each(collector: TestCollector) {
    let device = collector.enrol().await;
    let of = |user: &str| Report { user: Some(user.into()), ..reports::sample() };
    let first = device.report(&of("ivan")).await;
    let second = device.report(&of("maria")).await;
    assert_eq!((second.joined, second.ticket.number), (false, first.ticket.number + 1));
    assert_eq!(device.report(&of("ivan")).await.ticket.number, first.ticket.number);
}

async fn a_body_of_exactly_the_limit_passes(collector: TestCollector) {
    let device = collector.enrol().await;
    let mut body = serde_json::to_vec(&reports::sample()).unwrap();
    body.resize(MAX_REPORT_BYTES, b' ');
    assert_eq!(device.send_body(body).await.status(), 201);
}

#[tokio::test]
async fn a_device_that_comes_too_often_is_told_when_to_come_back() {
    let collector = TestCollector::start_with(Backend::Sqlite, |config| {
        config.limits.device_requests_per_minute = 60;
        config.limits.device_burst = 3;
    });
    let collector = collector.await.unwrap();
    // The collector's time stands still while it is far from the next token.
    let device = collector.enrol().await;
    let report: Report = reports::sample();
    let mut refused = None;
    for _ in 0..50 {
        let answer = device.send(&report).await;
        if answer.status() == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("refused at some time");
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(code(refused).await, report::ErrorCode::RateLimited);
    collector.advance(chrono::TimeDelta::seconds(10));
    assert_eq!(device.send(&report).await.status(), 200);
}
