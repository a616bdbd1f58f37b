use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tokio::sync::broadcast;

use crate::error::is_sqlite_busy;
use crate::notice_cache::NoticeCache;
use crate::write::{Connector, Lanes, WriteFn};
use crate::{Blobs, Change, OrganisationId, Scope, StoreError, migrations, sqlite_statistics};

/// How many changes a slow subscriber may lag behind before it must ask the database.
const CHANGES_KEPT: usize = 1024;
/// How long SQLite waits for another process (a backup, a shell) to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Between two tries to open an SQLite file that another process has just locked.
const BUSY_PAUSE: Duration = Duration::from_millis(20);
/// How long a call waits for a connection before it gets [`StoreError::Unavailable`].
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// WAL pages gathered before they are written into the database file (16 MiB): fewer, larger writes under load.
const CHECKPOINT_PAGES: &str = "4000";

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
    /// Takes down every statement sent to the database, for tests of what an operation costs.
    #[cfg(feature = "testing")]
    pub statements: Option<Arc<std::sync::Mutex<Vec<sea_orm::Statement>>>>,
}

impl StoreOptions {
    /// Options with every commit durable and 8 connections.
    pub fn new(database_url: impl Into<String>, blobs_dir: impl Into<PathBuf>) -> Self {
        Self {
            database_url: database_url.into(),
            blobs_dir: blobs_dir.into(),
            sqlite_synchronous_full: true,
            max_connections: 8,
            #[cfg(feature = "testing")]
            statements: None,
        }
    }
}

/// Prints no address: it may carry a password.
impl std::fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreOptions").field("blobs_dir", &self.blobs_dir).finish_non_exhaustive()
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

impl Backend {
    fn of(url: &str) -> Result<Self, StoreError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            _ => Err(StoreError::BadAddress("it must begin with sqlite:// or postgres://".to_owned())),
        }
    }
}

/// The open store; clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Backend,
    readers: DatabaseConnection,
    lanes: Lanes,
    blobs: Blobs,
    changes: broadcast::Sender<Change>,
    notices: Arc<NoticeCache>,
    sqlite_file: Option<PathBuf>,
}

impl Store {
    /// Connects, applies the migrations the database lacks and opens the blobs. Several collectors may do so at once
    /// on PostgreSQL (an advisory lock lets one migrate).
    ///
    /// # Errors
    /// [`StoreError::NewerDatabase`], [`StoreError::BadAddress`], [`StoreError::Unavailable`].
    pub async fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let backend = Backend::of(&options.database_url)?;
        let blobs = Blobs::open_folder(&options.blobs_dir).await?;
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        let (writer, sqlite_file) = match backend {
            Backend::Sqlite => {
                let file = sqlite_file(&options.database_url)?;
                if let Some(folder) = file.parent() {
                    tokio::fs::create_dir_all(folder)
                        .await
                        .map_err(|error| StoreError::io("making the folder of the database", error))?;
                }
                (sqlite(options, true), Some(file))
            }
            Backend::Postgres => (postgres(options), None),
        };
        let db = connect(options, writer.clone()).await?;
        migrations::apply(&db, backend).await?;
        if backend == Backend::Sqlite {
            sqlite_statistics::set(&db).await?;
        }
        let (readers, lanes) = match backend {
            Backend::Sqlite => (connect(options, sqlite(options, false)).await?, 1),
            // Half of the connections at most write, so that reads always find one.
            Backend::Postgres => (db.clone(), (options.max_connections / 2).clamp(1, 16)),
        };
        let notices = Arc::new(NoticeCache::default());
        let lanes = Lanes::start(Connector { db, options: writer, backend }, lanes as usize, &changes, &notices);
        Ok(Self { inner: Arc::new(Inner { backend, readers, lanes, blobs, changes, notices, sqlite_file }) })
    }

    /// Kind of database behind it.
    pub fn backend(&self) -> Backend {
        self.inner.backend
    }

    /// Whether the database answers, for `/healthz`.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.inner.readers.execute_unprepared("SELECT 1").await?;
        Ok(())
    }

    /// Finishes the writes under way, refuses new ones and closes the connections.
    pub async fn close(&self) {
        self.inner.lanes.stop().await;
        if let Err(error) = self.inner.readers.close_by_ref().await {
            tracing::warn!(%error, "closing the database failed");
        }
    }

    /// The files.
    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// The store as `organisation` sees it. The id comes from an authenticated device or staff member.
    pub fn in_organisation(&self, organisation: OrganisationId) -> Scope {
        Scope { store: self.clone(), organisation }
    }

    /// Changes made by this process, as they are committed. A receiver that lags gets `RecvError::Lagged` and asks
    /// [`Scope::changes_since`]. Changes made by other processes on the same PostgreSQL are found by that call alone.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.inner.changes.subscribe()
    }

    /// Where reads go.
    pub(crate) fn db(&self) -> &DatabaseConnection {
        &self.inner.readers
    }

    /// Open notices read before.
    pub(crate) fn notices(&self) -> &NoticeCache {
        &self.inner.notices
    }

    /// The file of an SQLite database.
    pub(crate) fn sqlite_file(&self) -> Option<&Path> {
        self.inner.sqlite_file.as_deref()
    }

    /// Runs a write and waits until it is durable; see [`crate::write`].
    pub(crate) async fn write<I, T>(
        &self,
        organisation: Option<OrganisationId>,
        input: I,
        write: WriteFn<I, T>,
    ) -> Result<T, StoreError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.inner.lanes.write(organisation, input, write).await
    }
}

impl Scope {
    /// Runs a write of this organisation and waits until it is durable.
    pub(crate) async fn write<I, T>(&self, input: I, write: WriteFn<(OrganisationId, I), T>) -> Result<T, StoreError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.store.write(Some(self.organisation), (self.organisation, input), write).await
    }

    /// Where reads go.
    pub(crate) fn db(&self) -> &DatabaseConnection {
        self.store.db()
    }
}

#[cfg_attr(
    not(feature = "testing"),
    expect(unused_variables, unused_mut, reason = "statements are taken down in tests")
)]
async fn connect(options: &StoreOptions, how: ConnectOptions) -> Result<DatabaseConnection, StoreError> {
    let mut db = dial(how).await.map_err(of_opening)?;
    #[cfg(feature = "testing")]
    if let Some(statements) = options.statements.clone() {
        db.set_metric_callback(move |info| {
            let mut statements = statements.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            statements.push(info.statement.clone());
        });
    }
    Ok(db)
}

/// SQLite does not wait for its busy timeout where two change a new file to write-ahead logging at once: one of them is told
/// at once that the file is locked, and only has to ask again.
async fn dial(how: ConnectOptions) -> Result<DatabaseConnection, sea_orm::DbErr> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        match Database::connect(how.clone()).await {
            Err(error) if is_sqlite_busy(&error) && Instant::now() < deadline => tokio::time::sleep(BUSY_PAUSE).await,
            outcome => return outcome,
        }
    }
}

fn of_opening(error: sea_orm::DbErr) -> StoreError {
    match StoreError::from(error) {
        StoreError::Database(error) => StoreError::Unavailable(error.to_string()),
        other => other,
    }
}

fn sqlite_file(url: &str) -> Result<PathBuf, StoreError> {
    let options: SqliteConnectOptions =
        url.parse().map_err(|error: sea_orm::sqlx::Error| StoreError::BadAddress(error.to_string()))?;
    let file = options.get_filename().to_path_buf();
    if file.is_absolute() {
        Ok(file)
    } else {
        Err(StoreError::BadAddress("an SQLite database needs an absolute path".to_owned()))
    }
}

fn sqlite(options: &StoreOptions, writer: bool) -> ConnectOptions {
    let synchronous = if options.sqlite_synchronous_full { SqliteSynchronous::Full } else { SqliteSynchronous::Normal };
    let mut connect = ConnectOptions::new(options.database_url.clone());
    connect
        .max_connections(if writer { 1 } else { options.max_connections.max(1) })
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .create_if_missing(writer)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(synchronous)
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
                .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
                .pragma("cache_size", "-8000")
                .pragma("temp_store", "memory");
            if writer { sqlite } else { sqlite.pragma("query_only", "on") }
        });
    connect
}

fn postgres(options: &StoreOptions) -> ConnectOptions {
    let mut connect = ConnectOptions::new(options.database_url.clone());
    connect
        .max_connections(options.max_connections.max(2))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    connect
}
