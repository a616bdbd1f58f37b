use report::TicketStatus;

use crate::StaffRef;

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No such thing in this organisation.
    #[error("no such thing in this organisation")]
    NotFound,
    /// The state of the thing does not allow the action.
    #[error("conflict: {0}")]
    Conflict(Conflict),
    /// The database was written by a newer program.
    #[error(
        "the database is at version {found}, this program knows versions up to {known}; \
         start the newer program, or restore a backup made before its upgrade"
    )]
    NewerDatabase {
        /// Version of the database.
        found: i64,
        /// Newest version this program knows.
        known: i64,
    },
    /// The options name no database this crate can open.
    #[error("cannot use the database address: {0}")]
    BadAddress(String),
    /// The disk under the database or the blobs is full.
    #[error("no room left on the disk")]
    OutOfRoom,
    /// The database cannot be reached or is too busy; the same call may succeed later.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The connection broke while committing, so the write may or may not be there. Repeat it: writes with an id of
    /// their own (reports, follow-ups) are idempotent.
    #[error("the outcome of the write is unknown: {0}")]
    Unknown(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// A row does not read as what was once written.
    #[error("a stored value cannot be read: {0}")]
    Corrupt(String),
    /// A file operation failed.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// How it failed.
        #[source]
        source: std::sync::Arc<std::io::Error>,
    },
    /// The database refused a statement.
    #[error("the database refused: {0}")]
    Database(#[source] sea_orm::DbErr),
    /// A write panicked; it was rolled back.
    #[error("a write panicked and was rolled back")]
    Panicked,
}

/// What stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Somebody else has the ticket.
    #[error("held by {}", .0.name)]
    HeldBy(StaffRef),
    /// The ticket is in a state that does not allow the action.
    #[error("the ticket is {}", .0.as_str())]
    Status(TicketStatus),
    /// Something with this name (login, organisation) exists.
    #[error("exists already")]
    Exists,
}
