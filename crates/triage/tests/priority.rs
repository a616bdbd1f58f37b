//! Priority from evidence alone, and from what an organisation's policy says.

mod reports;

use report::{Level, Priority, PriorityPartKind, Report, Verdict};
use reports::{SHIPPED, report, verdict_on};
use serde_json::{Value, json};
use triage::{Classifier, Input};

const POLICY: &str = r#"
[[site]]
key = "hq"
name = { en = "Headquarters", ru = "Главный офис" }
subnets = ["10.2.0.0/16", "2001:db8:1::/48"]
weight = "high"

[[site]]
key = "hq-lab"
name = { en = "Laboratory", ru = "Лаборатория" }
subnets = ["10.2.77.0/24"]

[[critical]]
product = "1c"
level = "high"

[[critical]]
service = "Mail"
level = "high"

[[critical]]
product = "excel"
level = "low"

[[vip]]
users = ["director"]
hosts = ["ws-dir-*"]
"#;

fn with_policy() -> Classifier {
    let mut sources = Classifier::shipped_sources().to_vec();
    sources.push(("policy.toml", POLICY));
    Classifier::from_toml(&sources).unwrap_or_else(|e| panic!("{e}"))
}

fn at(address: &str) -> Value {
    json!({ "network": { "gateway": { "address": address, "ok": true, "rtt_ms": 1.0 }, "broken_rung": null } })
}

fn judged(classifier: &Classifier, report: &Report) -> Verdict {
    classifier.verdict(&Input::new(report))
}

fn part(verdict: &Verdict, kind: PriorityPartKind) -> Option<Level> {
    verdict.priority_parts.iter().find(|part| part.kind == kind).map(|part| part.level)
}

#[test]
fn words_of_haste_change_nothing() {
    let phrases = [
        "принтер не печатает",
        "1с зависла",
        "не приходит почта",
        "нужен второй монитор",
        "cannot log in to my account",
        "у всего отдела нет интернета",
    ];
    let louder: [&dyn Fn(&str) -> String; 6] = [
        &|text| format!("СРОЧНО!!! {text}"),
        &|text| format!("{text}!!!!!!!!!!!!"),
        &|text| format!("urgent: {text} ASAP"),
        &|text| text.to_uppercase(),
        &|text| format!("{text}, очень срочно, прошу немедленно, директор ждёт, критично"),
        &|text| format!("КАТАСТРОФА {text} P1 priority high critical"),
    ];
    for phrase in phrases {
        let calm = verdict_on(phrase);
        for loud in louder {
            let loud = loud(phrase);
            let verdict = verdict_on(&loud);
            assert_eq!(
                (verdict.priority.value, verdict.impact.value, verdict.urgency.value),
                (calm.priority.value, calm.impact.value, calm.urgency.value),
                "{loud}"
            );
        }
    }
}

#[test]
fn people_counted_raise_the_impact_and_are_told() {
    let report = report(Some("принтер не печатает"), &Value::Null);
    let of = |affected| SHIPPED.verdict(&Input { affected, ..Input::new(&report) });
    let levels: Vec<Level> = [None, Some(1), Some(2), Some(9), Some(10), Some(400)]
        .map(|n| part(&of(n), PriorityPartKind::People).unwrap())
        .to_vec();
    assert_eq!(levels, [Level::Low, Level::Low, Level::Medium, Level::Medium, Level::High, Level::High]);
    assert_eq!(of(Some(1)).priority, of(None).priority);
    let many = of(Some(13));
    assert_eq!((many.impact.value, many.priority.value), (Level::High, Priority::P2));
    let people = many.priority_parts.iter().find(|p| p.kind == PriorityPartKind::People).unwrap();
    assert!(people.says.ru.contains("13") && people.says.en.contains("13 people"), "{people:?}");
    assert_eq!(many.priority_parts[0].kind, PriorityPartKind::People, "what decided stands first");
}

#[test]
fn a_service_that_is_down_counts_as_many_people_without_a_count() {
    let facts = json!({ "network": { "services": [{ "name": "mail", "ok": false, "status": 503, "error": "server_error" }], "broken_rung": "service" } });
    let verdict = reports::verdict_with(Some("почта не работает"), &facts);
    let people = verdict.priority_parts.iter().find(|p| p.kind == PriorityPartKind::People).unwrap();
    assert_eq!(people.level, Level::High);
    assert_eq!(people.evidence, ["email.service_error"]);
    let said = verdict_on("не печатает принтер у всего отдела");
    assert_eq!(part(&said, PriorityPartKind::People), Some(Level::High));
    assert!(said.impact.confidence < verdict.impact.confidence, "what a person says of others is weaker than a fact");
}

#[test]
fn a_critical_program_that_is_blocked_raises_the_impact_by_one_step() {
    let (own, plain) = (with_policy(), report(Some("1с не открывается"), &Value::Null));
    let (before, after) = (judged(&SHIPPED, &plain), judged(&own, &plain));
    assert_eq!((before.impact.value, after.impact.value), (Level::Medium, Level::High));
    assert_eq!(part(&after, PriorityPartKind::Criticality), Some(Level::High));
    let mentioned = judged(&own, &report(Some("вопрос по 1с"), &Value::Null));
    assert_eq!(mentioned.impact.value, Level::Low, "a question blocks nobody");
    let low = judged(&own, &report(Some("excel вылетает"), &Value::Null));
    assert_eq!((low.impact.value, part(&low, PriorityPartKind::Criticality)), (Level::Medium, Some(Level::Low)));
}

#[test]
fn a_critical_service_is_known_by_its_name_in_any_case() {
    let facts = json!({ "network": { "services": [{ "name": "mail", "ok": false, "error": "timed_out" }], "broken_rung": "service" } });
    let verdict = judged(&with_policy(), &report(Some("почта не работает"), &facts));
    let part = verdict.priority_parts.iter().find(|p| p.kind == PriorityPartKind::Criticality).unwrap();
    assert!(part.evidence.contains(&"email.service_error".to_owned()), "{part:?}");
    assert!(part.says.en.contains("mail") && part.says.ru.contains("mail"));
}

#[test]
fn a_heavy_site_raises_the_impact_and_a_request_stays_one() {
    let own = with_policy();
    let here = judged(&own, &report(Some("не открывается общая папка"), &at("10.2.0.1")));
    let elsewhere = judged(&own, &report(Some("не открывается общая папка"), &at("10.3.0.1")));
    assert_eq!((elsewhere.impact.value, here.impact.value), (Level::Medium, Level::High));
    assert_eq!(
        (part(&elsewhere, PriorityPartKind::Site), part(&here, PriorityPartKind::Site)),
        (None, Some(Level::High))
    );
    let request = judged(&own, &report(Some("нужен второй монитор"), &at("10.2.0.1")));
    assert_eq!((request.priority.value, part(&request, PriorityPartKind::Site)), (Priority::P4, Some(Level::High)));
}

#[test]
fn a_vip_raises_the_urgency_by_one_step_and_no_further() {
    let own = with_policy();
    let plain = report(Some("принтер не печатает"), &Value::Null);
    let vip = Report { user: Some("CORP\\Director".into()), ..plain.clone() };
    let host = Report { hostname: "WS-DIR-3".into(), ..plain.clone() };
    let before = judged(&own, &plain);
    for report in [vip, host] {
        let after = judged(&own, &report);
        assert_eq!((before.urgency.value, after.urgency.value), (Level::Medium, Level::High));
        assert_eq!((after.impact.value, after.category.value), (before.impact.value, before.category.value));
        assert_eq!(part(&after, PriorityPartKind::Vip), Some(Level::High));
    }
}

#[test]
fn a_site_is_found_by_the_gateway_else_by_the_devices_own_address() {
    let own = with_policy();
    let site = |facts: Value| own.site_of(&report(None, &facts)).map(str::to_owned);
    let interfaces = |kind: &str, up: bool, address: &str| json!({ "network": { "gateway": { "address": null, "ok": null }, "interfaces": [{ "name": "x", "kind": kind, "up": up, "addresses": [address] }] } });
    assert_eq!(site(at("10.2.0.1")).as_deref(), Some("hq"));
    assert_eq!(site(at("10.2.77.1")).as_deref(), Some("hq-lab"), "the narrowest network counts");
    assert_eq!(site(at("192.168.1.1")), None);
    assert_eq!(site(interfaces("ethernet", true, "2001:db8:1::5")).as_deref(), Some("hq"));
    assert_eq!(site(interfaces("ethernet", false, "10.2.0.9")), None);
    assert_eq!(site(interfaces("vpn", true, "10.2.0.9")), None, "a tunnel's end is not where the device stands");
    assert_eq!(site(Value::Null), None);
    assert_eq!(site(json!({ "network": { "gateway": "10.2.0.1", "interfaces": 7 } })), None);
}

#[test]
fn every_verdict_shows_people_and_disruption_in_both_languages() {
    for text in ["принтер не печатает", "зелёная лошадь", "нужен второй монитор", ""]
    {
        let verdict = verdict_on(text);
        let kinds: Vec<_> = verdict.priority_parts.iter().map(|p| p.kind).collect();
        assert!(
            kinds.contains(&PriorityPartKind::People) && kinds.contains(&PriorityPartKind::Disruption),
            "{text}: {kinds:?}"
        );
        assert!(verdict.priority_parts.iter().all(|p| !p.says.en.is_empty() && !p.says.ru.is_empty()));
    }
}

#[test]
fn a_wrong_policy_is_refused_with_its_place_and_reason() {
    let cases = [
        ("10.2.0.0/16", "10.2.0.0", 5, "prefix"),
        ("10.2.0.0/16", "10.2.0.1/16", 5, "write `10.2.0.0/16`"),
        ("10.2.77.0/24", "10.2.0.0/16", 11, "belongs to site `hq`"),
        ("\"hq-lab\"", "\"hq\"", 9, "twice"),
        ("product = \"1c\"", "product = \"2c\"", 14, "unknown product `2c`"),
        ("service = \"Mail\"", "", 19, "either a `product` or a `service`"),
        ("level = \"low\"", "level = \"lowest\"", 23, "lowest"),
        ("users = [\"director\"]\nhosts = [\"ws-dir-*\"]", "", 25, "name `users` or `hosts`"),
        ("\"ws-dir-*\"", "\"*\"", 25, "everybody"),
        ("ru = \"Главный офис\"", "ru = \"\"", 3, "Russian"),
        ("weight = \"high\"", "wait = \"high\"", 6, "wait"),
    ];
    for (from, to, line, reason) in cases {
        assert!(POLICY.contains(from), "{from}");
        let broken = POLICY.replacen(from, to, 1);
        let mut sources = Classifier::shipped_sources().to_vec();
        sources.push(("policy.toml", &broken));
        let error = Classifier::from_toml(&sources).expect_err(to);
        assert!(error.reason.contains(reason), "{to}: {error}");
        assert_eq!((error.file.as_str(), error.line), ("policy.toml", line), "{error}");
        assert!(error.column > 0);
    }
}
