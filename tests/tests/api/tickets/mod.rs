//! `/api/v1/tickets`

mod list;
mod merge;
mod similar;
mod stream;
mod work;
