use bytes::Bytes;
use uuid::Uuid;

use crate::OrganisationId;

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlobKey {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// The report it belongs to.
    pub report_id: Uuid,
    /// Its place in the report.
    pub n: u8,
}

/// Length and hash of what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 of them.
    pub sha256: [u8; 32],
}

/// Why a blob was not written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// More bytes arrived than allowed; nothing was kept.
    #[error("more than {max_bytes} bytes")]
    TooLarge {
        /// The limit it was opened with.
        max_bytes: u64,
    },
    /// The disk is full; nothing was kept.
    #[error("no room left on the disk")]
    OutOfRoom,
    /// No such blob.
    #[error("no such blob")]
    NotFound,
    /// The file system failed; nothing was kept.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// How it failed.
        #[source]
        source: std::io::Error,
    },
}

/// The files of all organisations.
#[derive(Clone)]
pub struct Blobs {}

/// A file being written. Dropping it before [`BlobWriter::commit`] leaves nothing behind.
pub struct BlobWriter {}

impl Blobs {
    /// Starts a file of at most `max_bytes`. It appears under its key at [`BlobWriter::commit`], replacing an older one.
    pub async fn create(&self, _key: BlobKey, _max_bytes: u64) -> Result<BlobWriter, BlobError> {
        pending!()
    }

    /// Writes a whole file.
    pub async fn put(&self, _key: BlobKey, _content: Bytes) -> Result<Written, BlobError> {
        pending!()
    }

    /// Opens a file for streaming; the second value is its length in bytes.
    pub async fn open(&self, _key: BlobKey) -> Result<(tokio::fs::File, u64), BlobError> {
        pending!()
    }

    /// Reads a whole file.
    pub async fn read(&self, _key: BlobKey) -> Result<Bytes, BlobError> {
        pending!()
    }

    /// Whether it is there.
    pub async fn exists(&self, _key: BlobKey) -> Result<bool, BlobError> {
        pending!()
    }

    /// Deletes a file; one that is not there is no error.
    pub async fn delete(&self, _key: BlobKey) -> Result<(), BlobError> {
        pending!()
    }
}

impl BlobWriter {
    /// Adds bytes.
    pub async fn write(&mut self, _chunk: Bytes) -> Result<(), BlobError> {
        pending!()
    }

    /// Length and hash of what was added so far; compare them with what was announced before committing.
    pub fn written(&self) -> Written {
        pending!()
    }

    /// Makes the file durable under its key: data, name and folder survive a power cut once this returns `Ok`.
    pub async fn commit(self) -> Result<Written, BlobError> {
        pending!()
    }
}
