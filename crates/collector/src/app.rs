use std::{net::IpAddr, sync::Arc};

use store::Store;
use tokio_util::sync::CancellationToken;
use triage::Classifier;
use uuid::Uuid;

use crate::{
    auth::Passwords,
    clock::Clock,
    config::Config,
    metrics::Metrics,
    rate_limit::{FailureCounts, TokenBuckets},
};

/// What every request works with.
pub struct App {
    /// Settings.
    pub config: Config,
    /// Where everything is kept.
    pub store: Store,
    /// Report → verdict.
    pub classifier: Classifier,
    /// Counters.
    pub metrics: Metrics,
    /// What time it is.
    pub clock: Clock,
    /// Hashes of passwords.
    pub passwords: Passwords,
    /// How often a device may come.
    pub device_requests: TokenBuckets<Uuid>,
    /// How often a sign-in may fail.
    pub sign_ins: FailureCounts<(String, IpAddr)>,
    /// Set when the collector stops; live streams end with it.
    pub stopping: CancellationToken,
}

/// As handlers get it.
pub type AppState = Arc<App>;

impl App {
    /// Everything a collector with this configuration works with.
    pub fn new(config: Config, store: Store, classifier: Classifier, clock: Clock) -> Self {
        let (limits, staff) = (&config.limits, &config.staff);
        Self {
            device_requests: TokenBuckets::new(limits.device_requests_per_minute, limits.device_burst),
            sign_ins: FailureCounts::new(staff.sign_in_attempts, staff.sign_in_window.as_delta()),
            metrics: Metrics::new(),
            passwords: Passwords::default(),
            stopping: CancellationToken::new(),
            config,
            store,
            classifier,
            clock,
        }
    }
}
