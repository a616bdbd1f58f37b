//! press → capture → diagnose → redact → outbox → deliver → follow.

pub mod cli;
mod device;
mod engine;
mod identity;
mod paths;
mod policy;
mod state;
mod world;

pub use engine::{AddTextError, Engine, EngineError, PressError, PressId, PressInput, UndoError};
pub use identity::EnrolmentToken;
pub use paths::{Paths, PathsError};
pub use policy::{Flags, Origin, Policy, PolicyError, ServiceSetting, Setting};
pub use state::{AgentProblem, AgentState, IconState, PressStage, PressView};
pub use world::{Chance, Clock, SystemChance, SystemClock, World};
