use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::broadcast;

use crate::{Blobs, Change, OrganisationId, Scope, StoreError};

/// Where the store is and how it is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// `sqlite:///absolute/path.db` (created when absent) or `postgres://user:password@host:port/database`.
    pub database_url: String,
    /// Folder of the blobs; created when absent.
    pub blobs_dir: PathBuf,
    /// SQLite: fsync at every commit (`synchronous=FULL`). `false` may lose the last commits in a power cut.
    pub sqlite_synchronous_full: bool,
    /// Most connections to the database: readers on SQLite, all of them on PostgreSQL.
    pub max_connections: u32,
}

impl StoreOptions {
    /// Options with every commit durable and 8 connections.
    pub fn new(database_url: impl Into<String>, blobs_dir: impl Into<PathBuf>) -> Self {
        Self {
            database_url: database_url.into(),
            blobs_dir: blobs_dir.into(),
            sqlite_synchronous_full: true,
            max_connections: 8,
        }
    }
}

/// Kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Embedded, one file, one collector.
    Sqlite,
    /// A server, any number of collectors.
    Postgres,
}

/// The open store; clones share it.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {}

impl Store {
    /// Connects, applies the migrations the database lacks and opens the blobs. Several collectors may do so at once
    /// on PostgreSQL (an advisory lock lets one migrate).
    ///
    /// # Errors
    /// [`StoreError::NewerDatabase`], [`StoreError::BadAddress`], [`StoreError::Unavailable`].
    pub async fn open(_options: &StoreOptions) -> Result<Self, StoreError> {
        pending!()
    }

    /// Kind of database behind it.
    pub fn backend(&self) -> Backend {
        pending!()
    }

    /// Whether the database answers, for `/healthz`.
    pub async fn ping(&self) -> Result<(), StoreError> {
        pending!()
    }

    /// Finishes the writes under way, refuses new ones and closes the connections.
    pub async fn close(&self) {
        pending!()
    }

    /// The files.
    pub fn blobs(&self) -> &Blobs {
        pending!()
    }

    /// The store as `organisation` sees it. The id comes from an authenticated device or staff member.
    pub fn in_organisation(&self, organisation: OrganisationId) -> Scope {
        Scope { store: self.clone(), organisation }
    }

    /// Changes made by this process, as they are committed. A receiver that lags gets `RecvError::Lagged` and asks
    /// [`Scope::changes_since`]. Changes made by other processes on the same PostgreSQL are found by that call alone.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        pending!()
    }
}
