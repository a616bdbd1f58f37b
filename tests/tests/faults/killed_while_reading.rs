//! The collector is killed while a screen is read: it is read after the next start.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use anyhow::Context as _;
use report::DeviceCredentials;
use reqwest::Client;
use serde_json::json;
use store::{ScreenState, Store, StoreOptions};
use tests::{
    PATIENCE,
    collector_process::CollectorProcess,
    desktop::until,
    reports::{self, Picture},
};

#[tokio::test]
async fn a_screen_whose_reader_was_killed_is_read_after_the_next_start() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    // Hangs over the first picture and hands everything after it on.
    let command = folder.path().join("hangs-once");
    let script =
        "#!/bin/sh\n[ \"$1\" = stdin ] && mkdir \"$0.hung\" 2>/dev/null && exec sleep 1000\nexec tesseract \"$@\"\n";
    std::fs::write(&command, script)?;
    std::fs::set_permissions(&command, std::fs::Permissions::from_mode(0o755))?;
    let setting = format!("screens.command={}", command.display());
    let data_dir = folder.path().join("collector");
    let mut collector = CollectorProcess::start(&data_dir, &[&setting, "screens.time_limit=10m"])?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Client::builder().no_proxy().build()?;

    let device = json!({ "hostname": "desk-17", "os": "linux", "agent_version": "0.1.0" });
    let enrol = http.post(format!("{}/api/v1/enrolments", collector.url()));
    let enrolled = enrol.json(&json!({ "token": collector.token()?, "device": device })).send().await?;
    let credentials: DeviceCredentials = enrolled.error_for_status()?.json().await?;
    let bearer = format!("{}.{}", credentials.device_id, credentials.secret);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures/dialogs/ru-message-light-100.png");
    let bytes = std::fs::read(path)?;
    let size = image::load_from_memory(&bytes)?.to_rgb8().dimensions();
    let picture = Picture { bytes, media_type: report::MediaType::Png, size };
    let report = reports::with_screenshot(&picture);
    let reports = format!("{}/api/v1/reports", collector.url());
    http.post(&reports).bearer_auth(&bearer).json(&report).send().await?.error_for_status()?;
    let upload = http.put(format!("{reports}/{}/attachments/0", report.id)).bearer_auth(&bearer);
    let upload = upload.header("content-type", "image/png").body(picture.bytes.clone());
    upload.send().await?.error_for_status()?;

    let hung = command.with_extension("hung");
    until("the recogniser works", PATIENCE, async || Ok(hung.exists().then_some(()))).await?;
    collector.kill()?;
    collector.start_again()?;
    let database = format!("sqlite://{}", data_dir.join("redbutton.db").display());
    let store = Store::open(&StoreOptions::new(database, data_dir.join("blobs"))).await?;
    let organisation = store.list_organisations().await?.into_iter().next().context("no organisation")?;
    let scope = store.in_organisation(organisation.id);
    let text = until("the screen is read", PATIENCE, async || {
        let stored = scope.find_report(report.id).await?.context("the report is gone")?;
        let screen = stored.screens.into_iter().find(|screen| screen.state == ScreenState::Read);
        Ok(screen.and_then(|screen| screen.text))
    });
    let text = text.await?;
    anyhow::ensure!(text.contains("0x80070035"), "{text}");
    store.close().await;
    collector.stop()
}
