//! What the machine is asked. A probe puts one question within a time box; its answer is a [`report::Fact`].
//! Probes run side by side and apart from each other: one that fails, hangs, panics or is missing says so and the
//! others stay whole.
//!
//! To add a probe:
//! 1. `src/probes/<name>.rs` (or a folder with `mod.rs`, `linux.rs`, `windows.rs`, `macos.rs` where the systems
//!    differ): a `Serialize` struct that documents the answer, with units in the key names, and a `pub const PROBE`.
//! 2. One line in [`probes::PROBES`].
//!
//! Reading and parsing stay apart, so that what other systems say is tested from recordings on any machine.
//! [`render::fact`] prints a new probe without being told about it: it goes by the units in the key names.

mod command;
mod context;
#[cfg(any(windows, test))]
mod event_log;
#[cfg(target_os = "linux")]
mod limited_file;
mod probe;
pub mod probes;
pub mod render;
mod runner;
#[cfg(target_os = "macos")]
mod sysctl;
#[cfg(windows)]
mod wide;
#[cfg(windows)]
mod windows_process;

pub use context::{Context, InternetCheck, ServerDate, ServiceCheck};
pub use probe::{Probe, ProbeError};
pub use probes::{PROBES, foreground, probe};
pub use runner::{diagnose, diagnose_with};
