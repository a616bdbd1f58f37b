//! The store's tests: each runs on SQLite and on PostgreSQL, unless it is about one of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

mod answers;
mod blobs;
mod corrections;
mod durability;
mod effort;
mod enrolment;
mod follow_ups;
mod grouping;
mod ingest;
mod isolation;
mod knowledge;
mod known;
mod merging;
mod migrations;
mod quality;
mod queue;
mod reopening;
mod screens;
mod staff;
mod statements;
mod support;
mod tickets;
mod upkeep;
mod walks;
