//! Own rules may take time, but not so much that reports wait for them.

use std::{sync::Arc, time::Duration};

use report::{AgentInfo, Language, MAX_TEXT_CHARS, OsFamily, Report, SCHEMA_VERSION};
use triage::{Classifier, Input, RuleError};
use uuid::Uuid;

use super::{Checked, judging_time::timed};
use crate::{error::ApiError, limits};

/// How often the longest sentence is judged; the quickest counts.
const ROUNDS: u32 = 5;

/// What is wrong with rules that take too long, on the reports that were judged or on the longest sentence anybody can
/// send.
pub(super) async fn overrun(
    measured: &Checked,
    shipped: Arc<Classifier>,
    proposed: Arc<Classifier>,
) -> Result<Option<RuleError>, ApiError> {
    let timed = tokio::task::spawn_blocking(move || {
        let report = longest(&proposed);
        let input = Input::new(&report);
        (timed(&shipped, &input, ROUNDS).1, timed(&proposed, &input, ROUNDS).1)
    });
    let (before, after) = timed.await.map_err(ApiError::internal)?;
    Ok(refused(measured.before, measured.after).or_else(|| refused(before, after)))
}

fn refused(before: Duration, after: Duration) -> Option<RuleError> {
    let allowed = limits::RULES_BUDGET.max(before * limits::RULES_BUDGET_TIMES);
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    (after > allowed).then(|| RuleError {
        file: triage::OWN_FILE.to_owned(),
        line: 1,
        column: 1,
        rule: None,
        reason: format!("a verdict takes {:.1} ms with these rules; {:.1} ms are allowed", ms(after), ms(allowed)),
    })
}

/// A report with a sentence as long as they may be, made of what the rules' own examples say.
fn longest(classifier: &Classifier) -> Report {
    let examples = classifier.rules().iter().flat_map(|rule| &rule.examples);
    let texts: Vec<&str> = examples.filter_map(|example| example.text.as_deref()).collect();
    let words = texts.iter().cycle().flat_map(|text| text.chars().chain([' ']));
    Report {
        schema: SCHEMA_VERSION,
        id: Uuid::nil(),
        pressed_at: chrono::DateTime::UNIX_EPOCH,
        agent: AgentInfo { version: String::new(), os: OsFamily::Windows },
        hostname: String::new(),
        user: None,
        language: Language::Ru,
        text: Some(words.take(MAX_TEXT_CHARS).collect()),
        facts: vec![],
        attachments: vec![],
        omissions: vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_rules_are_refused_unless_the_machine_is_slow() {
        let refused = |before, after| refused(Duration::from_millis(before), Duration::from_millis(after));
        assert!(refused(0, 5).is_none());
        assert!(refused(1, 6).is_some_and(|error| error.reason.contains("6.0 ms")));
        assert!(refused(2, 10).is_none());
        assert!(refused(2, 11).is_some());
    }

    #[test]
    fn the_longest_sentence_is_as_long_as_allowed() {
        let report = longest(&Classifier::shipped().unwrap());
        assert_eq!(report.text.unwrap().chars().count(), MAX_TEXT_CHARS);
    }
}
