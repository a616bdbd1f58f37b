//! What the collector does besides answering.

mod group;
pub mod grouping;
