//! Who is counted where people are.

use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait as _;

use crate::tables::ticket;

/// One user of one device: of a machine that several people use, each is somebody else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person<'a> {
    pub(crate) device: Uuid,
    /// Their login; without one all of the device's presses are of one person.
    pub(crate) user: Option<&'a str>,
}

impl<'a> From<&'a ticket::Model> for Person<'a> {
    fn from(row: &'a ticket::Model) -> Self {
        Self { device: row.device_id, user: row.reporter.as_deref() }
    }
}

impl Person<'_> {
    /// Whether a ticket is theirs: they opened it, and nobody else's presses join it.
    pub(crate) fn owns(self) -> Condition {
        let column = |column| Expr::col((ticket::Entity, column));
        let reporter = column(ticket::Column::Reporter);
        Condition::all().add(column(ticket::Column::DeviceId).eq(self.device)).add(match self.user {
            Some(user) => reporter.eq(user),
            None => reporter.is_null(),
        })
    }
}
