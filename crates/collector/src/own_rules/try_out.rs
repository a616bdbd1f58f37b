//! A dry run: what proposed rules would change, without changing it.

use std::sync::Arc;

use store::Scope;
use triage::RuleError;

use super::{Checked, budget, check, compile, require_size, take_turn};
use crate::{app::App, error::ApiError};

/// What trying rules found.
#[derive(Debug, Clone, PartialEq)]
pub struct TriedOut {
    /// What keeps them from being used.
    pub errors: Vec<RuleError>,
    /// What they change; nothing was judged when they do not compile.
    pub checked: Checked,
}

/// Tries rules on the newest `last` reports.
pub async fn try_out(app: &App, scope: &Scope, toml: String, last: u32) -> Result<TriedOut, ApiError> {
    require_size(&toml)?;
    let _turn = take_turn(app, scope)?;
    let active = app.classifiers.of(scope, app.clock.now()).await;
    let overlay = scope.active_overlay().await?.map(|(_, overlay)| overlay);
    let proposed = match compile(toml, overlay).await? {
        Ok(proposed) => Arc::new(proposed),
        Err(errors) => return Ok(TriedOut { errors, checked: Checked::default() }),
    };
    let checked = check(scope, Arc::clone(&active.classifier), Arc::clone(&proposed), last).await?;
    let overrun = budget::overrun(&checked, Arc::clone(app.classifiers.shipped()), proposed).await?;
    Ok(TriedOut { errors: overrun.into_iter().collect(), checked })
}
