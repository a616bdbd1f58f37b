use report::TicketStatus;
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

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
    Database(#[source] DbErr),
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
    /// A ticket cannot be merged into itself.
    #[error("a ticket cannot be merged into itself")]
    Itself,
    /// Others belong to the ticket, or it is a major incident.
    #[error("INC-{0} is a major incident or has others merged into it")]
    HasMembers(i64),
    /// The ticket belongs to another one.
    #[error("the ticket was merged into INC-{0}")]
    MergedInto(i64),
    /// The ticket belongs to no other one.
    #[error("the ticket is not merged into another")]
    NotMerged,
    /// The ticket is no major incident.
    #[error("the ticket is not a major incident")]
    NotMajor,
    /// The proposed incident was accepted, dismissed or closed before.
    #[error("the incident was {0} before")]
    Decided(&'static str),
    /// Something with this name (login, organisation) exists.
    #[error("exists already")]
    Exists,
    /// The text model is worse than the shipped one.
    #[error("a refused model cannot be made active")]
    RefusedModel,
    /// `other` is what triage says when it does not know; people decide what something is.
    #[error("`other` only where triage abstained")]
    NoAbstention,
}

impl StoreError {
    pub(crate) fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::StorageFull {
            return Self::OutOfRoom;
        }
        Self::Io { what: what.into(), source: std::sync::Arc::new(source) }
    }

    /// What a failed `COMMIT` means for those who waited for it.
    pub(crate) fn of_commit(error: DbErr) -> Self {
        match Self::from(error) {
            Self::OutOfRoom => Self::OutOfRoom,
            // The server has answered, so it has rolled back.
            Self::Database(error) if database_code(&error).is_some_and(|code| code.len() == 5) => Self::Database(error),
            other => Self::Unknown(other.to_string()),
        }
    }

    /// Whether the very same write may succeed at once: another process was faster with the same key, or PostgreSQL
    /// chose this transaction to end a deadlock or a serialisation failure (SQLSTATE 40P01, 40001).
    pub(crate) fn is_worth_another_try(&self) -> bool {
        let Self::Database(error) = self else { return false };
        matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
            || matches!(database_code(error).as_deref(), Some("40001" | "40P01"))
    }

    /// Whether it is a violated unique key.
    pub(crate) fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if let DbErr::ConnectionAcquire(_) | DbErr::Conn(_) = error {
            return Self::Unavailable(error.to_string());
        }
        // SQLITE_FULL; SQLSTATE disk_full.
        if let Some("13" | "53100") = database_code(&error).as_deref() {
            return Self::OutOfRoom;
        }
        match sqlx_error(&error) {
            Some(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed) => {
                Self::Unavailable(error.to_string())
            }
            Some(sqlx::Error::PoolClosed) => Self::Closed,
            _ => Self::Database(error),
        }
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error.as_ref()),
        _ => None,
    }
}

/// Whether another connection holds an SQLite file: SQLITE_BUSY, alone or extended by the reason (recovery, snapshot, timeout).
pub(crate) fn is_sqlite_busy(error: &DbErr) -> bool {
    matches!(database_code(error).as_deref(), Some("5" | "261" | "517" | "773"))
}

/// SQLite's extended result code in decimal, or PostgreSQL's SQLSTATE.
fn database_code(error: &DbErr) -> Option<String> {
    Some(sqlx_error(error)?.as_database_error()?.code()?.into_owned())
}
