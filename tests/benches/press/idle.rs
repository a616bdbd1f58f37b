//! What the tray app costs while nobody needs it, and what it keeps of a window that is closed.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tests::{
    collector_process::CollectorProcess,
    desktop::{Desktop, ICON, Usage, descendants, until, usage},
};

use crate::{
    figures::{Cost, FLOOR_PSS_MB, FLOOR_RSS_MB, TrayApp},
    measure,
};

/// How long the processor is watched.
const WATCHED: Duration = Duration::from_secs(10);
/// A second with no more work than this is quiet: polls and timers, but nothing being made.
const QUIET: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts the app, lets one press show its window, closes that.
pub async fn measure(desktop: &Desktop, program: &Path, collector: &CollectorProcess) -> anyhow::Result<TrayApp> {
    let app = measure::tray_app(desktop, program, collector)?;
    let pid = app.pid();
    desktop.wait_for_icon(pid).await?;
    quiet(pid).await?;
    let idle = watched(pid).await?;

    desktop.click(ICON, 1, 1)?;
    let window = until("the window appears", PATIENCE, async || {
        for (process, line) in descendants(pid) {
            if line.split(' ').nth(1) == Some("window")
                && let Some(window) = desktop.windows_of(process)?.into_iter().next()
            {
                return Ok(Some(window));
            }
        }
        Ok(None)
    })
    .await?;
    quiet(pid).await?;
    let window_open = cost(pid)?.0;

    let closed = desktop.command("xdotool").args(["windowclose", &window]).status().context("xdotool")?;
    anyhow::ensure!(closed.success(), "xdotool windowclose: {closed}");
    until("the window is gone", PATIENCE, async || Ok(descendants(pid).is_empty().then_some(()))).await?;
    quiet(pid).await?;
    let window_closed = watched(pid).await?;
    Ok(TrayApp { floor_rss_mb: FLOOR_RSS_MB, floor_pss_mb: FLOOR_PSS_MB, idle, window_open, window_closed })
}

/// Waits until the app has nothing under way: three quiet seconds in a row.
async fn quiet(pid: u32) -> anyhow::Result<()> {
    let (mut before, mut since, mut quiet_seconds) = (cost(pid)?.1, Instant::now(), 0);
    until("the tray app comes to rest", PATIENCE, async || {
        if since.elapsed() < Duration::from_secs(1) {
            return Ok(None);
        }
        let now = cost(pid)?.1;
        // A process that ended takes its time with it.
        quiet_seconds = if now.saturating_sub(before) <= QUIET { quiet_seconds + 1 } else { 0 };
        (before, since) = (now, Instant::now());
        Ok((quiet_seconds == 3).then_some(()))
    })
    .await
}

/// Memory, and the processor over [`WATCHED`].
async fn watched(pid: u32) -> anyhow::Result<Cost> {
    let (before, began) = (cost(pid)?.1, Instant::now());
    tokio::time::sleep(WATCHED).await; // the measurement itself: processor time over a stretch of wall time
    let (mut cost, after) = cost(pid)?;
    cost.cpu_percent = Some(after.saturating_sub(before).as_secs_f64() / began.elapsed().as_secs_f64() * 100.0);
    cost.watched_s = WATCHED.as_secs();
    Ok(cost)
}

/// Memory and processor time of the app and everything it started.
fn cost(pid: u32) -> anyhow::Result<(Cost, Duration)> {
    // A child may end between being listed and being read.
    let children = descendants(pid).into_iter().filter_map(|(child, _)| usage(child).ok());
    let all: Vec<Usage> = std::iter::once(usage(pid)?).chain(children).collect();
    let megabytes = |of: fn(&Usage) -> u64| all.iter().map(of).sum::<u64>() as f64 / 1e6;
    let (rss_mb, pss_mb) = (megabytes(|usage| usage.rss_bytes), megabytes(|usage| usage.pss_bytes));
    let cpu = all.iter().map(|usage| usage.cpu).sum();
    Ok((Cost { processes: all.len(), rss_mb, pss_mb, cpu_percent: None, watched_s: 0 }, cpu))
}
