//! The collector's API, on a real collector with a real database. The tree is the tree of its URLs.
//!
//! To test an endpoint: a file named for it, functions that take a `TestCollector`, and their names in
//! `on_both_databases!`.

#![expect(clippy::unwrap_used, reason = "a test ends where it finds what it did not expect")]

mod alerts;
mod attachments;
mod console;
mod enrolments;
mod events;
mod incidents;
mod mass_incident;
mod notices;
mod openapi;
mod raw;
mod reports;
mod session;
mod table;
mod tickets;
mod triage;
