//! `/api/v1/triage` and what it changes.

mod corrections;
mod learning;
mod quality;
mod rules;
