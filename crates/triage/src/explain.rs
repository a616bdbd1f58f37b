use std::collections::BTreeSet;

use report::{LocalText, Verdict};

/// Why a verdict is what it is, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What it rests on, strongest first: findings behind its category, cause and owner.
    pub rests_on: Vec<LocalText>,
    /// What spoke against it.
    pub against: Vec<LocalText>,
}

/// A verdict's evidence as sentences, each finding once; an abstention rests on everything that was found.
pub fn explain(verdict: &Verdict) -> Explanation {
    let mut behind: BTreeSet<&str> = verdict.category.evidence.iter().map(String::as_str).collect();
    behind.extend(verdict.cause.iter().flat_map(|cause| &cause.evidence).map(String::as_str));
    behind.extend(verdict.owner.iter().flat_map(|owner| &owner.evidence).map(String::as_str));
    let abstains = verdict.abstention.is_some();
    let against = |rule: &str| verdict.against.iter().any(|id| id == rule);
    let says = |wanted: &dyn Fn(&str) -> bool| -> Vec<LocalText> {
        verdict.findings.iter().filter(|f| wanted(&f.rule)).map(|f| f.says.clone()).collect()
    };
    Explanation {
        rests_on: says(&|rule| (abstains || behind.contains(rule)) && !against(rule)),
        against: says(&against),
    }
}
