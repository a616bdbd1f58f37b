//! Reports to measure with.

use report::{AgentInfo, Fact, FactOutcome, Language, OsFamily, Privacy, Report, SCHEMA_VERSION};
use serde_json::{Value, json};

/// A report the size of real ones: every probe answers, 60 groups of events, 20 processes.
pub fn report(text: Option<&str>, with_facts: bool) -> Report {
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
