//! Shared starting points of the tests.

#[cfg(target_os = "linux")]
pub mod desktop;
