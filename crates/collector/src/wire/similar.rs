use report::{Factor, LocalText};
use serde::Serialize;
use utoipa::ToSchema;

use super::TicketSummary;

/// Another open ticket that may have the same cause.
#[derive(Debug, Serialize, ToSchema)]
pub struct Similar {
    /// The ticket.
    pub ticket: TicketSummary,
    /// What both have.
    pub shared: Vec<Factor>,
    /// Why it is suggested.
    pub says: LocalText,
}
