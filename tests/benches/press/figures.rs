//! From samples to figures beside their targets.

use anyhow::Context as _;
use serde::Serialize;

use crate::presser::Sample;

/// What the tray alone costs: a minimal app with an icon and no window, same toolkit, measured once; MB.
pub const FLOOR_RSS_MB: f64 = 61.0;
/// The same, shared pages divided among their users.
pub const FLOOR_PSS_MB: f64 = 43.0;

/// Everything measured.
#[derive(Debug, Serialize)]
pub struct Summary {
    pub machine: Machine,
    pub presses: usize,
    /// A picture of the screen as it travels (lossless WebP).
    pub picture_bytes: Option<u64>,
    pub rows: Vec<Row>,
    /// Median of the captures over the median of the bare ones.
    pub capture_of_bare: Option<f64>,
    pub tray_app: Option<TrayApp>,
    /// Why there is no `tray_app`.
    pub not_measured: Option<String>,
}

impl Summary {
    /// How many times a bare capture the agent's takes.
    pub fn capture_of_bare(samples: &[Sample]) -> Option<f64> {
        let captured = sorted(samples, |sample| sample.captured_ms);
        let bare = sorted(samples, |sample| sample.bare_ms);
        Some(quantile(&captured, 0.5)? / quantile(&bare, 0.5)?)
    }
}

/// What it was measured on.
#[derive(Debug, Serialize)]
pub struct Machine {
    pub processors: usize,
    /// Processes that wanted a processor in the minute before.
    pub load_1m: f64,
}

impl Machine {
    /// This machine, before anything is started.
    pub fn now() -> anyhow::Result<Self> {
        let load = std::fs::read_to_string("/proc/loadavg")?;
        let load_1m = load.split(' ').next().context("no load")?.parse()?;
        Ok(Self { processors: std::thread::available_parallelism()?.get(), load_1m })
    }
}

/// One stretch of the way of a press.
#[derive(Debug, Serialize)]
pub struct Row {
    pub name: &'static str,
    /// From where to where.
    pub measures: &'static str,
    pub median_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    /// For the median.
    pub target_ms: Option<f64>,
    pub met: Option<bool>,
    pub not_measured: Option<String>,
}

/// The tray app at three moments.
#[derive(Debug, Serialize)]
pub struct TrayApp {
    pub floor_rss_mb: f64,
    pub floor_pss_mb: f64,
    /// No press made, no window.
    pub idle: Cost,
    /// After one press, with the window on the screen.
    pub window_open: Cost,
    /// After that window was closed.
    pub window_closed: Cost,
}

/// What a process and everything it started cost.
#[derive(Debug, Serialize)]
pub struct Cost {
    pub processes: usize,
    pub rss_mb: f64,
    pub pss_mb: f64,
    /// Of one processor, over `watched_s`; `None` where it was not watched.
    pub cpu_percent: Option<f64>,
    pub watched_s: u64,
}

/// The rows of the presses. `no_screen` says why there was none.
pub fn rows(samples: &[Sample], no_screen: Option<&str>) -> Vec<Row> {
    let row = |name, measures, target_ms: Option<f64>, pick: fn(&Sample) -> Option<f64>| {
        let all = sorted(samples, pick);
        let median_ms = quantile(&all, 0.5);
        let why = || no_screen.unwrap_or("the screen could not be taken").to_owned();
        Row {
            name,
            measures,
            median_ms,
            p95_ms: quantile(&all, 0.95),
            target_ms,
            met: median_ms.zip(target_ms).map(|(median, target)| median <= target),
            not_measured: median_ms.is_none().then(why),
        }
    };
    vec![
        row("captured", "press → pixels of every monitor, private windows found", Some(60.0), |s| s.captured_ms),
        row("bare capture", "xcap's capture_image() alone, same monitor, before each press", None, |s| s.bare_ms),
        row("probes", "first probe asked → last one answered or out of time", None, |s| Some(s.probes_ms)),
        row("saved after probes", "last probe ended → durable in the outbox", Some(400.0), |s| {
            Some(s.after_probes_ms)
        }),
        row("saved", "press → durable in the outbox, all probes included", None, |s| Some(s.saved_ms)),
        row("receipt", "sending → receipt of the collector", Some(300.0), |s| Some(s.receipt_ms)),
        row("whole", "press → receipt of the collector", None, |s| Some(s.whole_ms)),
    ]
}

fn sorted(samples: &[Sample], pick: impl Fn(&Sample) -> Option<f64>) -> Vec<f64> {
    let mut all: Vec<f64> = samples.iter().filter_map(pick).collect();
    all.sort_by(f64::total_cmp);
    all
}

/// The value that a share `q` of all does not exceed (nearest rank).
fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let rank = (sorted.len() as f64 * q).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}
