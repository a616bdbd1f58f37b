//! `GET /api/v1/reports/{id}/receipt`

use report::{ErrorCode, Receipt};
use reqwest::Method;
use tests::{
    collector::{TestCollector, code},
    on_both_databases, reports,
};

on_both_databases!(a_receipt_is_read_by_its_own_device_alone);

async fn a_receipt_is_read_by_its_own_device_alone(collector: TestCollector) {
    let (device, other) = (collector.enrol().await, collector.enrol().await);
    let receipt = device.report(&reports::sample()).await;
    let path = format!("/api/v1/reports/{}/receipt", receipt.report_id);
    let read: Receipt = device.request(Method::GET, &path).send().await.unwrap().json().await.unwrap();
    assert_eq!(read, receipt);
    assert_eq!(code(other.request(Method::GET, &path).send().await.unwrap()).await, ErrorCode::NotFound);
    let no_id = device.request(Method::GET, "/api/v1/reports/7/receipt").send().await.unwrap();
    assert_eq!(code(no_id).await, ErrorCode::NotFound);
}
