//! The store's tests: each runs on SQLite and on PostgreSQL, unless it is about one of them.

mod blobs;
mod durability;
mod enrolment;
mod follow_ups;
mod ingest;
mod isolation;
mod migrations;
mod queue;
mod staff;
mod support;
mod tickets;
mod upkeep;
