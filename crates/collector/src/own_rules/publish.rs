//! Own rules on their way into service: compiled, measured, kept, active.

use std::{sync::Arc, time::Duration};

use report::ErrorCode;
use store::{NewRuleSet, Scope};
use triage::{Classifier, RuleError};
use uuid::Uuid;

use super::{Checked, check, compile_apart, require_size, take_turn};
use crate::{app::App, error::ApiError, limits};

/// Checks rules and makes them the organisation's active ones. When it returns, reports are judged by them.
pub async fn publish(app: &App, scope: &Scope, toml: String, note: String, author: Uuid) -> Result<i64, ApiError> {
    require_size(&toml)?;
    let _turn = take_turn(app, scope)?;
    let classifier = usable(scope, &toml).await?;
    let measured =
        check(scope, Arc::clone(app.classifiers.shipped()), Arc::new(classifier), limits::RULES_MEASURED_REPORTS)
            .await?;
    if let Some(error) = over_budget(&measured) {
        return Err(refusal(&[error]));
    }
    let now = app.clock.now();
    let version = scope.publish_rule_set(&NewRuleSet { toml, note, created_by: Some(author) }, now).await?;
    app.classifiers.reload(scope, now).await;
    Ok(version)
}

/// Makes an earlier version the active one again; 0 leaves the shipped rules alone. A version this program cannot use
/// any more is refused.
pub async fn activate(app: &App, scope: &Scope, version: i64) -> Result<(), ApiError> {
    if version != 0 {
        let rules = scope.find_rule_set(version).await?.ok_or_else(|| ApiError::new(ErrorCode::NotFound))?;
        usable(scope, &rules.toml).await?;
    }
    scope.activate_rule_set(version).await?;
    app.classifiers.reload(scope, app.clock.now()).await;
    Ok(())
}

async fn usable(scope: &Scope, toml: &str) -> Result<Classifier, ApiError> {
    let overlay = scope.active_overlay().await?.map(|(_, overlay)| overlay);
    compile_apart(toml.to_owned(), overlay).await?.map_err(|errors| refusal(&errors))
}

fn refusal(errors: &[RuleError]) -> ApiError {
    let first = errors.first().map(ToString::to_string).unwrap_or_default();
    ApiError::with_detail(ErrorCode::InvalidRules, first)
}

/// What is wrong with rules that take too long.
pub(super) fn over_budget(measured: &Checked) -> Option<RuleError> {
    let allowed = limits::RULES_BUDGET.max(measured.before * limits::RULES_BUDGET_TIMES);
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    (measured.after > allowed).then(|| RuleError {
        file: super::FILE.to_owned(),
        line: 1,
        column: 1,
        rule: None,
        reason: format!(
            "a verdict takes {:.1} ms with these rules; {:.1} ms are allowed",
            ms(measured.after),
            ms(allowed)
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(before_ms: u64, after_ms: u64) -> Checked {
        let (before, after) = (Duration::from_millis(before_ms), Duration::from_millis(after_ms));
        Checked { judged: 1, changed: Vec::new(), before, after }
    }

    #[test]
    fn slow_rules_are_refused_unless_the_machine_is_slow() {
        assert!(over_budget(&measured(0, 5)).is_none());
        assert!(over_budget(&measured(1, 6)).is_some_and(|error| error.reason.contains("6.0 ms")));
        assert!(over_budget(&measured(2, 10)).is_none());
        assert!(over_budget(&measured(2, 11)).is_some());
    }
}
