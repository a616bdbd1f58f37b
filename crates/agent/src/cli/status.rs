//! `status`: read from disk, so that it disturbs neither a running agent nor the collector.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::words;
use crate::engine::Parts;
use crate::identity::Identity;
use crate::outbox::{Lease, Outbox};
use crate::presses::Presses;
use crate::seal::{KeyPlace, Keys};
use crate::state::{AgentProblem, PressView};
use crate::{Flags, durable};

#[derive(Serialize)]
struct Status {
    enrolled: bool,
    organisation: Option<String>,
    collector_url: Option<String>,
    agent_is_running: bool,
    key_place: KeyPlace,
    waiting: usize,
    set_aside: u32,
    problem: Option<AgentProblem>,
    presses: Vec<PressView>,
}

pub(super) fn run(flags: Flags, json: bool) -> anyhow::Result<ExitCode> {
    let (paths, policy, language) = super::surroundings(flags)?;
    durable::make_private_folder(&paths.state)?;
    let keys = Keys::open(&paths.state, Arc::clone(&Parts::default().key_store), Duration::from_secs(2))?;
    let outbox = Outbox::open(&paths.state, keys.clone(), policy.outbox_max_bytes.value)?;
    let identity = Identity::find(&paths.state, &keys);
    let problem = match (&identity, &policy.collector_url.value, &policy.enrolment_token.value) {
        (Err(_), ..) => Some(AgentProblem::KeyStoreLocked),
        (Ok(Some(_)), ..) | (Ok(None), Some(_), Some(_)) => None,
        (Ok(None), None, _) => Some(AgentProblem::NoCollector),
        (Ok(None), Some(_), None) => Some(AgentProblem::NotEnrolled),
    };
    let identity = identity.ok().flatten();
    let waiting = outbox.scan(|_| false)?.items.into_iter().filter(|item| item.body.is_some()).count();
    let status = Status {
        enrolled: identity.is_some(),
        organisation: identity.as_ref().map(|identity| identity.organisation.clone()),
        collector_url: identity.map(|identity| identity.collector_url).or_else(|| policy.collector_url.value.clone()),
        agent_is_running: Lease::try_take(&paths.state)?.is_none(),
        key_place: keys.place(),
        waiting,
        set_aside: outbox.count_set_aside(),
        problem,
        presses: Presses::open(&paths.state, keys)?.all().rev().take(5).cloned().collect(),
    };
    if json {
        super::print_json(&status)?;
        return Ok(ExitCode::SUCCESS);
    }
    match (&status.organisation, &status.collector_url) {
        (Some(organisation), url) => {
            println!("{} {}", words::enrolled(organisation).get(language), url.as_deref().unwrap_or_default());
        }
        (None, _) => println!("{}", words::not_enrolled().get(language)),
    }
    println!("{}", words::delivering(status.agent_is_running).get(language));
    println!("{}", words::protection(status.key_place).get(language));
    println!("{}", words::waiting(status.waiting).get(language));
    println!("{}", words::set_aside(status.set_aside).get(language));
    if let Some(problem) = status.problem {
        println!("{}", words::problem(problem).get(language));
    }
    for press in &status.presses {
        let ticket = press.receipt.as_ref().map_or_else(String::new, |receipt| {
            format!("  INC-{} ({})", receipt.ticket.number, words::ticket(receipt.ticket.status).get(language))
        });
        let at = press.pressed_at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M");
        println!("  {at}  {}{ticket}", words::stage(press.stage).get(language));
    }
    Ok(ExitCode::SUCCESS)
}
