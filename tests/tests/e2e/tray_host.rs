//! Panels come and go: at sign-in the app is often there first, and panels crash.

use tests::{
    PATIENCE,
    desktop::{Desktop, ICON, until},
};

use crate::{app, desk::Desk};

#[tokio::test(flavor = "multi_thread")]
async fn the_icon_comes_back_with_the_panel_and_still_takes_clicks() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (mut desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let app = app::start(&desktop, &desk).await?;

    desktop.kill_panel().await?;
    desktop.start_panel().await?;
    desktop.wait_for_icon(app.0.pid()).await?;

    desktop.click(ICON, 1, 1)?;
    until("a report arrives", PATIENCE, async || Ok((!desk.reports().is_empty()).then_some(()))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_starts_before_the_panel_gets_its_icon() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (mut desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    desktop.kill_panel().await?;

    let app = app::spawn(&desktop, &desk, &[])?;
    let channel = "org.redbutton.desktop.SingleInstance";
    until("the app is up", PATIENCE, async || {
        let bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner");
        let said = desktop.bus_call(bus.0, bus.1, bus.2, &[channel]);
        Ok(said.is_ok_and(|said| said.contains("true")).then_some(()))
    })
    .await?;
    desktop.start_panel().await?;
    desktop.wait_for_icon(app.0.pid()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_display_it_says_what_to_do_instead() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let mut command = app::command(&desktop, &desk)?;
    command.env_remove("DISPLAY");
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("redbutton report --text"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_it_ends_well() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let mut app = app::start(&desktop, &desk).await?;
    app.0.signal(libc::SIGTERM);
    let status = app.0.ended().await?;
    assert!(status.success(), "{status}");
    Ok(())
}
