use std::{net::IpAddr, sync::Arc};

use store::Store;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use triage::Classifier;
use uuid::Uuid;

use crate::{
    auth::Passwords,
    classifiers::Classifiers,
    clock::Clock,
    config::Config,
    metrics::Metrics,
    rate_limit::{FailureCounts, OnePerOrganisation, TokenBuckets},
};

/// What every request works with.
pub struct App {
    /// Settings.
    pub config: Config,
    /// Where everything is kept.
    pub store: Store,
    /// Report → verdict, for each organisation as it wants it.
    pub classifiers: Classifiers,
    /// Organisations whose rules are being checked.
    pub rule_checks: OnePerOrganisation,
    /// Wakes the text model up when somebody corrected something.
    pub corrected: Notify,
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
    /// Told when a screen came that is to be read.
    pub screen_stored: Notify,
    /// Set when the collector stops; live streams end with it.
    pub stopping: CancellationToken,
}

/// As handlers get it.
pub type AppState = Arc<App>;

impl App {
    /// Everything a collector with this configuration works with. `classifier` is the shipped one.
    pub fn new(config: Config, store: Store, classifier: Classifier, clock: Clock) -> Self {
        let (limits, staff) = (&config.limits, &config.staff);
        Self {
            device_requests: TokenBuckets::new(limits.device_requests_per_minute, limits.device_burst),
            sign_ins: FailureCounts::new(staff.sign_in_attempts, staff.sign_in_window.as_delta()),
            metrics: Metrics::new(),
            passwords: Passwords::default(),
            screen_stored: Notify::new(),
            stopping: CancellationToken::new(),
            config,
            store,
            classifiers: Classifiers::new(classifier),
            rule_checks: OnePerOrganisation::default(),
            corrected: Notify::new(),
            clock,
        }
    }
}
