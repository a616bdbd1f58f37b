//! Shared starting points of the tests.

pub mod collector;
#[cfg(target_os = "linux")]
pub mod collector_process;
#[cfg(target_os = "linux")]
pub mod desktop;
pub mod programs;
pub mod reports;
#[cfg(target_os = "linux")]
pub mod tray_app;
