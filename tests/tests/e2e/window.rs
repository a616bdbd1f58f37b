//! The window: a process of its own, there only while it is looked at.

use tests::{
    PATIENCE,
    desktop::{Desktop, ICON, descendants, until},
};

use crate::{app, desk::Desk};

#[tokio::test(flavor = "multi_thread")]
async fn no_webview_exists_before_the_first_press_nor_after_the_window_closed() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let app = app::start(&desktop, &desk).await?;
    assert_eq!(descendants(app.0.pid()), [], "the tray alone");

    desktop.click(ICON, 1, 1)?;
    let (process, window) = app.window(&desktop).await?;
    assert!(descendants(process).iter().any(|(_, line)| line.contains("WebKitWebProcess")), "the webview is its child");

    let closed = desktop.command("xdotool").args(["windowclose", &window]).status()?;
    assert!(closed.success());
    until("every process of the window is gone", PATIENCE, async || {
        Ok(descendants(app.0.pid()).is_empty().then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_press_reuses_the_open_window() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let app = app::spawn(&desktop, &desk, &[("REDBUTTON_PRESS_DEBOUNCE_MS", "0")])?;
    desktop.wait_for_icon(app.0.pid()).await?;

    desktop.click(ICON, 1, 1)?;
    let first = app.window(&desktop).await?;
    desktop.click(ICON, 1, 1)?;
    until("both reports arrive", PATIENCE, async || Ok((desk.reports().len() == 2).then_some(()))).await?;
    assert_eq!(app.window(&desktop).await?, first);
    let windows = descendants(app.0.pid()).into_iter().filter(|(_, line)| line.split(' ').nth(1) == Some("window"));
    assert_eq!(windows.count(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_goes_with_the_app() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let mut app = app::start(&desktop, &desk).await?;
    desktop.click(ICON, 1, 1)?;
    let (process, _) = app.window(&desktop).await?;

    app.0.signal(libc::SIGKILL);
    app.0.ended().await?;
    until("the window is gone too", PATIENCE, async || {
        Ok((!std::path::Path::new(&format!("/proc/{process}")).exists()).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_does_not_take_the_keyboard_from_what_is_being_typed() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let app = app::start(&desktop, &desk).await?;
    let focused = || -> anyhow::Result<String> {
        let output = desktop.command("xdotool").arg("getwindowfocus").output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    let before = focused()?;
    desktop.click(ICON, 1, 1)?;
    app.window(&desktop).await?;
    assert_eq!(focused()?, before);
    Ok(())
}
