//! What a verdict says: cause, evidence, team, priority, signature, and that it depends on nothing else.

mod reports;

use std::collections::BTreeSet;

use report::{Category, EvidenceRef, Level, Priority};
use reports::{SHIPPED, report, verdict_on, verdict_with};
use serde_json::{Value, json};
use triage::text_model::{RULE, held_out};
use triage::{Input, ScreenText, user_words};

fn broken_gateway() -> Value {
    json!({
        "network": {
            "link": { "ok": true }, "address": { "ok": true, "apipa": false },
            "gateway": { "address": "10.2.0.1", "ok": false }, "dns": { "ok": false, "servers": ["10.2.0.53"] },
            "services": [{ "name": "mail", "ok": false, "error": "timed_out" }],
            "vpn": { "up": false, "interfaces": [] }, "broken_rung": "gateway"
        },
        "wifi": { "connected": true, "signal_dbm": -84, "interface": "wlan0" },
        "disks": { "volumes": [{ "mount": "C:", "fs": "NTFS", "total_bytes": 250_000_000_000_u64, "free_bytes": 15_000_000_000_u64, "free_percent": 6.0, "read_only": false }], "devices": [] },
        "boot": { "uptime_s": 4_000, "reboot_pending": false }
    })
}

#[test]
fn facts_say_why_when_the_text_says_what_hurts() {
    let verdict = verdict_with(Some("почта не работает"), &broken_gateway());
    assert_eq!(verdict.category.value, Category::Network);
    assert_eq!(verdict.team.value, "network");
    assert!(verdict.category.evidence.contains(&"network.gateway_unreachable".to_owned()));
    assert!(verdict.against.contains(&"email.said".to_owned()), "{:?}", verdict.against);
    let gateway = verdict.findings.iter().find(|f| f.rule == "network.gateway_unreachable").expect("fires");
    assert_eq!(gateway.says.ru, "Шлюз 10.2.0.1 не отвечает");
    assert!(gateway.evidence.contains(&EvidenceRef::Fact {
        probe: "network".into(),
        pointer: "/gateway/address".into(),
        value: "10.2.0.1".into()
    }));
    let cause = verdict.cause.expect("has a cause");
    assert!(cause.value.user_step.is_some() && cause.evidence == ["network.gateway_unreachable"]);
}

#[test]
fn a_server_that_fails_for_one_reason_is_told_as_such() {
    let facts = json!({ "network": { "gateway": { "ok": true }, "services": [{ "name": "portal", "ok": true, "status": 200 }, { "name": "mail", "ok": false, "status": 503 }], "broken_rung": "service" } });
    let verdict = verdict_with(Some("outlook не работает"), &facts);
    assert_eq!(verdict.category.value, Category::Email);
    assert_eq!((verdict.impact.value, verdict.priority.value), (Level::High, Priority::P2));
    let service = verdict.findings.iter().find(|f| f.rule == "email.service_error").expect("fires");
    assert!(
        service
            .evidence
            .iter()
            .any(|e| matches!(e, EvidenceRef::Fact { pointer, .. } if pointer == "/services/1/status"))
    );
    assert!(verdict.signature.contains("service=mail"), "{}", verdict.signature);
}

#[test]
fn people_affected_raise_the_impact() {
    let one = verdict_on("не открывается общая папка");
    let many = verdict_on("не открывается общая папка у всего отдела");
    assert!(many.impact.value > one.impact.value);
    assert!(many.priority.value < one.priority.value);
    assert_eq!(many.impact.evidence, ["text.many_people"]);
}

#[test]
fn a_request_can_wait() {
    assert_eq!(verdict_on("нужен второй монитор").priority.value, Priority::P4);
}

#[test]
fn the_order_of_facts_does_not_matter() {
    let whole = report(Some("почта не работает, комп тормозит"), &broken_gateway());
    let expected = SHIPPED.verdict(&Input::new(&whole));
    let mut turned = whole.clone();
    for turn in 0..turned.facts.len() * 2 {
        if turn % 2 == 0 {
            turned.facts.rotate_left(1);
        } else {
            let last = turned.facts.len() - 1;
            turned.facts.swap(turn % last, last);
        }
        assert_eq!(SHIPPED.verdict(&Input::new(&turned)), expected);
    }
    let mut doubled = whole.clone();
    let mut other = whole.facts[0].clone();
    other.outcome = report::FactOutcome::Ok { data: json!({ "a": 1 }) };
    doubled.facts.push(other);
    let one_way = SHIPPED.verdict(&Input::new(&doubled));
    doubled.facts.reverse();
    assert_eq!(SHIPPED.verdict(&Input::new(&doubled)), one_way);
}

#[test]
fn the_signature_holds_while_readings_wander() {
    let signature = |facts: &Value, text: Option<&str>| verdict_with(text, facts).signature;
    let first = signature(&broken_gateway(), None);
    assert_eq!(first, "1:network|gateway=10.2.0.1|rung=gateway");
    let mut later = broken_gateway();
    later["wifi"]["signal_dbm"] = json!(-60);
    later["boot"]["uptime_s"] = json!(9_000_000);
    later["load"] = json!({ "cpu_percent": 99.0, "top_cpu": [{ "name": "x", "percent": 90.0 }] });
    later["os"] = json!({ "patch_age_days": 400 });
    assert_eq!(signature(&later, Some("не работает почта!!!")), first);
    let mut elsewhere = broken_gateway();
    elsewhere["network"]["gateway"]["address"] = json!("10.9.0.1");
    assert_ne!(signature(&elsewhere, None), first);
}

#[test]
fn the_program_is_part_of_the_signature_by_its_name_or_its_process() {
    let said = verdict_on("1с зависла").signature;
    let seen = verdict_with(
        None,
        &json!({ "foreground": { "executable": "C:\\Program Files\\1cv8\\bin\\1CV8C.EXE", "responding": false } }),
    )
    .signature;
    assert_eq!(said, "1:application|app=1c");
    assert_eq!(said, seen);
    assert_ne!(verdict_on("excel завис").signature, said);
}

#[test]
fn two_troubles_of_one_category_do_not_share_a_signature() {
    for (one, other) in [
        ("нужен доступ к папке бухгалтерии", "закажите второй монитор"),
        ("нужен доступ к папке бухгалтерии", "нужен доступ к папке кадров"),
        ("please install visio on my laptop", "install photoshop pls"),
        ("не работает мышка", "пролил кофе на ноут"),
        ("ноут не заряжается", "my laptop wont turn on"),
    ] {
        let (first, second) = (verdict_on(one), verdict_on(other));
        assert_eq!(first.category.value, second.category.value, "`{one}` and `{other}`");
        assert_ne!(first.signature, second.signature, "`{one}` and `{other}`");
    }
}

#[test]
fn one_trouble_told_again_in_other_words_keeps_its_signature() {
    for (one, again) in [
        ("мышь не работает", "мышка всё ещё не работает!!!"),
        ("принтер не печатает", "Принтер НЕ ПЕЧАТАЕТ уже час"),
        ("закажите второй монитор", "Закажите второй монитор!"),
    ] {
        let (first, second) = (verdict_on(one), verdict_on(again));
        assert_ne!(first.category.value, Category::Other, "{one}");
        assert_eq!(first.signature, second.signature, "`{one}` and `{again}`");
    }
}

#[test]
fn what_the_text_model_alone_understood_is_told_apart_by_its_words() {
    let (mut decided, mut signatures) = (0, BTreeSet::new());
    let of_hardware = held_out().into_iter().filter(|phrase| phrase.category == Category::Hardware);
    for phrase in of_hardware {
        let verdict = verdict_on(phrase.text);
        let has_code = verdict.findings.iter().any(|finding| finding.rule.starts_with("code."));
        if verdict.category.value == Category::Hardware && verdict.category.evidence == [RULE] && !has_code {
            decided += 1;
            assert!(verdict.signature.starts_with("1:hardware|words="), "{}: {}", phrase.text, verdict.signature);
            signatures.insert(verdict.signature);
        }
    }
    assert!(decided > 5, "some are understood by the model alone");
    assert_eq!(signatures.len(), decided, "no two of them are alike");
}

#[test]
fn unlike_sentences_nobody_understood_do_not_share_a_signature() {
    let one = verdict_on("зелёная лошадь").signature;
    assert_eq!(one, verdict_on("Лошадь, ЗЕЛЕНАЯ!").signature);
    assert_ne!(one, verdict_on("синяя лошадь").signature);
}

#[test]
fn text_on_the_screen_refines_a_silent_press() {
    let silent = report(None, &Value::Null);
    let screens = [ScreenText {
        attachment: 2,
        text: "Windows cannot connect to the printer.\nOperation failed with error 0x0000011b.",
    }];
    let verdict = SHIPPED.verdict(&Input { report: &silent, texts: &[], screen_texts: &screens, affected: None });
    assert_eq!(verdict.category.value, Category::Printing);
    let code = verdict.findings.iter().find(|f| f.rule == "code.0x0000011b").expect("found");
    assert_eq!(code.evidence, [EvidenceRef::Screen { attachment: 2, quote: "0x0000011b".into() }]);
    assert!(verdict.signature.contains("code=0x0000011b"));
}

#[test]
fn a_sentence_added_later_is_read_too() {
    let silent = report(None, &Value::Null);
    let verdict =
        SHIPPED.verdict(&Input {
            report: &silent, texts: &["принтер не печатает"], screen_texts: &[], affected: None
        });
    assert_eq!(verdict.category.value, Category::Printing);
}

#[test]
fn between_two_guesses_the_question_splits_them() {
    let verdict = verdict_on("почта тормозит жутко");
    let abstention = verdict.abstention.unwrap_or_else(|| panic!("abstains: {:?}", verdict.category));
    assert!(abstention.candidates.len() >= 2);
    assert!(abstention.candidates.windows(2).all(|pair| pair[0].confidence >= pair[1].confidence));
    assert!(verdict.cause.is_none());
}

#[test]
fn short_numbers_are_codes_only_where_words_say_so() {
    let has_code = |text: &str| verdict_on(text).findings.iter().any(|f| f.rule.starts_with("code."));
    assert!(has_code("портал выдает ошибку 502"));
    assert!(!has_code("кабинет 502, телефон 550"));
}

#[test]
fn users_are_told_what_is_seen_and_what_to_do_in_both_languages() {
    let verdict =
        verdict_with(Some("вайфай отваливается"), &json!({ "wifi": { "connected": true, "signal_dbm": -86 } }));
    let words = user_words(&verdict);
    assert!(words.en.contains("network") && words.en.contains("Move closer"), "{}", words.en);
    assert!(words.ru.contains("Похоже") && words.ru.contains("Перейдите ближе"), "{}", words.ru);
    for text in [
        "не могу войти",
        "почта не ходит",
        "нужен доступ к папке",
        "привет",
        "синий экран",
        "пришло подозрительное письмо",
    ] {
        let words = user_words(&verdict_on(text));
        assert!(words.en.chars().count() < 400 && words.ru.chars().count() < 400);
        assert!(words.ru.chars().any(|c| ('а'..='я').contains(&c)) && words.en.is_ascii(), "{}", words.en);
    }
}
