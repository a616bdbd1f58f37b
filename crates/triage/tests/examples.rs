//! Every shipped rule fires on its own examples.

mod reports;

use report::Category;
use reports::SHIPPED;
use serde_json::Value;
use triage::{Input, ScreenText};

#[test]
fn every_rule_has_an_example_and_fires_on_each() {
    let mut wrong = Vec::new();
    for rule in SHIPPED.rules() {
        if rule.examples.is_empty() {
            wrong.push(format!("{}:{} {} has no example", rule.file, rule.line, rule.id));
        }
        for example in &rule.examples {
            let facts = Value::Object(example.facts.clone().into_iter().collect());
            let report = reports::report(example.text.as_deref(), &facts);
            let screens: Vec<_> = example.screen.iter().map(|text| ScreenText { attachment: 0, text }).collect();
            let verdict =
                SHIPPED.verdict(&Input { report: &report, texts: &[], screen_texts: &screens, affected: None });
            let place = format!("{}:{} {} on {:?}", rule.file, rule.line, rule.id, example.text);
            let Some(finding) = verdict.findings.iter().find(|f| f.rule == rule.id) else {
                wrong.push(format!("{place} does not fire"));
                continue;
            };
            if finding.evidence.is_empty() && !rule.when.contains("named") {
                wrong.push(format!("{place} fires without evidence"));
            }
            for text in [&finding.says.en, &finding.says.ru] {
                if text.contains('{') || text.contains('}') {
                    wrong.push(format!("{place} says \"{text}\""));
                }
            }
            // Words alone may not be sure enough to say it; then it is at least the first guess.
            let best = verdict.abstention.as_ref().and_then(|a| a.candidates.first()).map(|c| c.category);
            if example.expect.is_some_and(|expected| expected != best.unwrap_or(verdict.category.value)) {
                wrong.push(format!(
                    "{place}: expected {:?}, got {:?} {:.2}, candidates {:?}, findings {:?}",
                    example.expect,
                    verdict.category.value,
                    verdict.category.confidence,
                    verdict.abstention.map(|a| a.candidates),
                    verdict.findings.iter().map(|f| &f.rule).collect::<Vec<_>>(),
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{} in all", wrong.join("\n"), wrong.len());
}

#[test]
fn rules_cover_every_category_and_are_at_least_sixty() {
    assert!(SHIPPED.rules().len() >= 60, "{}", SHIPPED.rules().len());
    for category in Category::KNOWN {
        let expected = SHIPPED.rules().iter().flat_map(|r| &r.examples).filter(|e| e.expect == Some(*category)).count();
        assert!(expected >= 2, "{} has {expected} examples", category.as_str());
    }
}
