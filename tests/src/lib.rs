//! Shared starting points of the tests.

/// Ends a test that hangs; measures nothing. A busy machine may take its time.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(600);

pub mod collector;
#[cfg(target_os = "linux")]
pub mod collector_process;
#[cfg(target_os = "linux")]
pub mod desktop;
pub mod programs;
pub mod reports;
#[cfg(target_os = "linux")]
pub mod tray_app;
