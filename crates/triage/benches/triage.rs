//! Time per verdict: facts only, text only, both; beside it, as a floor, parsing the same report's JSON.
//!
//! `cargo bench -p triage --bench triage -- [--json] [--verdicts N]`

use std::hint::black_box;
use std::time::{Duration, Instant};

use report::{AgentInfo, Fact, FactOutcome, Language, OsFamily, Privacy, Report, SCHEMA_VERSION};
use serde_json::{Value, json};
use triage::{Classifier, Input};

/// Sentences of the corpus the tests use.
const PHRASES: [&str; 2] = [include_str!("../tests/phrases/ru.tsv"), include_str!("../tests/phrases/en.tsv")];

/// Target: p99 of a verdict with facts and text, in microseconds.
const TARGET_P99_US: f64 = 1_000.0;

struct Timing {
    name: &'static str,
    p50_us: f64,
    p99_us: f64,
    mean_us: f64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let as_json = arguments.iter().any(|a| a == "--json");
    let verdicts = arguments.iter().position(|a| a == "--verdicts").and_then(|at| arguments.get(at + 1));
    let verdicts: usize = verdicts.map_or(Ok(20_000), |n| n.parse())?;

    let began = Instant::now();
    let classifier = Classifier::shipped()?;
    let compile_ms = began.elapsed().as_secs_f64() * 1e3;

    let phrases: Vec<&str> = PHRASES
        .iter()
        .flat_map(|corpus| corpus.lines().skip(1))
        .filter_map(|l| l.split_once('\t'))
        .map(|(_, text)| text)
        .collect();
    let silent = report(None, true);
    let bytes = serde_json::to_vec(&silent)?;
    let with_text: Vec<Report> = phrases.iter().map(|text| report(Some(text), false)).collect();
    let with_both: Vec<Report> = phrases.iter().map(|text| report(Some(text), true)).collect();

    let timings = [
        measure("floor: parse the report's JSON", verdicts, |_| {
            black_box(serde_json::from_slice::<Report>(black_box(&bytes)).is_ok());
        }),
        measure("facts only", verdicts, |_| {
            black_box(classifier.verdict(&Input::new(black_box(&silent))));
        }),
        measure("text only", verdicts, |n| {
            black_box(classifier.verdict(&Input::new(black_box(&with_text[n % with_text.len()]))));
        }),
        measure("facts and text", verdicts, |n| {
            black_box(classifier.verdict(&Input::new(black_box(&with_both[n % with_both.len()]))));
        }),
    ];
    let floor = timings[0].p50_us;
    let both = &timings[3];
    if as_json {
        let rows: Vec<Value> = timings
            .iter()
            .map(|t| json!({ "name": t.name, "p50_us": t.p50_us, "p99_us": t.p99_us, "mean_us": t.mean_us, "times_floor": t.p50_us / floor }))
            .collect();
        let all = json!({
            "bench": "triage", "rules": classifier.rules().len(), "triage_version": classifier.version(),
            "verdicts": verdicts, "report_bytes": bytes.len(), "compile_ms": compile_ms, "timings": rows,
            "target_p99_us": TARGET_P99_US, "meets_target": both.p99_us <= TARGET_P99_US,
        });
        println!("{all}");
    } else {
        println!(
            "{} rules compiled in {compile_ms:.1} ms; report of {} bytes; {verdicts} verdicts each",
            classifier.rules().len(),
            bytes.len()
        );
        println!("{:<32} {:>10} {:>10} {:>10} {:>9}", "", "p50 µs", "p99 µs", "mean µs", "× floor");
        for t in &timings {
            println!(
                "{:<32} {:>10.1} {:>10.1} {:>10.1} {:>9.2}",
                t.name,
                t.p50_us,
                t.p99_us,
                t.mean_us,
                t.p50_us / floor
            );
        }
        println!(
            "target: facts and text p99 ≤ {TARGET_P99_US} µs: {}",
            if both.p99_us <= TARGET_P99_US { "met" } else { "MISSED" }
        );
    }
    Ok(())
}

/// Runs `once` a tenth of `times` to warm up, then `times` under the clock.
fn measure(name: &'static str, times: usize, mut once: impl FnMut(usize)) -> Timing {
    (0..times / 10).for_each(&mut once);
    let mut taken: Vec<Duration> = (0..times)
        .map(|n| {
            let began = Instant::now();
            once(n);
            began.elapsed()
        })
        .collect();
    taken.sort_unstable();
    let us = |duration: Duration| duration.as_secs_f64() * 1e6;
    let at = |share: f64| taken.get(((taken.len() as f64 - 1.0) * share) as usize).copied().unwrap_or_default();
    let mean = taken.iter().sum::<Duration>().checked_div(u32::try_from(taken.len().max(1)).unwrap_or(u32::MAX));
    Timing { name, p50_us: us(at(0.5)), p99_us: us(at(0.99)), mean_us: us(mean.unwrap_or_default()) }
}

/// A report the size of real ones: every probe answers, 60 groups of events, 20 processes.
fn report(text: Option<&str>, with_facts: bool) -> Report {
    let fact = |(probe, data): (&str, Value)| Fact {
        probe: probe.to_owned(),
        outcome: FactOutcome::Ok { data },
        took_ms: 12,
        privacy: Privacy::Technical,
    };
    Report {
        schema: SCHEMA_VERSION,
        id: uuid::Uuid::from_u128(7),
        pressed_at: chrono::DateTime::UNIX_EPOCH,
        agent: AgentInfo { version: "0.1.0".to_owned(), os: OsFamily::Windows },
        hostname: "ws-0042".to_owned(),
        user: None,
        language: Language::Ru,
        text: text.map(str::to_owned),
        facts: if with_facts { facts().into_iter().map(fact).collect() } else { Vec::new() },
        attachments: Vec::new(),
        omissions: Vec::new(),
    }
}

fn facts() -> Vec<(&'static str, Value)> {
    let providers = [
        "kernel",
        "disk",
        "Application Error",
        "Service Control Manager",
        "DistributedCOM",
        "systemd",
        "Schannel",
        "DNS Client Events",
    ];
    let groups: Vec<Value> = (0..60)
        .map(|n| json!({
            "provider": providers[n % providers.len()], "id": 1000 + n, "level": "error", "count": n % 7 + 1,
            "first_at": "2026-03-02T08:50:00Z", "last_at": "2026-03-02T08:59:00Z",
            "message": format!("The service number {n} terminated unexpectedly and will be restarted in 60000 milliseconds"),
        }))
        .collect();
    let busy: Vec<Value> =
        (0..10).map(|n| json!({ "name": format!("process{n}.exe"), "percent": 9.5 - n as f64 * 0.5 })).collect();
    let large: Vec<Value> =
        (0..10).map(|n| json!({ "name": format!("process{n}.exe"), "bytes": 900_000_000 - n * 1_000_000 })).collect();
    vec![
        (
            "foreground",
            json!({ "executable": "EXCEL.EXE", "name": "Excel", "version": "16.0", "publisher": "Microsoft", "title": null, "responding": true, "session_type": "console" }),
        ),
        ("events", json!({ "window_s": 900, "total": 240, "groups": groups })),
        (
            "network",
            json!({
                "interfaces": [{ "name": "eth0", "up": true }], "link": { "ok": true }, "address": { "ok": true, "apipa": false },
                "gateway": { "address": "10.2.0.1", "ok": false, "rtt_ms": null }, "dns": { "servers": ["10.2.0.53"], "ok": false, "took_ms": null, "name": "mail.example.org" },
                "proxy": { "mode": "none" }, "captive_portal": { "detected": false }, "internet": { "ok": false }, "collector": { "ok": false },
                "services": [{ "name": "mail", "ok": false, "error": "timed_out" }, { "name": "files", "ok": false, "error": "timed_out" }],
                "vpn": { "up": false, "interfaces": [] }, "broken_rung": "gateway",
            }),
        ),
        (
            "wifi",
            json!({ "connected": true, "signal_dbm": -84, "signal_percent": 30, "band_ghz": 2.4, "interface": "wlan0", "link_mbps": 54 }),
        ),
        (
            "disks",
            json!({
                "volumes": [{ "mount": "C:", "fs": "NTFS", "total_bytes": 250_000_000_000_u64, "free_bytes": 12_000_000_000_u64, "free_percent": 4.8, "read_only": false },
                            { "mount": "D:", "fs": "NTFS", "total_bytes": 500_000_000_000_u64, "free_bytes": 300_000_000_000_u64, "free_percent": 60.0, "read_only": false }],
                "devices": [{ "name": "PhysicalDrive0", "model": "SSD", "health": "ok" }],
            }),
        ),
        (
            "load",
            json!({ "cpu_percent": 95.5, "cpus": 8, "memory_used_percent": 81.0, "commit_percent": 70.0, "swap_total_bytes": 4_000_000_000_u64, "swap_used_bytes": 100_000_000, "pressure": {}, "top_cpu": busy, "top_memory": large, "hung_windows": 0 }),
        ),
        (
            "boot",
            json!({ "uptime_s": 2_000_000, "booted_at": "2026-02-07T00:00:00Z", "last_boot_reason": "normal", "reboot_pending": true, "reboot_pending_reasons": ["updates"], "last_crash": null }),
        ),
        (
            "clock",
            json!({ "skew_ms": 120, "time_zone": "Europe/Moscow", "utc_offset_minutes": 180, "synchronised": true }),
        ),
        (
            "os",
            json!({ "family": "windows", "name": "Windows 11", "version": "23H2", "build": "22631", "kernel": "10.0", "patch_age_days": 90, "failed_updates": 1 }),
        ),
        (
            "power",
            json!({ "on_battery": false, "battery_percent": 90, "battery_health_percent": 88, "plan": "balanced", "throttled": false }),
        ),
        ("session", json!({ "kind": "console", "protocol": null, "user": "u", "other_users": 0, "locale": "ru_RU" })),
    ]
}
