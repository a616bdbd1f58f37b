use chrono::{DateTime, TimeDelta, Utc};
use report::{Category, Fact, Factor, Notice, NoticeKind, Verdict};
use serde_json::Value;

use crate::Input;
use crate::incidents::{is_place, is_trouble};
use crate::text::Tokens;

/// Facts that list whatever runs or was logged; a keyword found there would say nothing about this press.
const NOISY_PROBES: &[&str] = &["load", "events"];

/// How long before its notice a failure may have been felt: it is told of when somebody has looked. An older press, which
/// waited in an outbox, was about something else.
pub const NOTICE_LEAD: TimeDelta = TimeDelta::hours(8);

/// How surely a notice fits a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fit {
    /// The category is right, and a keyword stands in the report where the notice names any: the user is asked.
    Likely,
    /// The report has everything the notice's reports share.
    Certain,
}

/// The open notice that fits a report best, if one does, and how surely.
///
/// Only notices that run at `now` fit: planned maintenance where the press lies in its time, an incident where the press is at
/// most [`NOTICE_LEAD`] older than it (a press that is ahead of `now` counts as of `now`); and none that names a place the report
/// is not from. One whose factors are all among the report's `factors` fits certainly: whatever its category and keywords if a
/// factor says what is wrong, else (they say where, or in which program) if its category is the verdict's. One with other
/// factors does not fit by its category alone.
/// Else one of its keywords must stand in the report's text, its screens or its facts (or it has none), and its category
/// must be the verdict's. With a keyword, or with all factors, it is enough that the category is
/// among the guesses of an abstention or was found beside the verdict's ("mail server does not answer" in a
/// verdict of `network`). Certain ones go first, then those of the verdict's category, incidents before
/// maintenance, a keyword before none, the newest first.
pub fn match_notice<'n>(
    verdict: &Verdict,
    factors: &[Factor],
    input: &Input<'_>,
    notices: impl IntoIterator<Item = &'n Notice>,
    now: DateTime<Utc>,
) -> Option<(&'n Notice, Fit)> {
    let mut texts: Option<Tokens> = None;
    let pressed_at = input.report.pressed_at.min(now);
    notices
        .into_iter()
        .filter(|notice| notice.starts_at <= now && notice.ends_at.is_none_or(|end| now < end))
        .filter(|notice| notice.starts_at - lead(notice.kind) <= pressed_at)
        .filter(|notice| !is_elsewhere(factors, notice))
        .filter_map(|notice| {
            let same_category = notice.category == verdict.category.value;
            let worded = !notice.keywords.is_empty();
            let has_all = !notice.factors.is_empty() && notice.factors.iter().all(|factor| factors.contains(factor));
            let names_trouble = notice.factors.iter().any(|factor| is_trouble(factor.dimension));
            let fit = if has_all && (names_trouble || same_category) {
                Fit::Certain
            } else {
                let is_near = || is_near(verdict, notice.category);
                // A notice that names factors and no words concerns those factors alone.
                let concerns = if worded {
                    same_category || is_near()
                } else if has_all {
                    is_near()
                } else {
                    same_category && notice.factors.is_empty()
                };
                let mut said = || {
                    let texts = texts.get_or_insert_with(|| Tokens::of(&searched(input)));
                    notice.keywords.iter().any(|word| texts.mention(word))
                };
                if !concerns || (worded && !said()) {
                    return None;
                }
                Fit::Likely
            };
            let incident = notice.kind == NoticeKind::MajorIncident;
            Some(((fit, same_category, incident, worded, notice.starts_at, notice.id), notice))
        })
        .max_by_key(|(rank, _)| *rank)
        .map(|((fit, ..), notice)| (notice, fit))
}

fn lead(kind: NoticeKind) -> TimeDelta {
    match kind {
        NoticeKind::MajorIncident => NOTICE_LEAD,
        NoticeKind::Maintenance => TimeDelta::zero(),
    }
}

/// Whether the notice names a place of a kind of which the report's is another.
fn is_elsewhere(factors: &[Factor], notice: &Notice) -> bool {
    let is_other = |place: &Factor| {
        let mut same_kind = factors.iter().filter(|factor| factor.dimension == place.dimension).peekable();
        same_kind.peek().is_some() && same_kind.all(|factor| factor.value != place.value)
    };
    notice.factors.iter().filter(|factor| is_place(factor.dimension)).any(is_other)
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
