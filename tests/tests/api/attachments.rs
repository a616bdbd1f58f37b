//! `PUT` and `GET /api/v1/reports/{id}/attachments/{n}`

use report::{AttachmentPlan, ErrorCode, Receipt, Report};
use reqwest::Method;
use tests::{
    collector::{TestCollector, code},
    on_both_databases,
    reports::{self, Picture, sha256_hex},
};

use crate::raw;

on_both_databases!(
    a_picture_comes_and_staff_see_it,
    a_picture_may_come_again,
    what_is_not_the_announced_picture_is_refused,
    a_bomb_is_refused_by_its_header,
    an_upload_that_breaks_off_leaves_nothing,
    only_the_device_itself_may_send_it,
);

async fn a_picture_comes_and_staff_see_it(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    // Larger than what is written at once, so that parts are put together.
    let picture = Picture::noise(400, 400, 7);
    let report = reports::with_screenshot(&picture);
    assert_eq!(device.report(&report).await.awaited, [0]);
    let path = format!("/api/v1/reports/{}/attachments/0", report.id);
    let early = staff.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(code(early).await, ErrorCode::NotFound);

    assert_eq!(device.upload(report.id, 0, "image/png", picture.bytes.clone()).await.status(), 204);
    let receipt = device.request(Method::GET, &format!("/api/v1/reports/{}/receipt", report.id));
    assert!(receipt.send().await.unwrap().json::<Receipt>().await.unwrap().awaited.is_empty());
    let shown = staff.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(shown.headers()["content-type"], "image/png");
    assert!(shown.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(shown.headers()["x-content-type-options"], "nosniff");
    let etag = shown.headers()["etag"].clone();
    assert!(shown.bytes().await.unwrap() == picture.bytes);
    let known = staff.request(Method::GET, &path).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(known.status(), 304);
}

async fn a_picture_may_come_again(collector: TestCollector) {
    let device = collector.enrol().await;
    let picture = Picture::noise(16, 16, 7);
    let report = reports::with_screenshot(&picture);
    device.report(&report).await;
    assert_eq!(device.upload(report.id, 0, "image/png", picture.bytes.clone()).await.status(), 204);
    let kept = collector.kept().await;
    assert_eq!(kept.files, 1);
    assert_eq!(device.upload(report.id, 0, "image/png", picture.bytes.clone()).await.status(), 204);
    assert_eq!(collector.kept().await, kept);
}

async fn what_is_not_the_announced_picture_is_refused(collector: TestCollector) {
    let device = collector.enrol().await;
    let picture = Picture::noise(64, 64, 7);
    let report = reports::with_screenshot(&picture);
    device.report(&report).await;
    let kept = collector.kept().await;
    let mut flipped = picture.bytes.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let garbage = vec![7; picture.bytes.len()];
    let short = picture.bytes[..picture.bytes.len() - 1].to_vec();
    let long = [picture.bytes.clone(), vec![0]].concat();
    for (what, n, kind, bytes, expected) in [
        ("another media type", 0, "image/webp", picture.bytes.clone(), ErrorCode::UnsupportedMediaType),
        ("other bytes", 0, "image/png", flipped, ErrorCode::ChecksumMismatch),
        ("no picture", 0, "image/png", garbage, ErrorCode::NotAPicture),
        ("too short", 0, "image/png", short.clone(), ErrorCode::TruncatedBody),
        ("too long", 0, "image/png", long.clone(), ErrorCode::BodyTooLarge),
        ("never announced", 1, "image/png", picture.bytes.clone(), ErrorCode::NotFound),
    ] {
        assert_eq!(code(device.upload(report.id, n, kind, bytes).await).await, expected, "{what}");
        assert_eq!(collector.kept().await, kept, "{what}");
    }
    for (bytes, expected) in [(short, ErrorCode::TruncatedBody), (long, ErrorCode::BodyTooLarge)] {
        let chunks = bytes.chunks(1_000).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect::<Vec<_>>();
        let unannounced = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        assert_eq!(code(device.upload(report.id, 0, "image/png", unannounced).await).await, expected);
        assert_eq!(collector.kept().await, kept);
    }
    assert_eq!(device.upload(report.id, 0, "image/png", picture.bytes).await.status(), 204);
}

async fn a_bomb_is_refused_by_its_header(collector: TestCollector) {
    let device = collector.enrol().await;
    let mut picture = Picture::noise(32, 32, 7);
    for side in [16..20, 20..24] {
        picture.bytes[side].copy_from_slice(&60_000_u32.to_be_bytes());
    }
    // It lies about its size in the report, where the true one would have been refused.
    let report = reports::with_screenshot(&picture);
    device.report(&report).await;
    let kept = collector.kept().await;
    let answer = device.upload(report.id, 0, "image/png", picture.bytes.clone()).await;
    assert_eq!(code(answer).await, ErrorCode::PictureTooLarge);
    let honest = Report {
        attachments: vec![AttachmentPlan { size: Some((60_000, 60_000)), ..picture.plan(0) }],
        ..reports::sample()
    };
    assert_eq!(code(device.send(&honest).await).await, ErrorCode::InvalidReport);
    assert_eq!(collector.kept().await, kept);
}

async fn an_upload_that_breaks_off_leaves_nothing(collector: TestCollector) {
    let device = collector.enrol().await;
    let picture = Picture::noise(400, 400, 7);
    let report = reports::with_screenshot(&picture);
    device.report(&report).await;
    let kept = collector.kept().await;
    let head = format!(
        "PUT /api/v1/reports/{}/attachments/0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}.{}\r\n\
         Content-Type: image/png\r\nContent-Length: {}\r\n\r\n",
        report.id,
        device.credentials.device_id,
        device.credentials.secret,
        picture.bytes.len()
    );
    let (status, text) = raw::send(&collector.url, &head, &picture.bytes[..picture.bytes.len() - 5]).await;
    assert_eq!(status, 400);
    assert!(text.contains("truncated_body"), "{text}");
    assert_eq!(collector.kept().await, kept);
}

async fn only_the_device_itself_may_send_it(collector: TestCollector) {
    let (device, other) = (collector.enrol().await, collector.enrol().await);
    let picture = Picture::noise(16, 16, 7);
    let report = reports::with_screenshot(&picture);
    device.report(&report).await;
    let kept = collector.kept().await;
    assert_eq!(sha256_hex(&picture.bytes), report.attachments[0].sha256);
    let answer = other.upload(report.id, 0, "image/png", picture.bytes).await;
    assert_eq!(code(answer).await, ErrorCode::NotFound);
    assert_eq!(collector.kept().await, kept);
}
