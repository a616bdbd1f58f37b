//! Wrong rules are refused with file, line, rule and reason.

use triage::{Classifier, RuleError};

const GOOD: &str = r#"
[words.cat]
ru = ["кот*"]
en = ["cat"]

[[rule]]
id = "hardware.cat"
when = "said.cat"
category = "hardware"
weight = 3.0
severity = "info"
says = { en = "A cat: {text:cat}", ru = "Кот: {text:cat}" }
"#;

fn refused(toml: &str) -> RuleError {
    Classifier::from_toml(&[("own.toml", toml)]).expect_err("must be refused")
}

fn refused_after(from: &str, to: &str) -> RuleError {
    assert!(GOOD.contains(from));
    refused(&GOOD.replacen(from, to, 1))
}

#[test]
fn a_good_file_is_taken() {
    assert_eq!(Classifier::from_toml(&[("own.toml", GOOD)]).unwrap().rules().len(), 1);
}

#[test]
fn a_condition_that_does_not_parse_names_line_and_column() {
    let error = refused_after("said.cat\"", "said.cat &&& true\"");
    assert_eq!((error.file.as_str(), error.line, error.rule.as_deref()), ("own.toml", 8, Some("hardware.cat")));
    assert!(error.reason.contains("column"), "{error}");
}

#[test]
fn unknown_fields_names_lists_probes_and_teams_are_refused() {
    let cases = [
        ("severity", "severty = 1\nseverity", "severty"),
        ("said.cat\"", "said.dog\"", "dog"),
        ("said.cat\"", "facts.weather.rain\"", "weather"),
        ("said.cat\"", "weather.rain\"", "weather"),
        ("severity", "team = \"nobody\"\nseverity", "nobody"),
        ("severity", "evidence = [\"weather:/rain\"]\nseverity", "weather"),
        ("severity", "evidence = [\"network:rain\"]\nseverity", "start with"),
        ("{text:cat}", "{text:dog}", "dog"),
        ("\"hardware\"", "\"gardening\"", "gardening"),
        ("\"hardware\"", "\"email\"", "email."),
    ];
    for (from, to, named) in cases {
        let error = refused_after(from, to);
        assert!(error.reason.contains(named), "{to}: {error}");
        assert!(error.line > 0, "{error}");
    }
}

#[test]
fn a_missing_language_is_refused() {
    let error = refused_after("ru = \"Кот: {text:cat}\"", "ru = \"\"");
    assert!(error.reason.contains("Russian"), "{error}");
    let error = refused_after(", ru = \"Кот: {text:cat}\"", "");
    assert!(error.reason.contains("ru"), "{error}");
    let error = refused_after("ru = [\"кот*\"]", "ru = []");
    assert!(error.reason.contains("both languages"), "{error}");
}

#[test]
fn an_id_used_twice_is_refused_across_files() {
    let second = GOOD.replace("[words.cat]", "[words.cat2]");
    let error = Classifier::from_toml(&[("one.toml", GOOD), ("two.toml", &second)]).expect_err("must be refused");
    assert_eq!(error.file, "two.toml");
    assert!(error.reason.contains("another rule"), "{error}");
}

#[test]
fn negative_or_missing_weights_are_refused() {
    assert!(refused_after("weight = 3.0", "weight = -1.0").reason.contains("against"));
    assert!(refused_after("weight = 3.0", "").reason.contains("weight"));
}

#[test]
fn the_version_changes_with_the_content_and_only_with_it() {
    let version = |text: &str| Classifier::from_toml(&[("own.toml", text)]).unwrap().version().to_owned();
    assert_eq!(version(GOOD), version(GOOD));
    assert_ne!(version(GOOD), version(&GOOD.replace("3.0", "2.0")));
}

#[test]
fn own_rules_go_with_the_shipped_ones() {
    let own = "[[rule]]\nid = \"application.warehouse\"\nwhen = \"said.printer\"\ncategory = \"application\"\nweight = 4.0\nseverity = \"info\"\nsays = { en = \"w\", ru = \"с\" }\n";
    let mut sources = Classifier::shipped_sources().to_vec();
    sources.push(("own.toml", own));
    let with_own = Classifier::from_toml(&sources).unwrap();
    assert_eq!(with_own.rules().len(), Classifier::shipped().unwrap().rules().len() + 1);
}
