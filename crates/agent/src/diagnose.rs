//! Asking the machine, and what is asked in tests instead.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use report::Fact;

use crate::Policy;

/// Longest a press waits for its probes.
const DEADLINE: Duration = Duration::from_secs(4);

/// What the probes need to know.
#[derive(Debug, Clone)]
pub struct Question {
    /// The moment of the press.
    pub now: DateTime<Utc>,
    /// Where the collector is, if known.
    pub collector_url: Option<String>,
    /// The collector's clock beside ours, when it last answered.
    pub last_server_date: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The settings.
    pub policy: Arc<Policy>,
}

/// Who answers for the machine. Blocks for as long as its probes take.
pub trait FactSource: Send + Sync + 'static {
    /// Asks every probe.
    fn ask(&self, question: &Question) -> Vec<Fact>;
}

/// The probes of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine;

impl FactSource for Machine {
    fn ask(&self, question: &Question) -> Vec<Fact> {
        diagnostics::diagnose(diagnostics::PROBES, Arc::new(context(question)), DEADLINE)
    }
}

/// The settings in the words of the probes.
pub(crate) fn context(question: &Question) -> diagnostics::Context {
    let services = question.policy.services.iter();
    diagnostics::Context {
        collector_url: question.collector_url.clone(),
        services: services
            .map(|service| diagnostics::ServiceCheck { name: service.name.clone(), url: service.url.clone() })
            .collect(),
        internet_check: question.policy.internet_check.value.clone().map(diagnostics::InternetCheck::at),
        max_privacy: question.policy.max_privacy.value,
        last_server_date: question
            .last_server_date
            .map(|(server, local_at_that_moment)| diagnostics::ServerDate { server, local_at_that_moment }),
        ..diagnostics::Context::new(question.now)
    }
}
