//! What the app costs while nobody needs it.

use std::time::{Duration, Instant};

use tests::{
    PATIENCE,
    desktop::{Desktop, ICON, Usage, descendants, until, usage},
};

use crate::{app, desk::Desk};

/// How long the processor is watched.
const WATCHED: Duration = Duration::from_secs(10);

/// How often at most: what starting up still has to do ends after a while, what an idle app does goes on.
const WATCHES: usize = 6;

/// Share of a processor that counts as idle, in a debug build.
const IDLE_SHARE: f64 = 0.02;

/// The share of a processor that process `pid` takes over [`WATCHED`], and what it uses at the end.
async fn watched(pid: u32) -> anyhow::Result<(f64, Usage)> {
    let (before, began) = (usage(pid)?, Instant::now());
    tokio::time::sleep(WATCHED).await; // the measurement itself: processor time over a stretch of wall time
    let after = usage(pid)?;
    Ok(((after.cpu - before.cpu).as_secs_f64() / began.elapsed().as_secs_f64(), after))
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_without_a_window_it_costs_next_to_nothing() -> anyhow::Result<()> {
    let Some(_turn) = crate::turn().await else { return Ok(()) };
    let (desktop, desk) = (Desktop::start().await?, Desk::start().await?);
    let app = app::start(&desktop, &desk).await?;

    let (mut cpu, mut after) = watched(app.0.pid()).await?;
    for _ in 1..WATCHES {
        if cpu < IDLE_SHARE {
            break;
        }
        (cpu, after) = watched(app.0.pid()).await?;
    }
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
    assert!(cpu < IDLE_SHARE, "{cpu}");
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
    for press in 1..=2 {
        let idle = total()?;
        desktop.click(ICON, 1, 1)?;
        let (_, window) = app.window(&desktop).await?;
        let open = until("a webview is there", PATIENCE, async || {
            let open = total()?;
            Ok((open > idle + 30_000_000).then_some(open))
        })
        .await?;
        // A picture that is still packed and sent is no idle app's.
        until("the picture arrives", PATIENCE, async || Ok((desk.attachments().len() >= press).then_some(()))).await?;
        desktop.command("xdotool").args(["windowclose", &window]).status()?;
        until("the window is gone", PATIENCE, async || Ok(descendants(app.0.pid()).is_empty().then_some(()))).await?;
        let mb = |bytes: u64| bytes as f64 / 1e6;
        eprintln!("PSS of all processes: {:.1} MB, with window {:.1}, after {:.1}", mb(idle), mb(open), mb(total()?));
        if press == 2 {
            // A quarter of the window's share is what the tray's own heaps may have grown by meanwhile.
            until("the memory comes back", PATIENCE, async || Ok((total()? < idle + (open - idle) / 4).then_some(())))
                .await?;
        }
    }
    Ok(())
}
