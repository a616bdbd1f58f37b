//! press → capture → diagnose → redact → outbox → deliver → follow. No window lives here: the tray app and the
//! command line both drive an [`Engine`] and show its [`AgentState`].
//!
//! - To add a redaction rule: one line in `redact/rules.rs`, one Russian and one English sentence in its tests.
//! - To add a setting: one field and one row in `policy/settings.rs`.
//! - To add a command: one variant in [`cli::Command`], one file in `cli/`.
//! - To know a new kind of private window: one name in `policy/settings.rs` (`PRIVATE_WINDOWS`).

mod backoff;
mod capture;
pub mod cli;
mod collector;
mod core;
mod deliver;
mod device;
mod diagnose;
mod durable;
mod engine;
mod enrol;
mod fit;
mod follow;
mod identity;
mod maintain;
mod network_watch;
mod notice_answer;
mod outbox;
mod paths;
mod picture;
mod policy;
mod press;
mod presses;
mod queue;
mod redact;
mod seal;
mod state;
mod world;

pub use capture::{CaptureError, Rectangle, Screen, ScreenSource, Shot, SystemScreens};
pub use diagnose::{FactSource, Machine, Question};
pub use engine::{AddTextError, Engine, EngineError, Parts, PressError, PressId, PressInput, UndoError};
pub use identity::{EnrolError, EnrolmentToken};
pub use notice_answer::{AnswerNoticeError, AnsweredNotice, NoticeAnswer};
pub use paths::{Paths, PathsError};
pub use picture::{EncodeError, Encoded, encode};
pub use policy::{Flags, Origin, Policy, PolicyError, ServiceSetting, Setting};
pub use redact::{RedactionError, Redactor};
pub use seal::{Key, KeyPlace, KeyStore, KeyStoreError, NoKeyStore, OsKeyStore};
pub use state::{AgentProblem, AgentState, IconState, PressStage, PressView};
pub use world::{Chance, Clock, SystemChance, SystemClock, World};
