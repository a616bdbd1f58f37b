use chrono::{DateTime, Utc};
use report::{Category, Fact, Notice, NoticeKind, Verdict};
use serde_json::Value;

use crate::Input;
use crate::text::Tokens;

/// Facts that list whatever runs or was logged; a keyword found there would say nothing about this press.
const NOISY_PROBES: &[&str] = &["load", "events"];

/// The open notice that fits a report best, if one does.
///
/// A notice fits when it is running at `now`, one of its keywords stands in the report's text, its screens or
/// its facts (or it has none), and its category is the verdict's. With a keyword it is enough that the category is
/// among the guesses of an abstention or was found beside the verdict's ("mail server does not answer" in a
/// verdict of `network`). Incidents go before maintenance, a keyword before none, the newest first.
pub fn match_notice<'n>(
    verdict: &Verdict,
    input: &Input<'_>,
    notices: &'n [Notice],
    now: DateTime<Utc>,
) -> Option<&'n Notice> {
    let mut texts: Option<Tokens> = None;
    notices
        .iter()
        .filter(|notice| notice.starts_at <= now && notice.ends_at.is_none_or(|end| now < end))
        .filter_map(|notice| {
            let same_category = notice.category == verdict.category.value;
            let worded = !notice.keywords.is_empty();
            let concerns = same_category || (worded && is_near(verdict, notice.category));
            if !concerns {
                return None;
            }
            if worded {
                let texts = texts.get_or_insert_with(|| Tokens::of(&searched(input)));
                if !notice.keywords.iter().any(|word| texts.mention(word)) {
                    return None;
                }
            }
            let incident = notice.kind == NoticeKind::MajorIncident;
            Some(((same_category, incident, worded, notice.starts_at, notice.id), notice))
        })
        .max_by_key(|(rank, _)| *rank)
        .map(|(_, notice)| notice)
}

fn is_near(verdict: &Verdict, category: Category) -> bool {
    let guessed = verdict.abstention.iter().flat_map(|a| &a.candidates).any(|c| c.category == category);
    guessed || verdict.findings.iter().any(|f| f.rule.split('.').next() == Some(category.as_str()))
}

fn searched(input: &Input<'_>) -> String {
    let mut all = String::new();
    for text in input.sentences().chain(input.screen_texts.iter().map(|s| s.text)) {
        all.push_str(text);
        all.push('\n');
    }
    for fact in input.report.facts.iter().filter(|f| !NOISY_PROBES.contains(&f.probe.as_str())) {
        if let Some(data) = Fact::data(fact) {
            collect_strings(data, &mut all);
        }
    }
    all
}

fn collect_strings(value: &Value, into: &mut String) {
    match value {
        Value::String(text) => {
            into.push_str(text);
            into.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| collect_strings(item, into)),
        Value::Object(map) => map.values().for_each(|item| collect_strings(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
