//! `/api/v1/triage/rules`: own rules are tried, published, gone back from.

use report::{Category, ErrorCode, Report};
use reqwest::Method;
use serde_json::{Value, json};
use store::{NewRuleSet, Role};
use tests::{
    collector::{TestCollector, code},
    on_both_databases, reports,
};

on_both_databases!(
    only_leads_and_admins_see_or_change_rules,
    wrong_rules_are_told_with_their_places_and_refused,
    a_dry_run_says_which_verdicts_would_change_and_why,
    published_rules_judge_the_next_report_until_others_do,
    rules_of_one_organisation_judge_nobody_elses_reports,
    another_collector_on_the_same_database_follows_soon,
    rules_that_no_longer_work_leave_the_shipped_ones_and_are_told,
);

const RULES: &str = "/api/v1/triage/rules";
const CHECK: &str = "/api/v1/triage/rules/check";

/// Scales are hardware of the shop floor.
const SCALES: &str = r#"
[words.scales]
ru = ["весы"]
en = ["scales"]

[[team]]
key = "shop-floor"
name = { en = "Shop floor", ru = "Торговый зал" }

[[rule]]
id = "hardware.scales"
when = "said.scales"
category = "hardware"
weight = 6.0
severity = "warning"
team = "shop-floor"
says = { en = "The scales: {text:scales}", ru = "Весы: {text:scales}" }
"#;

fn saying(text: &str) -> Report {
    Report { text: Some(text.to_owned()), ..reports::sample() }
}

async fn only_leads_and_admins_see_or_change_rules(collector: TestCollector) {
    for (login, role) in [("first", Role::FirstLine), ("second", Role::SecondLine)] {
        let staff = collector.sign_in_as(login, role).await;
        for (method, path) in [
            (Method::GET, RULES),
            (Method::POST, RULES),
            (Method::POST, CHECK),
            (Method::POST, "/api/v1/triage/rules/0/activate"),
            (Method::GET, "/api/v1/triage/models"),
            (Method::POST, "/api/v1/triage/models/0/activate"),
            (Method::GET, "/api/v1/triage/quality"),
        ] {
            let answer = staff.request(method.clone(), path).send().await.unwrap();
            assert_eq!(code(answer).await, ErrorCode::Forbidden, "{login} {method} {path}");
        }
    }
    for (login, role) in [("lead", Role::Lead), ("admin", Role::Admin)] {
        let staff = collector.sign_in_as(login, role).await;
        let rules: Value = staff.get(RULES).await;
        assert_eq!((&rules["active"], &rules["toml"]), (&Value::Null, &json!("")), "{login}");
        let shipped = rules["shipped"].as_array().unwrap();
        assert!(
            shipped.iter().any(|file| file["file"] == "network.toml" && !file["toml"].as_str().unwrap().is_empty())
        );
    }
}

async fn wrong_rules_are_told_with_their_places_and_refused(collector: TestCollector) {
    let lead = collector.sign_in_as("lead", Role::Lead).await;
    let wrong = SCALES.replace("\"said.scales\"", "\"said.scales && said.nonsense\"")
        + "\n[[rule]]\nid = \"fact.broken\"\n\
        when = \"1 +\"\nseverity = \"info\"\nsays = { en = \"x\", ru = \"х\" }\n";
    let found: Value = lead.post(CHECK, &json!({ "toml": wrong, "last": 10 })).await.json().await.unwrap();
    let errors = found["errors"].as_array().unwrap();
    let places: Vec<_> = errors.iter().map(|e| (e["line"].as_u64().unwrap(), e["rule"].as_str().unwrap())).collect();
    assert_eq!(places, [(12, "hardware.scales"), (21, "fact.broken")], "{found}");
    assert!(errors[0]["reason"].as_str().unwrap().contains("nonsense") && errors[0]["file"] == "own.toml");
    assert_eq!((&found["judged"], &found["changed"]), (&json!(0), &json!([])));

    let refused = lead.post(RULES, &json!({ "toml": wrong, "note": "" })).await;
    let text = refused.text().await.unwrap();
    assert!(text.contains("\"invalid_rules\"") && text.contains("own.toml:12") && text.contains("nonsense"), "{text}");
    let unknown_category = SCALES.replace("category = \"hardware\"", "category = \"gardening\"");
    let answer = lead.post(RULES, &json!({ "toml": unknown_category })).await;
    assert_eq!(code(answer).await, ErrorCode::InvalidRules);
    let too_large = format!("# {}", "x".repeat(256 * 1024));
    for path in [RULES, CHECK] {
        let body = if path == CHECK { json!({ "toml": too_large, "last": 1 }) } else { json!({ "toml": too_large }) };
        assert_eq!(code(lead.post(path, &body).await).await, ErrorCode::BodyTooLarge);
    }
    for body in [
        json!({ "toml": SCALES, "last": 2_001 }),
        json!({ "toml": SCALES }),
        json!({ "toml": 1, "last": 1 }),
        json!({ "toml": SCALES, "last": 1, "more": 1 }),
    ] {
        assert_eq!(code(lead.post(CHECK, &body).await).await, ErrorCode::InvalidRequest);
    }
    let long_note = json!({ "toml": SCALES, "note": "x".repeat(501) });
    assert_eq!(code(lead.post(RULES, &long_note).await).await, ErrorCode::InvalidRequest);
    let rules: Value = lead.get(RULES).await;
    assert_eq!((&rules["active"], &rules["versions"]), (&Value::Null, &json!([])), "nothing was kept");
}

async fn a_dry_run_says_which_verdicts_would_change_and_why(collector: TestCollector) {
    let (device, lead) = (collector.enrol().await, collector.sign_in_as("lead", Role::Lead).await);
    let scales = saying("весы на кассе что-то не то");
    let before = device.report(&scales).await;
    device.report(&saying("не печатает принтер")).await;
    let later = saying("кабинет 12");
    let silent = device.report(&later).await.ticket.number;
    let follow_up = json!({
        "id": uuid::Uuid::now_v7(), "at": collector.now(), "kind": "text", "text": "весы врут"
    });
    let path = format!("/api/v1/reports/{}/follow-ups", later.id);
    assert_eq!(device.request(Method::POST, &path).json(&follow_up).send().await.unwrap().status(), 200);

    let kept = collector.kept().await;
    let found: Value = lead.post(CHECK, &json!({ "toml": SCALES, "last": 2_000 })).await.json().await.unwrap();
    assert_eq!((&found["errors"], &found["judged"]), (&json!([]), &json!(3)), "{found}");
    let changed = found["changed"].as_array().unwrap();
    let tickets: Vec<_> = changed.iter().map(|change| change["ticket"].as_i64().unwrap()).collect();
    assert_eq!(tickets, [silent, before.ticket.number], "newest first, with what was added later");
    let change = &changed[1];
    assert_eq!(change["report_id"], scales.id.to_string());
    assert_eq!(change["before"]["category"], before.verdict.category.value.as_str());
    assert_eq!((&change["after"]["category"], &change["after"]["team"]), (&json!("hardware"), &json!("shop-floor")));
    assert!(change["because"].as_array().unwrap().contains(&json!("hardware.scales")));
    assert!(found["slower"]["before_us"].as_u64().unwrap() > 0 && found["slower"]["after_us"].as_u64().unwrap() > 0);
    let newest: Value = lead.post(CHECK, &json!({ "toml": SCALES, "last": 1 })).await.json().await.unwrap();
    assert_eq!((&newest["judged"], newest["changed"].as_array().unwrap().len()), (&json!(1), 1));
    // Nothing changed, neither the ticket nor what the next report is judged by.
    assert_eq!(collector.kept().await, kept);
    let next = device.report(&saying("опять весы")).await.verdict;
    assert_eq!(next.triage_version, before.verdict.triage_version);
}

async fn published_rules_judge_the_next_report_until_others_do(collector: TestCollector) {
    let (device, lead) = (collector.enrol().await, collector.sign_in_as("lead", Role::Lead).await);
    let before = device.report(&saying("весы раз")).await.verdict;
    let answer = lead.post(RULES, &json!({ "toml": SCALES, "note": "Весы — в торговый зал" })).await;
    assert_eq!(answer.status(), 201);
    let rules: Value = answer.json().await.unwrap();
    assert_eq!((&rules["active"], &rules["toml"], &rules["broken"]), (&json!(1), &json!(SCALES), &json!([])));
    let line = &rules["versions"][0];
    assert_eq!((&line["created_by"], &line["note"]), (&json!("lead (staff)"), &json!("Весы — в торговый зал")));
    let judged = device.report(&saying("весы два")).await.verdict;
    assert_eq!((judged.category.value, judged.team.value.as_str()), (Category::Hardware, "shop-floor"));
    assert_ne!(judged.triage_version, before.triage_version);

    let strict = "[[category]]\nkey = \"hardware\"\nthreshold = 0.999\n";
    assert_eq!(lead.post(RULES, &json!({ "toml": format!("{SCALES}{strict}") })).await.status(), 201);
    assert_eq!(device.report(&saying("весы три")).await.verdict.category.value, Category::Other);
    let activate = async |version: i64| lead.post(&format!("{RULES}/{version}/activate"), &json!({})).await;
    let back: Value = activate(1).await.json().await.unwrap();
    assert_eq!((&back["active"], back["versions"].as_array().unwrap().len()), (&json!(1), 2));
    assert_eq!(device.report(&saying("весы четыре")).await.verdict.triage_version, judged.triage_version);
    assert_eq!(code(activate(9).await).await, ErrorCode::NotFound);
    let none: Value = activate(0).await.json().await.unwrap();
    assert_eq!((&none["active"], &none["toml"]), (&Value::Null, &json!("")));
    assert_eq!(device.report(&saying("весы пять")).await.verdict.triage_version, before.triage_version);
}

async fn rules_of_one_organisation_judge_nobody_elses_reports(collector: TestCollector) {
    let lead = collector.sign_in_as("lead", Role::Lead).await;
    let other = store::OrganisationId(uuid::Uuid::now_v7());
    collector.store.create_organisation(other, "Other", collector.now()).await.unwrap();
    let theirs = collector.store.in_organisation(other);
    let rules = NewRuleSet { toml: SCALES.to_owned(), note: String::new(), created_by: None };
    theirs.publish_rule_set(&rules, collector.now()).await.unwrap();
    collector.advance(chrono::TimeDelta::seconds(4));
    let device = collector.enrol().await;
    let judged = device.report(&saying("весы")).await.verdict;
    assert_ne!(judged.team.value, "shop-floor");
    let seen: Value = lead.get(RULES).await;
    assert_eq!((&seen["active"], &seen["versions"]), (&Value::Null, &json!([])));
    let refused = lead.post(&format!("{RULES}/1/activate"), &json!({})).await;
    assert_eq!(code(refused).await, ErrorCode::NotFound);
}

async fn another_collector_on_the_same_database_follows_soon(collector: TestCollector) {
    let device = collector.enrol().await;
    let before = device.report(&saying("весы раз")).await.verdict.triage_version;
    // Published past this collector's API, as another one would.
    let rules = NewRuleSet { toml: SCALES.to_owned(), note: String::new(), created_by: None };
    collector.scope().publish_rule_set(&rules, collector.now()).await.unwrap();
    collector.advance(chrono::TimeDelta::seconds(4));
    let after = device.report(&saying("весы два")).await.verdict;
    assert_eq!(after.team.value, "shop-floor");
    assert_ne!(after.triage_version, before);
}

async fn rules_that_no_longer_work_leave_the_shipped_ones_and_are_told(collector: TestCollector) {
    let (device, lead) = (collector.enrol().await, collector.sign_in_as("lead", Role::Lead).await);
    let outdated = "\n[[rule]]\nid = \"fact.gone\"\nwhen = \"said.a_list_that_was_shipped_once\"\n\
        severity = \"info\"\nsays = { en = \"x\", ru = \"х\" }\n";
    let rules = NewRuleSet { toml: outdated.to_owned(), note: String::new(), created_by: None };
    collector.scope().publish_rule_set(&rules, collector.now()).await.unwrap();
    // What this collector looked up a moment ago serves a little longer.
    collector.advance(chrono::TimeDelta::seconds(4));
    let judged = device.report(&saying("не печатает принтер")).await.verdict;
    assert_eq!(judged.category.value, Category::Printing, "a report never fails because of it");
    let seen: Value = lead.get(RULES).await;
    assert_eq!((&seen["active"], &seen["broken"][0]["rule"]), (&json!(1), &json!("fact.gone")), "{seen}");
    let refused = lead.post(&format!("{RULES}/1/activate"), &json!({})).await;
    assert_eq!(code(refused).await, ErrorCode::InvalidRules);
}
