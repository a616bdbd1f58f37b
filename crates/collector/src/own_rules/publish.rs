//! Own rules on their way into service: compiled, measured, kept, active.

use std::sync::Arc;

use report::ErrorCode;
use store::{NewRuleSet, Scope};
use triage::{Classifier, RuleError};
use uuid::Uuid;

use super::{budget, check, compile, require_size, take_turn};
use crate::{app::App, error::ApiError, limits};

/// Checks rules and makes them the organisation's active ones. When it returns, reports are judged by them.
pub async fn publish(app: &App, scope: &Scope, toml: String, note: String, author: Uuid) -> Result<i64, ApiError> {
    require_size(&toml)?;
    let _turn = take_turn(app, scope)?;
    let (shipped, proposed) = (Arc::clone(app.classifiers.shipped()), Arc::new(usable(scope, &toml).await?));
    let measured = check(scope, Arc::clone(&shipped), Arc::clone(&proposed), limits::RULES_MEASURED_REPORTS).await?;
    if let Some(error) = budget::overrun(&measured, shipped, proposed).await? {
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
    compile(toml.to_owned(), overlay).await?.map_err(|errors| refusal(&errors))
}

fn refusal(errors: &[RuleError]) -> ApiError {
    let first = errors.first().map(ToString::to_string).unwrap_or_default();
    ApiError::with_detail(ErrorCode::InvalidRules, first)
}
