//! A click in the tray becomes a ticket in the browser, and its answer comes back.

use anyhow::{Context as _, ensure};
use store::testing::postgres;
use tests::{
    PATIENCE,
    collector_process::CollectorProcess,
    desktop::{Desktop, ICON, until},
    programs,
    tray_app::TrayApp,
};
use tokio::sync::Mutex;

use crate::{browser, is_ci};

/// Desktops want the processors for themselves.
static ONE: Mutex<()> = Mutex::const_new(());

/// What happens to the collector on the way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Lives,
    /// Killed before the click, started again once the report is saved.
    Killed,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_becomes_a_ticket_in_the_browser_and_its_answer_comes_back() -> anyhow::Result<()> {
    journey(&[], Fate::Lives).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_while_the_collector_is_dead_becomes_one_ticket_when_it_is_back() -> anyhow::Result<()> {
    journey(&[], Fate::Killed).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_becomes_a_ticket_on_postgresql() -> anyhow::Result<()> {
    let Some(server) = postgres() else { return Ok(()) };
    journey(&[&format!("database.url={}", server.create_database())], Fate::Killed).await
}

async fn journey(settings: &[&str], fate: Fate) -> anyhow::Result<()> {
    let _turn = ONE.lock().await;
    if let Some(command) = Desktop::missing().or_else(|| browser::missing().map(str::to_owned)) {
        ensure!(!is_ci(), "the journeys need: {command}");
        eprintln!("SKIPPED: the journeys run after: {command}");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let mut collector = CollectorProcess::start(folder.path(), settings)?;
    let (token, who) = (collector.token()?, collector.staff("anna", "Anna Smith", "en")?);

    let desktop = Desktop::start().await?;
    let follow_fast = [("REDBUTTON_FOLLOW_INTERVAL_S", "1")];
    let app = TrayApp::spawn(&desktop, &collector.url(), &token, &follow_fast)?;
    desktop.wait_for_icon(app.0.pid()).await?;
    until("the app is enrolled", PATIENCE, async || Ok((status(&desktop)?["enrolled"] == true).then_some(()))).await?;

    if fate == Fate::Killed {
        collector.kill()?;
    }
    desktop.click(ICON, 1, 1)?;
    if fate == Fate::Killed {
        until("the report is saved on the device", PATIENCE, async || {
            Ok((status(&desktop)?["waiting"] == 1).then_some(()))
        })
        .await?;
        collector.start_again()?;
    }

    let seen = browser::work_ticket(&collector.url(), &who, 1, 1920).await?;
    ensure!(seen.complaints.is_empty(), "the page complains: {:?}", seen.complaints);
    ensure!(!seen.category.is_empty(), "no category");

    until("the tray knows that it is resolved", PATIENCE, async || {
        let status = status(&desktop)?;
        let presses = status["presses"].as_array().context("no presses")?;
        ensure!(presses.len() == 1, "one click is one press: {presses:?}");
        let events = presses[0]["events"].as_array().context("no events")?;
        Ok(events.iter().any(|event| event["kind"] == "resolved").then_some(()))
    })
    .await?;
    let status = status(&desktop)?;
    ensure!(status["waiting"] == 0 && status["set_aside"] == 0, "something is left: {status}");
    collector.stop()
}

/// What the app would show, asked beside it.
fn status(desktop: &Desktop) -> anyhow::Result<serde_json::Value> {
    let mut command = desktop.command(programs::agent()?);
    let output = command.args(["status", "--json"]).env("REDBUTTON_KEY_STORE", "off").output()?;
    ensure!(output.status.success(), "status: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}
