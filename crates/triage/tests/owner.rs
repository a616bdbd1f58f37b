//! Whose fault it is, from the shapes the network probe really has.

mod reports;

use report::Owner;
use reports::verdict_with;
use serde_json::{Value, json};
use triage::{explain, owner_words, user_words};

/// A ladder on which all is well, as `diagnostics` writes it, with changes by JSON pointer.
fn network(changes: &[(&str, Value)]) -> Value {
    let check = json!({ "ok": true, "tcp_ms": 4, "tls": null, "status": null, "error": null });
    let mut service = check.clone();
    service["name"] = json!("mail");
    let mut other = check.clone();
    other["name"] = json!("portal");
    let mut network = json!({
        "interfaces": [{ "name": "eth0", "kind": "ethernet", "up": true, "addresses": ["10.2.3.4"], "apipa": false }],
        "link": { "ok": true },
        "address": { "ok": true, "apipa": false },
        "gateway": { "address": "10.2.0.1", "ok": true, "rtt_ms": 0.6 },
        "dns": { "servers": ["10.2.0.53"], "ok": true, "took_ms": 4, "name": "desk.corp.example" },
        "proxy": { "mode": "none", "url": null, "ok": null },
        "captive_portal": { "detected": false },
        "internet": { "ok": true, "status": 200, "took_ms": 60 },
        "collector": check,
        "services": [service, other],
        "vpn": { "up": false, "interfaces": [] },
        "broken_rung": null,
    });
    for (pointer, value) in changes {
        *network.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value.clone();
    }
    network
}

/// Nothing beyond the gateway is reached.
fn cut_off(rung: &str, changes: &[(&str, Value)]) -> Value {
    let down = json!({ "ok": false, "tcp_ms": null, "tls": null, "status": null, "error": "timed_out" });
    let mut mail = down.clone();
    mail["name"] = json!("mail");
    let mut portal = down.clone();
    portal["name"] = json!("portal");
    let mut all = vec![
        ("/dns/ok", json!(false)),
        ("/internet", json!({ "ok": false, "status": null, "took_ms": null })),
        ("/captive_portal/detected", Value::Null),
        ("/collector", down),
        ("/services", json!([mail, portal])),
        ("/broken_rung", json!(rung)),
    ];
    all.extend(changes.iter().cloned());
    network(&all)
}

fn wifi(up: bool) -> (&'static str, Value) {
    ("/interfaces", json!([{ "name": "wlan0", "kind": "wifi", "up": up, "addresses": [], "apipa": false }]))
}

fn radio(connected: bool, dbm: i32) -> Value {
    json!({ "connected": connected, "signal_dbm": dbm, "signal_percent": null, "band_ghz": 2.4, "ssid_hash": "0123456789abcdef", "interface": "wlan0", "link_mbps": 54.0 })
}

fn service_down(name: &str, status: Option<u16>, error: &str) -> Value {
    json!({ "name": name, "ok": false, "tcp_ms": null, "tls": null, "status": status, "error": error })
}

#[test]
fn the_lowest_broken_rung_owns_the_fault() {
    let no_link = |wire: (&'static str, Value)| {
        cut_off(
            "link",
            &[
                wire,
                ("/link/ok", json!(false)),
                ("/address/ok", json!(false)),
                ("/gateway", json!({ "address": null, "ok": null, "rtt_ms": null })),
            ],
        )
    };
    let wired =
        ("/interfaces", json!([{ "name": "eth0", "kind": "ethernet", "up": false, "addresses": [], "apipa": false }]));
    let both = (
        "/interfaces",
        json!([{ "name": "eth0", "kind": "ethernet", "up": false, "addresses": [], "apipa": false }, { "name": "wlan0", "kind": "wifi", "up": false, "addresses": [], "apipa": false }]),
    );
    let silent_gateway = ("/gateway/ok", json!(false));
    let service = |name: &str| Some(Owner::Service { name: name.to_owned() });
    let cases: Vec<(&str, &str, Value, Option<Owner>)> = vec![
        (
            "no Wi-Fi on a machine that has nothing else",
            "нет интернета",
            json!({ "network": no_link(wifi(false)), "wifi": radio(false, -90) }),
            Some(Owner::WiFi),
        ),
        (
            "no cable on a machine that has nothing else",
            "нет интернета",
            json!({ "network": no_link(wired) }),
            Some(Owner::Lan),
        ),
        (
            "neither on a machine that has both",
            "нет интернета",
            json!({ "network": no_link(both), "wifi": radio(false, -90) }),
            None,
        ),
        (
            "no address on a wire",
            "нет интернета",
            json!({ "network": cut_off("address", &[("/address", json!({ "ok": false, "apipa": true }))]) }),
            Some(Owner::Lan),
        ),
        (
            "a silent gateway on a wire",
            "почта не работает",
            json!({ "network": cut_off("gateway", std::slice::from_ref(&silent_gateway)) }),
            Some(Owner::Lan),
        ),
        (
            "a silent gateway behind a weak radio",
            "почта не работает",
            json!({ "network": cut_off("gateway", &[wifi(true), silent_gateway.clone()]), "wifi": radio(true, -84) }),
            Some(Owner::WiFi),
        ),
        (
            "a silent gateway behind a strong radio",
            "почта не работает",
            json!({ "network": cut_off("gateway", &[wifi(true), silent_gateway]), "wifi": radio(true, -52) }),
            Some(Owner::Lan),
        ),
        (
            "a slow gateway behind a weak radio",
            "интернет тормозит",
            json!({ "network": network(&[wifi(true), ("/gateway/rtt_ms", json!(420.0))]), "wifi": radio(true, -84) }),
            Some(Owner::WiFi),
        ),
        ("no names", "сайты не открываются", json!({ "network": cut_off("dns", &[]) }), Some(Owner::Dns)),
        (
            "a dead proxy",
            "сайты не открываются",
            json!({ "network": cut_off("proxy", &[("/proxy", json!({ "mode": "manual", "url": "http://proxy.corp.example:3128", "ok": false }))]) }),
            Some(Owner::Proxy),
        ),
        (
            "a portal of the Wi-Fi",
            "нет интернета",
            json!({ "network": cut_off("captive_portal", &[wifi(true), ("/captive_portal/detected", json!(true)), ("/dns/ok", json!(true))]), "wifi": radio(true, -50) }),
            Some(Owner::WiFi),
        ),
        (
            "no internet beyond a gateway that answers",
            "нет интернета",
            json!({ "network": cut_off("internet", &[("/dns/ok", json!(true))]) }),
            Some(Owner::Provider),
        ),
        (
            "no internet, and a radio that is a little weak",
            "нет интернета",
            json!({ "network": cut_off("internet", &[wifi(true), ("/dns/ok", json!(true))]), "wifi": radio(true, -77) }),
            Some(Owner::Provider),
        ),
        (
            "a tunnel that carries nothing",
            "портал не открывается",
            json!({ "network": cut_off("collector", &[("/dns/ok", json!(true)), ("/internet/ok", json!(true)), ("/vpn", json!({ "up": true, "interfaces": ["tun0"] }))]) }),
            Some(Owner::Vpn),
        ),
        (
            "no tunnel, and only the company is out of reach",
            "портал не открывается",
            json!({ "network": cut_off("collector", &[("/dns/ok", json!(true)), ("/internet/ok", json!(true)), ("/vpn", json!({ "up": false, "interfaces": ["tun0"] }))]) }),
            Some(Owner::Vpn),
        ),
        (
            "one service out of reach, the rest fine",
            "портал не открывается",
            json!({ "network": network(&[("/services/1", service_down("portal", None, "refused")), ("/broken_rung", json!("service"))]) }),
            service("portal"),
        ),
        (
            "one service that answers with an error",
            "портал не открывается",
            json!({ "network": network(&[("/services/1", service_down("portal", Some(503), "server_error")), ("/broken_rung", json!("service"))]) }),
            service("portal"),
        ),
        (
            "mail out of reach, the rest fine",
            "почта не работает",
            json!({ "network": network(&[("/services/0", service_down("mail", None, "timed_out")), ("/broken_rung", json!("service"))]) }),
            service("mail"),
        ),
        (
            "a program that hangs on a whole network",
            "1с зависла",
            json!({ "network": network(&[]), "foreground": { "executable": "1cv8c.exe", "name": "1C", "responding": false } }),
            Some(Owner::Device),
        ),
        ("a whole network and a complaint about mail", "почта не работает", json!({ "network": network(&[]) }), None),
        ("words alone", "интернет не работает", Value::Null, None),
        (
            "a probe that could say nothing",
            "интернет не работает",
            json!({ "network": { "broken_rung": null, "link": null, "services": [] } }),
            None,
        ),
        (
            "a weak radio and a broken monitor",
            "монитор не включается",
            json!({ "network": network(&[wifi(true)]), "wifi": radio(true, -84) }),
            None,
        ),
    ];
    for (case, text, facts, expected) in cases {
        let verdict = verdict_with(Some(text), &facts);
        let owner = verdict.owner.as_ref();
        assert_eq!(
            owner.map(|owner| &owner.value),
            expected.as_ref(),
            "{case}: {:?} {:?}",
            verdict.category,
            verdict.findings.iter().map(|f| &f.rule).collect::<Vec<_>>()
        );
        if let Some(owner) = owner {
            assert!(!owner.evidence.is_empty() && (0.3..=0.95).contains(&owner.confidence), "{case}: {owner:?}");
            for id in &owner.evidence {
                assert!(verdict.findings.iter().any(|f| f.rule == *id), "{case}: {id} is no finding");
            }
        }
    }
}

#[test]
fn an_owner_is_less_sure_where_another_finding_points_elsewhere() {
    let hangs = json!({ "executable": "outlook.exe", "name": "Outlook", "responding": false });
    let mail_down =
        network(&[("/services/0", service_down("mail", None, "timed_out")), ("/broken_rung", json!("service"))]);
    let alone = verdict_with(Some("почта не работает"), &json!({ "network": mail_down }));
    let contested = verdict_with(Some("почта не работает"), &json!({ "network": mail_down, "foreground": hangs }));
    let (alone, contested) = (alone.owner.expect("told"), contested.owner.expect("told"));
    assert_eq!(alone.value, contested.value);
    assert!(contested.confidence < alone.confidence);
}

#[test]
fn users_are_told_that_it_is_not_their_computer() {
    let facts = json!({ "network": cut_off("internet", &[("/dns/ok", json!(true))]) });
    let words = user_words(&verdict_with(Some("нет интернета"), &facts));
    assert!(words.ru.contains("Сбой на стороне интернет-провайдера"), "{}", words.ru);
    assert!(words.en.contains("internet provider's side"), "{}", words.en);
}

#[test]
fn every_owner_has_words_in_both_languages() {
    let service = Owner::Service { name: "mail".into() };
    for owner in
        [Owner::Device, Owner::WiFi, Owner::Lan, Owner::Dns, Owner::Proxy, Owner::Vpn, Owner::Provider, service]
    {
        let words = owner_words(&owner);
        assert!(!words.en.is_empty() && words.en.is_ascii() && !words.ru.is_empty(), "{words:?}");
    }
}

#[test]
fn the_evidence_is_told_in_words_with_its_values() {
    let facts = json!({ "network": cut_off("gateway", &[wifi(true), ("/gateway/ok", json!(false))]), "wifi": radio(true, -84) });
    let explanation = explain(&verdict_with(Some("vpn и почта не работают"), &facts));
    let (rests_on, against): (Vec<&str>, Vec<&str>) = (
        explanation.rests_on.iter().map(|says| says.ru.as_str()).collect(),
        explanation.against.iter().map(|says| says.ru.as_str()).collect(),
    );
    assert!(rests_on.contains(&"Шлюз 10.2.0.1 не отвечает"), "{rests_on:?}");
    assert!(rests_on.iter().any(|says| says.contains("-84 дБм")), "{rests_on:?}");
    assert!(rests_on.iter().any(|says| says.contains("«vpn»")), "{rests_on:?}");
    assert!(against.iter().any(|says| says.contains("почт")), "{against:?}");
    assert!(explanation.rests_on.iter().any(|says| says.en == "Gateway 10.2.0.1 does not answer"));
}
