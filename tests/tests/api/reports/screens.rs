//! Screens that came with a report are read, and its verdict is refined. With the real tesseract; where it is replaced, the
//! script that stands in its place hands on to it.

use std::{
    io::Cursor,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use report::{Category, EvidenceRef, FollowUp, FollowUpKind, MediaType, Receipt, Report};
use reqwest::Method;
use serde_json::Value;
use store::Backend;
use tests::{
    PATIENCE,
    collector::{TestCollector, TestDevice, TestStaff},
    desktop::until,
    on_both_databases,
    reports::{self, Picture},
};
use uuid::Uuid;

on_both_databases!(a_dialog_on_the_screen_refines_the_verdict, a_later_sentence_is_judged_together_with_the_screen,);

/// A dialog as `ui/e2e/dialogs.mjs` draws it.
fn dialog(name: &str) -> Picture {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures/dialogs").join(name).with_extension("png");
    of(std::fs::read(path).unwrap())
}

fn of(bytes: Vec<u8>) -> Picture {
    let size = image::ImageReader::new(Cursor::new(&bytes)).with_guessed_format().unwrap().into_dimensions().unwrap();
    Picture { bytes, media_type: MediaType::Png, size }
}

/// Sends a report with these pictures, and the pictures.
async fn press(device: &TestDevice<'_>, text: Option<&str>, pictures: &[Picture]) -> Receipt {
    let plans = (0..).zip(pictures).map(|(n, picture)| picture.plan(n)).collect();
    let report = Report { text: text.map(str::to_owned), attachments: plans, ..reports::sample() };
    let receipt = device.report(&report).await;
    for (n, picture) in (0..).zip(pictures) {
        let answer = device.upload(report.id, n, picture.media_type.as_str(), picture.bytes.clone()).await;
        assert_eq!(answer.status(), 204);
    }
    receipt
}

/// The ticket once none of its screens is in `state` any more.
async fn once_none_is(staff: &TestStaff<'_>, number: i64, state: &str) -> Value {
    let path = format!("/api/v1/tickets/{number}");
    let ticket = until("screens are read", PATIENCE, async || {
        let ticket: Value = staff.get(&path).await;
        let screens = ticket["reports"][0]["screens"].as_array().unwrap();
        Ok(screens.iter().all(|screen| screen["state"] != state).then_some(ticket))
    });
    ticket.await.unwrap()
}

fn states(ticket: &Value) -> Vec<&str> {
    let screens = ticket["reports"][0]["screens"].as_array().unwrap();
    screens.iter().map(|screen| screen["state"].as_str().unwrap()).collect()
}

fn rests_on_screen(receipt: &Receipt, quoted: &str) -> bool {
    let evidence = receipt.verdict.findings.iter().flat_map(|finding| &finding.evidence);
    evidence
        .into_iter()
        .any(|found| matches!(found, EvidenceRef::Screen { attachment: 0, quote } if quote.contains(quoted)))
}

async fn receipt(device: &TestDevice<'_>, id: Uuid) -> Receipt {
    let path = format!("/api/v1/reports/{id}/receipt");
    device.request(Method::GET, &path).send().await.unwrap().json().await.unwrap()
}

async fn a_dialog_on_the_screen_refines_the_verdict(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let first = press(&device, Some("вот что пишет"), &[dialog("ru-message-light-100")]).await;
    assert_eq!(first.verdict.category.value, Category::Other, "the sentence says nothing");
    once_none_is(&staff, first.ticket.number, "waiting").await;
    // Asked again: the answer that first knew of the text may have begun to be put together before.
    let ticket: Value = staff.get(&format!("/api/v1/tickets/{}", first.ticket.number)).await;
    let screen = &ticket["reports"][0]["screens"][0];
    assert_eq!((screen["state"].as_str(), screen["n"].as_u64()), (Some("read"), Some(0)));
    let text = screen["text"].as_str().unwrap();
    assert!(text.contains("0x80070035") && text.contains("Не найден сетевой путь"), "{text}");
    assert!(screen["read_at"].is_string());
    let now = receipt(&device, first.report_id).await;
    assert_ne!(now.verdict.category.value, Category::Other);
    assert!(rests_on_screen(&now, "80070035"), "{:?}", now.verdict.findings);
    assert_eq!(ticket["summary"]["category"], now.verdict.category.value.as_str());
    let timeline = ticket["timeline"].as_array().unwrap();
    let told = timeline.iter().find(|entry| entry["kind"] == "verdict_refined").unwrap();
    assert_eq!((told["from"].as_str(), told["source"].as_str()), (Some("other"), Some("screen")));
    assert_eq!(told["actor"]["who"], "collector");
    // Who presses again before the screen is read has the verdict of the sentence, and the same ticket.
    let again = press(&device, Some("вот что пишет"), &[]).await;
    assert_eq!((again.ticket.number, again.joined), (first.ticket.number, true));
}

async fn a_later_sentence_is_judged_together_with_the_screen(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let first = press(&device, None, &[dialog("ru-message-light-100")]).await;
    once_none_is(&staff, first.ticket.number, "waiting").await;
    let kind = FollowUpKind::Text { text: "очень нужно до обеда".to_owned() };
    let said = FollowUp { id: Uuid::now_v7(), at: collector.now(), kind };
    let path = format!("/api/v1/reports/{}/follow-ups", first.report_id);
    let answer = device.request(Method::POST, &path).json(&said).send().await.unwrap();
    assert!(rests_on_screen(&answer.json().await.unwrap(), "80070035"));
}

#[tokio::test]
async fn codes_are_read_in_both_languages_themes_and_scalings() {
    let collector = TestCollector::start().await;
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let dialogs = [
        ("ru-message-light-100", "0x80070035"),
        ("ru-outlook-dark-100", "0x8004010F"),
        ("ru-browser-dark-100", "ERR_CONNECTION_TIMED_OUT"),
        ("en-message-dark-100", "0xc0000142"),
        ("ru-message-light-125", "0xC004F213"),
        ("ru-message-dark-200", "0x0000011b"),
    ];
    let pictures = dialogs.map(|(name, _)| dialog(name));
    let number = press(&device, None, &pictures).await.ticket.number;
    let ticket = once_none_is(&staff, number, "waiting").await;
    for (screen, (name, code)) in ticket["reports"][0]["screens"].as_array().unwrap().iter().zip(dialogs) {
        let text = screen["text"].as_str().unwrap();
        assert!(text.contains(code), "{name}: {text}");
    }
}

fn plain(width: u32, height: u32) -> Picture {
    let mut bytes = Cursor::new(Vec::new());
    let white = GrayImage::from_pixel(width, height, Luma([255]));
    DynamicImage::ImageLuma8(white).write_to(&mut bytes, ImageFormat::Png).unwrap();
    of(bytes.into_inner())
}

#[tokio::test]
async fn pictures_without_text_broken_ones_and_giants_hold_nothing_up() {
    let collector = TestCollector::start().await;
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let mut half = dialog("ru-message-light-100");
    half.bytes.truncate(half.bytes.len() / 2);
    let pictures = [
        plain(640, 480),
        Picture::noise(200, 150, 7),
        half,
        plain(8_000, 8_000),
        plain(1, 1),
        plain(4_000, 8),
        dialog("ru-message-dark-200"),
    ];
    let number = press(&device, Some("не печатает принтер"), &pictures).await.ticket.number;
    let ticket = once_none_is(&staff, number, "waiting").await;
    assert_eq!(states(&ticket), ["read", "read", "failed", "failed", "failed", "read", "read"]);
    let screens = &ticket["reports"][0]["screens"];
    assert_eq!((screens[0]["text"].as_str(), screens[2]["text"].as_str()), (Some(""), None));
    assert!(screens[6]["text"].as_str().unwrap().contains("0x0000011b"));
    assert_eq!(ticket["summary"]["category"], "printing");
}

/// A program in the recogniser's place: it hangs over the first picture and hands everything else on.
fn hangs_once(folder: &Path) -> PathBuf {
    let path = folder.join("hangs-once");
    let script =
        "#!/bin/sh\n[ \"$1\" = stdin ] && mkdir \"$0.hung\" 2>/dev/null && exec sleep 1000\nexec tesseract \"$@\"\n";
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test]
async fn a_recogniser_that_hangs_is_killed_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let command = hangs_once(folder.path());
    let set = |config: &mut collector::Config| {
        config.screens.command = command.display().to_string();
        config.screens.time_limit = "90s".parse().unwrap();
    };
    let collector = TestCollector::start_with(Backend::Sqlite, set).await.unwrap();
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let first = press(&device, None, &[dialog("ru-message-light-100")]).await;
    // Another one comes while the first hangs: it is read as soon as the first was given up.
    let second = press(&device, Some("outlook не открывается"), &[dialog("ru-outlook-dark-100")]).await;
    assert_eq!(states(&once_none_is(&staff, second.ticket.number, "waiting").await), ["read"]);
    // The pause before the second try ends, and a third picture wakes the reader up.
    collector.advance(TimeDelta::minutes(1));
    press(&device, Some("не печатает принтер"), &[dialog("en-message-dark-100")]).await;
    assert_eq!(states(&once_none_is(&staff, first.ticket.number, "waiting").await), ["read"]);
    assert!(command.with_extension("hung").exists(), "it did hang");
}

#[tokio::test]
async fn without_a_recogniser_the_verdict_is_made_without_the_screen() {
    let set = |config: &mut collector::Config| config.screens.command = "/nonexistent/tesseract".to_owned();
    let collector = TestCollector::start_with(Backend::Sqlite, set).await.unwrap();
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let number = press(&device, Some("не печатает принтер"), &[dialog("ru-message-light-100")]).await.ticket.number;
    let ticket = once_none_is(&staff, number, "waiting").await;
    assert_eq!(states(&ticket), ["unavailable"]);
    assert_eq!(ticket["summary"]["category"], "printing");
    collector.stop().await.unwrap();
}
