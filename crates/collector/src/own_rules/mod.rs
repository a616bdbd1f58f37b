//! Rules of an organisation's own: compiled on top of the shipped ones, tried on stored reports, published.

mod budget;
mod check;
mod judging_time;
mod publish;
mod try_out;

use std::time::Duration;

use report::ErrorCode;
use store::Scope;
use triage::{Classifier, LEARNED, OWN_BYTES, RuleError};

use crate::{app::App, error::ApiError, rate_limit::Turn};

pub use check::{Changed, Checked, Stand, check};
pub use publish::{activate, publish};
pub use try_out::{TriedOut, try_out};

/// The shipped rules with an organisation's own on top, and its text model, compiled off the async threads. A model that
/// does not fit the shipped one is left out, as it is when reports are judged.
async fn compile(toml: String, overlay: Option<Vec<u8>>) -> Result<Result<Classifier, Vec<RuleError>>, ApiError> {
    let compiled = tokio::task::spawn_blocking(move || {
        match Classifier::with_own_and_learned(Some(&toml), overlay.as_deref().filter(|overlay| !overlay.is_empty())) {
            Err(errors) if errors.iter().all(|error| error.file == LEARNED) => Classifier::with_own(&toml),
            compiled => compiled,
        }
    });
    compiled.await.map_err(ApiError::internal)
}

/// How long whoever finds a check under way waits.
const COME_BACK: Duration = Duration::from_secs(5);

/// Takes the organisation's turn to have rules tried: one at a time.
fn take_turn(app: &App, scope: &Scope) -> Result<Turn, ApiError> {
    app.rule_checks.enter(scope.organisation_id()).ok_or_else(|| ApiError::rate_limited(COME_BACK))
}

/// Refuses a file that is too large to be looked at.
pub fn require_size(toml: &str) -> Result<(), ApiError> {
    if toml.len() <= OWN_BYTES {
        return Ok(());
    }
    let detail = format!("toml: more than {OWN_BYTES} bytes");
    Err(ApiError::with_detail(ErrorCode::BodyTooLarge, detail))
}
