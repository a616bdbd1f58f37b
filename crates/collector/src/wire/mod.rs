//! What staff see on the wire, apart from what the contract crate holds. The store's own types stay behind these, so
//! that a change of a table is not a change of the API.

mod quality;
mod rules;
mod screen_read;
mod staff;
mod text_model;
mod ticket;
mod ticket_summary;
mod timeline;

pub use quality::{CalibrationStep, CategoryFigures, Confusion, HeldOut, Quality, Week};
pub use rules::{Rules, RulesCheck};
pub use screen_read::ScreenRead;
pub use staff::{Staff, StaffRef};
pub use text_model::{ModelState, ModelVersion};
pub use ticket::Ticket;
pub use ticket_summary::{TicketChange, TicketPage, TicketSummary, TicketView};
pub use timeline::TimelineEntry;
