//! What staff see on the wire, apart from what the contract crate holds. The store's own types stay behind these, so
//! that a change of a table is not a change of the API.

mod alert;
mod incident;
mod open_notice;
mod quality;
mod rules;
mod screen_read;
mod similar;
mod staff;
mod text_model;
mod ticket;
mod ticket_summary;
mod timeline;

pub use alert::{Alert, AlertStatus, Alerts, AlertsTaken};
pub use incident::{IncidentChange, Proposal};
pub use open_notice::OpenNotice;
pub use quality::{CalibrationStep, CategoryFigures, Confusion, HeldOut, Quality, Week};
pub use rules::{Rules, RulesCheck};
pub use screen_read::ScreenRead;
pub use similar::Similar;
pub use staff::{Staff, StaffRef};
pub use text_model::{ModelState, ModelVersion};
pub use ticket::Ticket;
pub use ticket_summary::{QueueChange, TicketChange, TicketPage, TicketSummary, TicketView};
pub use timeline::TimelineEntry;
