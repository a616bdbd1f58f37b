//! `/api/v1/tickets`

mod list;
mod stream;
mod work;
