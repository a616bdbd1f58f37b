//! The service that receives reports, has them judged, stores them, and serves the console; and its admin command line.
//!
//! To add an endpoint: a file in `src/endpoints/<resource>/<verb>.rs` (error, request, response, doc, handler, tests),
//! a line in `src/endpoints/mod.rs`, a row in `src/routes.rs` (who may, how large), then `cargo xtask types`, and its
//! test in `tests/tests/api`. Every limit has its name in `src/limits.rs`, every setting its section in `src/config`.

mod alerts;
mod app;
pub mod auth;
mod body;
mod classifiers;
pub mod cli;
mod clock;
mod commands;
pub mod config;
mod console;
mod endpoints;
mod error;
mod extract;
mod gate;
mod ingest;
mod jobs;
mod json;
mod learning;
pub mod limits;
mod live;
mod metrics;
pub mod openapi;
mod organisations;
mod own_rules;
mod picture;
mod quality;
mod rate_limit;
mod request_log;
pub mod routes;
mod screens;
mod server;
mod similar;
pub mod units;
mod wire;

pub use app::App;
pub use clock::Clock;
pub use config::Config;
pub use error::ApiError;
pub use gate::Who;
pub use organisations::default_organisation;
pub use server::{Listeners, ServeError, serve};
