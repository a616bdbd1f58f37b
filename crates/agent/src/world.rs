//! Time, ids and randomness, handed in so that tests decide them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The wall clock of the device.
pub trait Clock: Send + Sync {
    /// Now, as the device believes.
    fn now(&self) -> DateTime<Utc>;
}

/// Ids and randomness.
pub trait Chance: Send + Sync {
    /// A UUIDv7 (RFC 9562), later ones sort after earlier ones.
    fn id(&self) -> Uuid;
    /// A number in `0.0..1.0`, evenly spread; for jitter.
    fn unit(&self) -> f64;
}

/// The clock of the operating system.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// Ids by time and randomness of the operating system.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn id(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn unit(&self) -> f64 {
        rand::random()
    }
}

/// Everything the engine takes from outside but the network.
#[derive(Clone)]
pub struct World {
    /// Wall clock.
    pub clock: Arc<dyn Clock>,
    /// Ids and jitter.
    pub chance: Arc<dyn Chance>,
}

impl Default for World {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), chance: Arc::new(SystemChance) }
    }
}
