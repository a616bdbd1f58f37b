//! `/api/v1/tickets`

mod list;
mod merge;
mod stream;
mod work;
