//! `/api/v1/reports`

mod create;
mod follow_ups;
mod receipt;
mod refused;
mod screens;
