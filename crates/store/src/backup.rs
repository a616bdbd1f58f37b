use std::path::{Path, PathBuf};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbBackend, Statement};
use uuid::Uuid;

use crate::{BlobKey, Store, StoreError};

/// How many attachments are checked between two questions to the database.
const CHECKED_AT_ONCE: u64 = 1_000;

/// What a backup holds.
#[derive(Debug, Clone)]
pub struct Backup {
    /// The copy of the database; `None` on PostgreSQL, whose rows are `pg_dump`'s matter.
    pub database: Option<PathBuf>,
    /// The folder of copied blobs.
    pub blobs_dir: PathBuf,
    /// How many blobs were copied.
    pub blobs: u64,
}

/// What `doctor` is told of the store.
#[derive(Debug, Clone, Default)]
pub struct Integrity {
    /// What the database says of itself; empty when sound.
    pub problems: Vec<String>,
    /// Attachments marked as stored whose file is not there.
    pub missing_blobs: Vec<BlobKey>,
}

impl Store {
    /// Copies the store into `dir` (created; must be empty) while it works: the database first (`VACUUM INTO`), then
    /// the blobs, so every blob the copied rows name is in the copy.
    ///
    /// On PostgreSQL the rows are `pg_dump`'s matter and only the blobs are copied: take the dump *before* calling this.
    pub async fn backup_to(&self, dir: &Path) -> Result<Backup, StoreError> {
        let target = dir.to_path_buf();
        let empty = blocking("preparing the folder of the backup", move || {
            std::fs::create_dir_all(&target)?;
            Ok(std::fs::read_dir(&target)?.next().is_none())
        });
        if !empty.await? {
            let full = std::io::Error::from(std::io::ErrorKind::DirectoryNotEmpty);
            return Err(StoreError::io("preparing the folder of the backup", full));
        }
        let database = match self.sqlite_file() {
            Some(file) => Some(vacuum_into(file, &dir.join("redbutton.db")).await?),
            None => None,
        };
        let blobs_dir = dir.join("blobs");
        let (from, to) = (self.blobs().root().to_path_buf(), blobs_dir.clone());
        let blobs = blocking("copying the blobs", move || copy_folder(&from, &to)).await?;
        Ok(Backup { database, blobs_dir, blobs })
    }

    /// Checks the database (`PRAGMA quick_check` and foreign keys on SQLite) and that every stored attachment has its
    /// file.
    pub async fn integrity(&self) -> Result<Integrity, StoreError> {
        let mut found = Integrity::default();
        if self.sqlite_file().is_some() {
            for row in self.db().query_all_raw(sqlite("PRAGMA quick_check")).await? {
                let says: String = row.try_get_by_index(0)?;
                if says != "ok" {
                    found.problems.push(says);
                }
            }
            for row in self.db().query_all_raw(sqlite("PRAGMA foreign_key_check")).await? {
                let table: String = row.try_get_by_index(0)?;
                found.problems.push(format!("a row of {table} refers to nothing"));
            }
        }
        let mut after: Option<(Uuid, i32)> = None;
        loop {
            let keys = self.stored_blobs(after, CHECKED_AT_ONCE).await?;
            let Some(last) = keys.last() else { return Ok(found) };
            after = Some((last.report_id, i32::from(last.n)));
            for key in keys {
                match self.blobs().exists(key).await {
                    Ok(true) => {}
                    Ok(false) => found.missing_blobs.push(key),
                    Err(error) => found.problems.push(format!("blob {}/{}: {error}", key.report_id, key.n)),
                }
            }
        }
    }
}

fn sqlite(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}

/// A connection of its own: neither the writing one nor a reader is kept busy by it.
async fn vacuum_into(file: &Path, copy: &Path) -> Result<PathBuf, StoreError> {
    let path = copy.to_str().ok_or_else(|| StoreError::BadAddress("the path of the backup is not UTF-8".to_owned()))?;
    let source = file.to_path_buf();
    let mut options = ConnectOptions::new("sqlite:");
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |sqlite| sqlite.filename(&source));
    let db = Database::connect(options).await?;
    let vacuum = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [path.into()]);
    let outcome = db.execute_raw(vacuum).await;
    db.close().await?;
    outcome?;
    let copied = copy.to_path_buf();
    blocking("flushing the copied database", move || std::fs::File::open(copied)?.sync_all()).await?;
    Ok(copy.to_path_buf())
}

/// Copies a folder's files and folders; unfinished uploads (`.incoming`) stay behind. Returns how many files.
fn copy_folder(from: &Path, to: &Path) -> std::io::Result<u64> {
    std::fs::create_dir_all(to)?;
    let mut files = 0;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_name() == ".incoming" {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            files += copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
            std::fs::OpenOptions::new().write(true).open(&target)?.sync_all()?;
            files += 1;
        }
    }
    Ok(files)
}

async fn blocking<T: Send + 'static>(
    what: &str,
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    let outcome = tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    outcome.map_err(|error| StoreError::io(what, error))
}
