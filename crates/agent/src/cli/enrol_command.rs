//! `enrol`

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use super::words;
use crate::engine::Parts;
use crate::identity::EnrolError;
use crate::seal::Keys;
use crate::{EnrolmentToken, Flags, durable, enrol};

pub(super) fn run(mut flags: Flags, collector: Option<String>, token: Option<String>) -> anyhow::Result<ExitCode> {
    if collector.is_some() {
        flags.collector_url = Some(collector);
    }
    if token.is_some() {
        flags.enrolment_token = Some(token.map(EnrolmentToken::new));
    }
    let (paths, policy, language) = super::surroundings(flags)?;
    let (Some(url), Some(token)) = (&policy.collector_url.value, &policy.enrolment_token.value) else {
        eprintln!("{}", words::enrol_needs().get(language));
        return Ok(ExitCode::FAILURE);
    };
    let parts = Parts::default();
    durable::make_private_folder(&paths.state)?;
    let keys = Keys::open(&paths.state, Arc::clone(&parts.key_store), Duration::from_secs(2))?;
    let enrolled = super::runtime()?.block_on(enrol::enrol(&paths, &keys, &parts.world, url, token));
    match enrolled.map_err(EnrolError::from) {
        Ok(identity) => {
            println!("{}", words::enrolled(&identity.organisation).get(language));
            Ok(ExitCode::SUCCESS)
        }
        Err(EnrolError::Refused(report::ErrorCode::InvalidEnrolmentToken)) => {
            eprintln!("{}", words::problem(crate::AgentProblem::InvalidEnrolmentToken).get(language));
            Ok(ExitCode::FAILURE)
        }
        Err(error) => Err(error.into()),
    }
}
