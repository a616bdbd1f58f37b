//! `/api/v1/triage` and what it changes.

mod corrections;
mod quality;
mod rules;
