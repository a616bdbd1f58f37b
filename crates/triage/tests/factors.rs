//! What a report may share with others: only what stays the same at the next press.

mod reports;

use report::Dimension;
use reports::{SHIPPED, report};
use serde_json::json;
use triage::{Input, factors};

#[test]
fn facts_become_factors_in_their_usual_form() {
    let facts = json!({
        "foreground": { "executable": "OUTLOOK.EXE", "name": "Outlook", "version": "16.0.17328" },
        "network": {
            "gateway": { "address": "10.2.0.1", "ok": false, "rtt_ms": null },
            "broken_rung": "gateway",
            "interfaces": [
                { "name": "tun0", "kind": "vpn", "up": true, "addresses": ["172.16.9.9"] },
                { "name": "eth0", "kind": "ethernet", "up": true, "addresses": ["fe80::1", "10.2.7.44"] },
            ],
            "services": [{ "name": "mail", "ok": false }, { "name": "erp", "ok": true }],
        },
    });
    let report = report(Some("почта не работает, ошибка 0x8004010f"), &facts);
    let verdict = SHIPPED.verdict(&Input::new(&report));
    let all = factors(&verdict, &report, Some("msk"));
    let value = |dimension| all.iter().find(|f| f.dimension == dimension).map(|f| f.value.as_str());
    assert_eq!(value(Dimension::Site), Some("msk"));
    assert_eq!(value(Dimension::Gateway), Some("10.2.0.1"));
    assert_eq!(value(Dimension::Subnet), Some("10.2.7.0/24"));
    assert_eq!(value(Dimension::Rung), Some("gateway"));
    assert_eq!(value(Dimension::Service), Some("mail"));
    assert_eq!(value(Dimension::Application), Some("outlook"));
    assert_eq!(value(Dimension::Version), Some("outlook@16.0.17328"));
    assert_eq!(value(Dimension::Category), Some(verdict.category.value.as_str()));
    assert!(value(Dimension::Code).is_some_and(|code| code.eq_ignore_ascii_case("0x8004010f")), "{all:?}");
    assert_eq!(factors(&verdict, &report, Some("msk")), all);
}

#[test]
fn nothing_known_gives_nothing() {
    let report = report(None, &json!({}));
    assert_eq!(factors(&SHIPPED.verdict(&Input::new(&report)), &report, None), vec![]);
}
