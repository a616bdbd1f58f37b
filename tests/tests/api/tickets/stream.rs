//! `GET /api/v1/tickets/stream`

use reqwest::{Method, Response};
use tests::{PATIENCE, collector::TestCollector, on_both_databases, reports};

on_both_databases!(a_new_ticket_is_told_at_once, a_stream_resumes_where_it_broke_off);

/// Reads on until `wanted` has come.
async fn until(stream: &mut Response, wanted: &str) -> String {
    let mut text = String::new();
    let read = async {
        while !text.contains(wanted) {
            let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    assert!(tokio::time::timeout(PATIENCE, read).await.is_ok(), "`{wanted}` did not come: {text}");
    text
}

async fn a_new_ticket_is_told_at_once(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let mut stream = staff.request(Method::GET, "/api/v1/tickets/stream").send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    until(&mut stream, "event: ready").await;
    let number = device.report(&reports::sample()).await.ticket.number;
    let told = until(&mut stream, &format!("\"number\":{number}")).await;
    assert!(told.contains("event: ticket"), "{told}");
}

async fn a_stream_resumes_where_it_broke_off(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let mut stream = staff.request(Method::GET, "/api/v1/tickets/stream").send().await.unwrap();
    let ready = until(&mut stream, "\n\n").await;
    let id = ready.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    drop(stream);
    let number = device.report(&reports::sample()).await.ticket.number;
    let resumed = staff.request(Method::GET, "/api/v1/tickets/stream").header("Last-Event-ID", id);
    until(&mut resumed.send().await.unwrap(), &format!("\"number\":{number}")).await;
}
