//! The collector's API, on a real collector with a real database. The tree is the tree of its URLs.
//!
//! To test an endpoint: a file named for it, functions that take a `TestCollector`, and their names in
//! `on_both_databases!`.

mod attachments;
mod console;
mod enrolments;
mod events;
mod notices;
mod openapi;
mod raw;
mod reports;
mod session;
mod table;
mod tickets;
