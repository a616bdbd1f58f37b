//! `probe [name]`: what a report would carry, redacted as it would be; nothing is sent.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use super::words;
use crate::diagnose::{self, Question};
use crate::redact::Redactor;
use crate::{Clock, Flags, SystemClock};

/// Longest a person at a terminal waits for all probes.
const DEADLINE: Duration = Duration::from_secs(10);

pub(super) fn run(flags: Flags, name: Option<&str>, json: bool) -> anyhow::Result<ExitCode> {
    let (_, policy, language) = super::surroundings(flags)?;
    let probes = match name {
        None => diagnostics::PROBES.to_vec(),
        Some(name) => match diagnostics::probe(name) {
            Some(probe) => vec![*probe],
            None => {
                let known: Vec<_> = diagnostics::PROBES.iter().map(|probe| probe.name).collect();
                eprintln!("{}", words::no_such_probe(name, &known.join(", ")).get(language));
                return Ok(ExitCode::FAILURE);
            }
        },
    };
    let question = Question {
        now: SystemClock.now(),
        collector_url: policy.collector_url.value.clone(),
        last_server_date: None,
        policy: Arc::new(policy),
    };
    let redactor = Redactor::new()?;
    let facts: Vec<_> = diagnostics::diagnose(&probes, Arc::new(diagnose::context(&question)), DEADLINE)
        .into_iter()
        .map(|fact| redactor.fact(fact))
        .collect();
    match json {
        true => super::print_json(&facts)?,
        false => print!("{}", diagnostics::render::facts(&facts, language)),
    }
    Ok(ExitCode::SUCCESS)
}
