//! What the app costs while nobody needs it.

use std::time::{Duration, Instant};

use tests::desktop::{Desktop, ICON, descendants, until, usage};

use crate::{app, desk::Desk};

/// How long the processor is watched.
const WATCHED: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn idle_without_a_window_it_costs_next_to_nothing() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let app = app::start(&desktop, &desk).await?;

    let (before, began) = (usage(app.0.pid())?, Instant::now());
    tokio::time::sleep(WATCHED).await; // the measurement itself: processor time over a stretch of wall time
    let after = usage(app.0.pid())?;
    let cpu = (after.cpu - before.cpu).as_secs_f64() / began.elapsed().as_secs_f64();
    eprintln!(
        "idle without a window: RSS {:.1} MB, PSS {:.1} MB, CPU {:.2} % over {} s",
        after.rss_bytes as f64 / 1e6,
        after.pss_bytes as f64 / 1e6,
        cpu * 100.0,
        WATCHED.as_secs(),
    );
    assert_eq!(descendants(app.0.pid()), []);
    // A debug build: its code alone is 40 MB more than the shipped one's. `cargo xtask bench press` measures that.
    assert!(after.pss_bytes < 120_000_000, "{} bytes", after.pss_bytes);
    assert!(cpu < 0.02, "{cpu}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_of_the_window_comes_back() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let app = app::start(&desktop, &desk).await?;
    let total = || -> anyhow::Result<u64> {
        let window = descendants(app.0.pid()).into_iter().filter_map(|(pid, _)| usage(pid).ok());
        Ok(usage(app.0.pid())?.pss_bytes + window.map(|usage| usage.pss_bytes).sum::<u64>())
    };
    // The first press pays for what the tray itself keeps (captures, connections); the second shows the window's share.
    let mut figures = Vec::new();
    for _ in 0..2 {
        let idle = total()?;
        desktop.click(ICON, 1, 1)?;
        let (_, window) = app.window(&desktop).await?;
        let open = total()?;
        desktop.command("xdotool").args(["windowclose", &window]).status()?;
        until("the window is gone", Duration::from_secs(15), async || {
            Ok(descendants(app.0.pid()).is_empty().then_some(()))
        })
        .await?;
        figures.push((idle, open, total()?));
    }
    for (idle, open, closed) in &figures {
        let mb = |bytes: &u64| *bytes as f64 / 1e6;
        eprintln!("PSS of all processes: {:.1} MB, with window {:.1}, after {:.1}", mb(idle), mb(open), mb(closed));
    }
    let (idle, open, closed) = figures[1];
    assert!(open > idle + 30_000_000, "a webview was there: {open} after {idle}");
    // A quarter of the window's share is what the tray's own heaps may have grown by meanwhile.
    assert!(closed < idle + (open - idle) / 4, "{closed} after {idle}, {open} with the window");
    Ok(())
}
