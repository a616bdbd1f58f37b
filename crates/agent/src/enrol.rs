//! Making this device known to its collector: by itself when policy brings address and token, or on command.

use std::sync::Arc;

use report::{EnrolmentRequest, ErrorCode};
use zeroize::Zeroize;

use crate::backoff;
use crate::collector::{Collector, Failure};
use crate::core::{Core, lock};
use crate::device;
use crate::identity::{EnrolError, EnrolmentToken, Identity};
use crate::seal::Keys;
use crate::state::AgentProblem;
use crate::{Paths, World};

/// Enrols once; the credentials are sealed and durable when this returns.
pub(crate) async fn enrol(
    paths: &Paths,
    keys: &Keys,
    world: &World,
    url: &str,
    token: &EnrolmentToken,
) -> Result<Identity, Attempt> {
    let collector = Collector::new(url).map_err(Attempt::Failed)?;
    let mut request = EnrolmentRequest { token: token.reveal().to_owned(), device: device::info() };
    let answer = collector.enrol(&request, world.clock.now()).await;
    request.token.zeroize();
    let identity = Identity::new(url.to_owned(), answer.map_err(Attempt::Failed)?);
    identity.save(&paths.state, keys).map_err(Attempt::NotKept)?;
    tracing::info!(device = %identity.device_id, "enrolled");
    Ok(identity)
}

/// Why an attempt had no success.
#[derive(Debug)]
pub(crate) enum Attempt {
    Failed(Failure),
    NotKept(std::io::Error),
}

impl From<Attempt> for EnrolError {
    fn from(attempt: Attempt) -> Self {
        match attempt {
            Attempt::Failed(Failure::Refused { code, .. }) => Self::Refused(code),
            Attempt::Failed(other) => Self::Unreachable(other.to_string()),
            Attempt::NotKept(error) => Self::NotKept(error),
        }
    }
}

/// Enrols in the background, if policy says with whom and nobody has yet.
pub(crate) async fn run(core: Arc<Core>) {
    let (Some(url), Some(token)) = (core.policy.collector_url.value.clone(), core.policy.enrolment_token.value.clone())
    else {
        return;
    };
    let mut failures = 0;
    loop {
        if core.contact().is_some() {
            return;
        }
        // One process enrols, or the device would be there twice. A key store that is locked may hold credentials.
        let is_locked = lock(&core.problems).contains(&AgentProblem::KeyStoreLocked);
        if core.is_leader() && !is_locked {
            let attempt = tokio::select! {
                () = core.cancel.cancelled() => return,
                attempt = enrol(&core.paths, &core.keys, &core.world, &url, &token) => attempt,
            };
            match attempt {
                Ok(_) => {
                    core.load_identity();
                    core.publish();
                    return;
                }
                Err(attempt) => {
                    tracing::warn!(?attempt, "not enrolled");
                    let refused = matches!(
                        attempt,
                        Attempt::Failed(Failure::Refused { code: ErrorCode::InvalidEnrolmentToken, .. })
                    );
                    let not_trusted = matches!(attempt, Attempt::Failed(Failure::NotTrusted(_)));
                    core.set_problem(AgentProblem::InvalidEnrolmentToken, refused);
                    core.set_problem(AgentProblem::CollectorNotTrusted, not_trusted);
                    core.publish();
                    if refused {
                        return;
                    }
                    failures += 1;
                }
            }
        }
        let wait = backoff::delay(failures.max(1), core.world.chance.unit());
        let mut wake = core.wake.subscribe();
        tokio::select! {
            () = core.cancel.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
            // The network changed, or a person asks.
            _ = wake.changed() => {}
        }
    }
}
