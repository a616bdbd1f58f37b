//! Rules of an organisation's own, on top of the shipped ones.

mod reports;

use report::{Category, Verdict};
use reports::report;
use serde_json::{Value, json};
use triage::{Classifier, Input, OWN_BYTES, OWN_FILE, RuleError};

const SCALE: &str = r#"
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
weight = 4.0
severity = "warning"
team = "shop-floor"
says = { en = "The scales: {text:scales}", ru = "Весы: {text:scales}" }
"#;

fn own(toml: &str) -> Classifier {
    Classifier::with_own(toml).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn refused(toml: &str) -> Vec<RuleError> {
    Classifier::with_own(toml).expect_err("must be refused")
}

fn condition(when: &str) -> String {
    let when = Value::from(when);
    format!("[[rule]]\nid = \"fact.own\"\nwhen = {when}\nseverity = \"info\"\nsays = {{ en = \"x\", ru = \"х\" }}\n")
}

fn verdict(classifier: &Classifier, text: &str) -> Verdict {
    classifier.verdict(&Input::new(&report(Some(text), &Value::Null)))
}

#[test]
fn own_rules_judge_beside_the_shipped_ones() {
    let classifier = own(SCALE);
    let judged = verdict(&classifier, "не работают весы на кассе");
    assert_eq!((judged.category.value, judged.team.value.as_str()), (Category::Hardware, "shop-floor"));
    assert_eq!(verdict(&classifier, "не печатает принтер").category.value, Category::Printing);
    assert!(classifier.has_team("shop-floor") && classifier.has_team("network") && !classifier.has_team("nobody"));
    assert_ne!(classifier.version(), Classifier::shipped().unwrap().version());
    assert_eq!(own("").rules().len(), Classifier::shipped().unwrap().rules().len());
}

#[test]
fn own_words_join_a_shipped_list_and_one_language_is_enough() {
    let text = "скрутобуквер не работает";
    let before = verdict(&Classifier::shipped().unwrap(), text);
    let after = verdict(&own("[words.printer]\nru = [\"скрутобуквер*\"]\nen = []\n"), text);
    assert_ne!(before.category.value, Category::Printing);
    assert_eq!(after.category.value, Category::Printing);
    assert!(refused("[words.mine]\nru = [\"слово\"]\nen = []\n")[0].reason.contains("both languages"));
}

#[test]
fn teams_and_thresholds_may_be_others() {
    let team = own("[[category]]\nkey = \"printing\"\nteam = \"workplace\"\n");
    assert_eq!(team.team_of(Category::Printing), "workplace");
    let judged = verdict(&team, "не печатает принтер");
    assert_eq!((judged.category.value, judged.team.value.as_str()), (Category::Printing, "workplace"));
    let strict = own("[[category]]\nkey = \"printing\"\nthreshold = 0.999\n");
    assert_eq!(verdict(&strict, "не печатает принтер").category.value, Category::Other);
    assert_eq!(strict.team_of(Category::Printing), Classifier::shipped().unwrap().team_of(Category::Printing));
    let twice = "[[category]]\nkey = \"printing\"\nthreshold = 0.5\n".repeat(2);
    assert!(refused(&twice)[0].reason.contains("twice"));
}

#[test]
fn shipped_rules_may_be_switched_off() {
    let shipped = Classifier::shipped().unwrap();
    let text = "не печатает принтер";
    let id = verdict(&shipped, text).category.evidence[0].clone();
    let without = own(&format!("disable = [\"{id}\"]\n"));
    assert!(verdict(&without, text).findings.iter().all(|finding| finding.rule != id));
    assert_eq!(without.rules().len() + 1, shipped.rules().len());
    let error = &refused("disable = [\"printing.no_such_rule\"]\n")[0];
    assert_eq!((error.file.as_str(), error.line, error.column), (OWN_FILE, 1, 12));
    assert!(error.reason.contains("printing.no_such_rule"), "{error}");
    // Only one's own file switches off.
    let elsewhere = Classifier::from_toml(&[("other.toml", "disable = [\"x.y\"]\n")]).expect_err("must be refused");
    assert!(elsewhere.reason.contains(OWN_FILE), "{elsewhere}");
}

#[test]
fn everything_that_is_wrong_in_the_rules_is_told_at_once_with_its_place() {
    let wrong = SCALE.replace("said.scales\"", "said.scale\"")
        + &condition("facts.weather.rain").replace("fact.own", "fact.rain")
        + "\n[[rule]]\nid = \"hardware.fine\"\nwhen = \"said.scales\"\ncategory = \"hardware\"\nweight = 1.0\n\
           severity = \"info\"\nsays = { en = \"x\", ru = \"х\" }\n"
        + &condition("1 +").replace("fact.own", "fact.broken");
    let errors = refused(&wrong);
    let places: Vec<_> = errors.iter().map(|error| (error.rule.as_deref().unwrap(), error.line)).collect();
    assert_eq!(places, [("hardware.scales", 12), ("fact.rain", 20), ("fact.broken", 33)], "{errors:#?}");
    assert!(errors.iter().all(|error| error.file == OWN_FILE && error.column > 0));
}

#[test]
fn what_could_stall_the_collector_is_refused() {
    let cases = [
        ("nested lists", "facts.events.groups.exists(g, facts.events.groups.exists(h, g == h))".to_owned(), "steps"),
        ("a pattern", "facts.foreground.title.matches('(a+)+b')".to_owned(), "`matches`"),
        ("a long condition", format!("said.printer && '{}' != ''", "x".repeat(2_000)), "characters"),
        ("brackets without end", format!("{}said.printer{}", "(".repeat(990), ")".repeat(990)), "Recursion"),
        ("a deep condition", format!("{}1{} == 1", "[".repeat(60), "]".repeat(60)), "deeper"),
        ("a chain", format!("1{} == 1", "+1".repeat(400)), "deeper"),
        (
            "an exploding list",
            format!("[{}].size() > 1", ["[1,1,1,1,1].map(x, [x,x,x,x].map(y, y))"; 9].join(",")),
            "steps",
        ),
    ];
    for (name, when, named) in cases {
        let errors = refused(&condition(&when));
        assert!(errors[0].reason.contains(named), "{name}: {errors:?}");
    }
    let too_large = format!("# {}\n", "x".repeat(OWN_BYTES));
    assert!(refused(&too_large)[0].reason.contains("bytes"));
    let rule = |n: usize| condition("said.printer").replace("fact.own", &format!("fact.own{n}"));
    let many: String = (0..501).map(rule).collect();
    assert!(refused(&many)[0].reason.contains("500 rules"));
    let each_dear = |n: usize| {
        condition("facts.events.groups.exists(g, g.provider == 'disk' || g.provider == 'ntfs' || g.id == 7)")
            .replace("fact.own", &format!("fact.own{n}"))
    };
    let dear_together: String = (0..400).map(each_dear).collect();
    assert!(refused(&dear_together)[0].reason.contains("together"));
}

#[test]
fn the_dearest_rules_allowed_end_on_a_report_made_to_hurt() {
    let groups: Vec<_> = (0..20_000).map(|n| json!({ "provider": format!("p{n}"), "id": n })).collect();
    let hostile = report(Some(&"принтер ".repeat(500)), &json!({ "events": { "groups": groups } }));
    let deep = (0..10).fold("false".to_owned(), |inner, _| format!("!({inner} || false)"));
    let long = format!("facts.events.groups.exists(g, {})", ["g.id == -1"; 10].join(" || "));
    for when in [deep, format!("!({})", long), long] {
        let judged = own(&condition(&when)).verdict(&Input::new(&hostile));
        assert_eq!(judged.category.value, Category::Printing, "{when}");
    }
}
