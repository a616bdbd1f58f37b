//! What a click, a double click and a second process do.

use tests::{
    PATIENCE,
    desktop::{Desktop, ICON, until},
    tray_app::TrayApp,
};

use crate::{app, desk::Desk};

async fn delivered(desk: &Desk, count: usize) -> anyhow::Result<()> {
    until("the reports arrive", PATIENCE, async || Ok((desk.reports().len() >= count).then_some(()))).await
}

/// Waits until the app has nothing under way, so that a second report would have been seen.
async fn settled(desktop: &Desktop, app: &TrayApp) -> anyhow::Result<()> {
    until("the icon says that there is an answer", PATIENCE, async || {
        let tooltip = desktop.icon_property(app.0.pid(), "ToolTip");
        Ok(tooltip.is_ok_and(|tooltip| tooltip.contains("There is an answer for you")).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_files_one_report_with_the_screen() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let app = app::start(&desktop, &desk).await?;

    desktop.click(ICON, 1, 1)?;
    delivered(&desk, 1).await?;
    app.window(&desktop).await?;
    settled(&desktop, &app).await?;

    let reports = desk.reports();
    assert_eq!(reports.len(), 1);
    assert!(!reports[0].facts.is_empty(), "the machine was asked");
    assert_eq!(reports[0].attachments.len(), 1, "one monitor, one picture");
    assert_eq!(reports[0].attachments[0].size, Some((1920, 1080)));
    until("the picture arrives", PATIENCE, async || {
        Ok((desk.attachments() == [reports[0].attachments[0].bytes as usize]).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_files_one_report() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    // However late the second click of the two is seen, it belongs to the first.
    let app = app::spawn(&desktop, &desk, &[("REDBUTTON_PRESS_DEBOUNCE_MS", "600000")])?;
    desktop.wait_for_icon(app.0.pid()).await?;

    desktop.click(ICON, 1, 2)?;
    delivered(&desk, 1).await?;
    settled(&desktop, &app).await?;
    assert_eq!(desk.reports().len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_from_the_command_line_reaches_the_running_app() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let app = app::start(&desktop, &desk).await?;

    let mut command = app::command(&desktop, &desk)?;
    command.args(["report", "--wait", "600", "--text", "Принтер на 3-м этаже молчит"]);
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.starts_with("Your report is registered: INC-1001\n"), "{printed}");

    assert_eq!(desk.reports().len(), 1);
    assert_eq!(desk.reports()[0].text.as_deref(), Some("Принтер на 3-м этаже молчит"));
    app.window(&desktop).await?; // of the running app: the press was its own
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_second_start_shows_the_window_and_ends() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let app = app::start(&desktop, &desk).await?;

    let mut second = app::spawn(&desktop, &desk, &[])?;
    assert!(second.0.ended().await?.success());
    app.window(&desktop).await?;
    assert!(desk.reports().is_empty(), "looking is not reporting");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_survives_kill_9_of_the_app() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let mut app = app::start(&desktop, &desk).await?;

    desk.hold();
    desktop.click(ICON, 1, 1)?;
    until("the report is on its way", PATIENCE, async || Ok((desk.arrivals() > 0).then_some(()))).await?;
    app.0.signal(libc::SIGKILL);
    app.0.ended().await?;
    assert!(desk.reports().is_empty(), "nothing was answered yet");

    desk.answer();
    let app = app::start(&desktop, &desk).await?;
    delivered(&desk, 1).await?;
    settled(&desktop, &app).await?;
    assert_eq!(desk.reports().len(), 1, "neither lost nor doubled");
    Ok(())
}
