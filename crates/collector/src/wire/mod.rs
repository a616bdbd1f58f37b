//! What staff see on the wire, apart from what the contract crate holds. The store's own types stay behind these, so
//! that a change of a table is not a change of the API.

mod staff;
mod ticket;
mod ticket_summary;
mod timeline;

pub use staff::{Staff, StaffRef};
pub use ticket::Ticket;
pub use ticket_summary::{TicketChange, TicketPage, TicketSummary, TicketView};
pub use timeline::TimelineEntry;
