//! The console's pages, `GET /healthz`, request ids and the stop.

use tests::{PATIENCE, collector::TestCollector, desktop::until, on_both_databases};

on_both_databases!(healthz_says_that_the_store_answers, a_stop_closes_live_streams_at_once);

#[tokio::test]
async fn pages_run_only_what_comes_from_here() {
    let collector = TestCollector::start().await;
    for path in ["/", "/tickets/7"] {
        let answer = collector.http.get(format!("{}{path}", collector.url)).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
    let missing = collector.http.get(format!("{}/assets/gone.js", collector.url)).send().await.unwrap();
    assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn every_answer_carries_a_request_id() {
    let collector = TestCollector::start().await;
    let own = collector.http.get(format!("{}/healthz", collector.url)).header("X-Request-Id", "journey-7");
    assert_eq!(own.send().await.unwrap().headers()["x-request-id"], "journey-7");
    let made = collector.http.get(format!("{}/api/none", collector.url)).send().await.unwrap();
    assert_eq!(made.headers()["x-request-id"].len(), 32);
}

async fn healthz_says_that_the_store_answers(collector: TestCollector) {
    // A store that is slow for a moment is told as such.
    let well = until("the store answers", PATIENCE, async || {
        let answer = collector.http.get(format!("{}/healthz", collector.url)).send().await?;
        Ok((answer.status() == 200).then_some(()))
    });
    well.await.unwrap();
}

async fn a_stop_closes_live_streams_at_once(collector: TestCollector) {
    let staff = collector.sign_in().await;
    let mut stream = staff.request(reqwest::Method::GET, "/api/v1/tickets/stream").send().await.unwrap();
    assert_eq!(stream.status(), 200);
    assert!(stream.chunk().await.unwrap().is_some());
    let url = collector.url.clone();
    // A stop that waits for a stream to end by itself is cut off, and fails.
    collector.stop().await.unwrap();
    while let Ok(Some(_)) = stream.chunk().await {}
    assert!(reqwest::Client::builder().no_proxy().build().unwrap().get(url).send().await.is_err());
}
