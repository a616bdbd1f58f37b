use serde::{Deserialize, Serialize};

use super::Problem;
use crate::{limits, units::Span};

/// How staff sign in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StaffSection {
    /// How long a sign-in lasts.
    pub session_lifetime: Span,
    /// Failed sign-ins per login and address before the next is refused.
    pub sign_in_attempts: u32,
    /// Window in which they are counted.
    pub sign_in_window: Span,
}

impl Default for StaffSection {
    fn default() -> Self {
        Self {
            session_lifetime: Span(limits::SESSION_LIFETIME),
            sign_in_attempts: limits::SIGN_IN_ATTEMPTS,
            sign_in_window: Span(limits::SIGN_IN_WINDOW),
        }
    }
}

impl StaffSection {
    pub(super) fn check(&self, problems: &mut Vec<Problem>) {
        if self.sign_in_attempts == 0 {
            problems.push(Problem::new("staff.sign_in_attempts", "would let nobody in"));
        }
        if self.session_lifetime.0.as_secs() < 60 {
            problems.push(Problem::new("staff.session_lifetime", "less than a minute signs staff out while they read"));
        }
    }
}
