use std::path::{Path, PathBuf};

use crate::{BlobKey, Store, StoreError};

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
    pub async fn backup_to(&self, _dir: &Path) -> Result<Backup, StoreError> {
        pending!()
    }

    /// Checks the database (`PRAGMA quick_check` on SQLite) and that every stored attachment has its file.
    pub async fn integrity(&self) -> Result<Integrity, StoreError> {
        pending!()
    }
}
