//! Shared starting points of the tests.

pub mod collector;
pub mod reports;
#[cfg(target_os = "linux")]
pub mod desktop;
