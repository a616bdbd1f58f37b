//! The summary for people.

use crate::figures::{Cost, Row, Summary};

/// The table.
pub fn of(summary: &Summary) -> String {
    let machine = &summary.machine;
    let picture = match summary.picture_bytes {
        Some(bytes) => format!("a picture of 1920×1080 weighs {:.2} MB", bytes as f64 / 1e6),
        None => "no picture".to_owned(),
    };
    let mut lines = vec![
        format!(
            "{} presses, {picture}; {} processors, load {:.1} before",
            summary.presses, machine.processors, machine.load_1m
        ),
        String::new(),
        line("", "median ms", "p95 ms", "target", "", "what is measured"),
    ];
    lines.extend(summary.rows.iter().map(row));
    if let Some(ratio) = summary.capture_of_bare {
        lines.push(format!("captured is {ratio:.2} × the bare capture"));
    }
    lines.push(String::new());
    match (&summary.tray_app, &summary.not_measured) {
        (Some(app), _) => {
            lines.push(format!(
                "{:22} {:>9} {:>9} {:>16} {:>10}",
                "tray app", "RSS MB", "PSS MB", "CPU of one", "processes"
            ));
            lines.push(format!(
                "{:22} {:>9.1} {:>9.1}   a minimal app with an icon",
                "floor", app.floor_rss_mb, app.floor_pss_mb
            ));
            lines.push(cost("idle, no window", &app.idle));
            lines.push(cost("window open", &app.window_open));
            lines.push(cost("window closed again", &app.window_closed));
            lines.push(format!(
                "idle is {:.2} × the floor's RSS, {:.2} × its PSS (printed, no target); closing gives {:.1} MB PSS back, {:+.1} MB \
                 stay after a first press",
                app.idle.rss_mb / app.floor_rss_mb,
                app.idle.pss_mb / app.floor_pss_mb,
                app.window_open.pss_mb - app.window_closed.pss_mb,
                app.window_closed.pss_mb - app.idle.pss_mb,
            ));
        }
        (None, why) => lines.push(format!("tray app: not measured: {}", why.as_deref().unwrap_or_default())),
    }
    lines.join("\n")
}

fn row(row: &Row) -> String {
    if let Some(why) = &row.not_measured {
        return format!("{:20} not measured: {why}", row.name);
    }
    let number = |value: Option<f64>| value.map(|value| format!("{value:.1}")).unwrap_or_default();
    let met = match row.met {
        Some(true) => "met",
        Some(false) => "NOT met",
        None => "",
    };
    let target = row.target_ms.map(|target| format!("≤ {target:.0}")).unwrap_or_default();
    line(row.name, &number(row.median_ms), &number(row.p95_ms), &target, met, row.measures)
}

fn line(name: &str, median: &str, p95: &str, target: &str, met: &str, measures: &str) -> String {
    format!("{name:20} {median:>10} {p95:>10} {target:>8} {met:8} {measures}").trim_end().to_owned()
}

fn cost(name: &str, cost: &Cost) -> String {
    let cpu = match cost.cpu_percent {
        Some(percent) => format!("{percent:.2} % in {} s", cost.watched_s),
        None => String::new(),
    };
    format!("{name:22} {:>9.1} {:>9.1} {cpu:>16} {:>10}", cost.rss_mb, cost.pss_mb, cost.processes)
}
