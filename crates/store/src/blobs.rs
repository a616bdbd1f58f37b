//! Files of reports. A file's key is `{organisation}/{report}/{n}`; only [`Folder`] knows where that lies on disk, so that
//! an object store can take its place behind the same functions.
//!
//! Writing: bytes go to a file in `.incoming`, are hashed on the way, flushed with fdatasync, renamed to their name, and
//! the folder is fsynced. Files of the same days share a folder, so one fsync of it serves all uploads that wait.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::{OrganisationId, StoreError};

/// Bytes gathered in memory before they are written.
const WRITE_AT: usize = 512 * 1024;
/// Unfinished files older than this belong to no upload any more.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);
/// Most folders remembered as durable.
const MAX_KNOWN_FOLDERS: usize = 4096;

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

impl BlobError {
    fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| match source.kind() {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::OutOfRoom,
            _ => Self::Io { what, source },
        }
    }
}

/// The files of all organisations.
#[derive(Clone)]
pub struct Blobs {
    folder: Arc<Folder>,
}

struct Folder {
    root: PathBuf,
    /// Folders whose own names are durable.
    known: Mutex<HashSet<PathBuf>>,
    unfinished: AtomicU64,
    syncs: mpsc::UnboundedSender<SyncRequest>,
}

struct SyncRequest {
    folder: PathBuf,
    done: oneshot::Sender<std::io::Result<()>>,
}

/// A file being written. Dropping it before [`BlobWriter::commit`] leaves nothing behind.
pub struct BlobWriter {
    folder: Arc<Folder>,
    key: BlobKey,
    max_bytes: u64,
    bytes: u64,
    hash: Sha256,
    pending: Vec<Bytes>,
    pending_bytes: usize,
    file: Option<Unfinished>,
}

/// A file in `.incoming`; removed when dropped.
struct Unfinished {
    path: PathBuf,
    file: Option<File>,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Windows removes no open file.
        self.file = None;
        if let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(%error, "an unfinished upload could not be removed");
        }
    }
}

impl Blobs {
    pub(crate) async fn open_folder(root: &Path) -> Result<Self, StoreError> {
        let root = root.to_path_buf();
        let (syncs, requests) = mpsc::unbounded_channel();
        let incoming = root.join(".incoming");
        blocking(move || {
            std::fs::create_dir_all(&incoming)?;
            remove_stale(&incoming)
        })
        .await
        .map_err(|error| StoreError::io("opening the folder of blobs", error))?;
        tokio::spawn(sync_folders(requests));
        let folder = Folder { root, known: Mutex::default(), unfinished: AtomicU64::new(0), syncs };
        Ok(Self { folder: Arc::new(folder) })
    }

    /// The folder they lie in.
    pub(crate) fn root(&self) -> &Path {
        &self.folder.root
    }

    /// Starts a file of at most `max_bytes`. It appears under its key at [`BlobWriter::commit`], replacing an older one.
    pub async fn create(&self, key: BlobKey, max_bytes: u64) -> Result<BlobWriter, BlobError> {
        Ok(BlobWriter {
            folder: self.folder.clone(),
            key,
            max_bytes,
            bytes: 0,
            hash: Sha256::new(),
            pending: Vec::new(),
            pending_bytes: 0,
            file: None,
        })
    }

    /// Writes a whole file.
    pub async fn put(&self, key: BlobKey, content: Bytes) -> Result<Written, BlobError> {
        let mut writer = self.create(key, content.len() as u64).await?;
        writer.write(content).await?;
        writer.commit().await
    }

    /// Opens a file for streaming; the second value is its length in bytes.
    pub async fn open(&self, key: BlobKey) -> Result<(tokio::fs::File, u64), BlobError> {
        let path = self.folder.path(key);
        let (file, bytes) = blocking(move || {
            let file = File::open(path)?;
            let bytes = file.metadata()?.len();
            Ok((file, bytes))
        })
        .await
        .map_err(BlobError::io("opening a blob"))?;
        Ok((tokio::fs::File::from_std(file), bytes))
    }

    /// Reads a whole file.
    pub async fn read(&self, key: BlobKey) -> Result<Bytes, BlobError> {
        let path = self.folder.path(key);
        blocking(move || std::fs::read(path)).await.map(Bytes::from).map_err(BlobError::io("reading a blob"))
    }

    /// Whether it is there.
    pub async fn exists(&self, key: BlobKey) -> Result<bool, BlobError> {
        let path = self.folder.path(key);
        blocking(move || path.try_exists()).await.map_err(BlobError::io("looking for a blob"))
    }

    /// Deletes a file; one that is not there is no error.
    pub async fn delete(&self, key: BlobKey) -> Result<(), BlobError> {
        let path = self.folder.path(key);
        match blocking(move || std::fs::remove_file(path)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(BlobError::io("deleting a blob")(error)),
            _ => Ok(()),
        }
    }
}

impl BlobWriter {
    /// Adds bytes.
    pub async fn write(&mut self, chunk: Bytes) -> Result<(), BlobError> {
        self.bytes += chunk.len() as u64;
        if self.bytes > self.max_bytes {
            self.pending.clear();
            self.file = None;
            return Err(BlobError::TooLarge { max_bytes: self.max_bytes });
        }
        self.hash.update(&chunk);
        self.pending_bytes += chunk.len();
        self.pending.push(chunk);
        if self.pending_bytes >= WRITE_AT {
            let (folder, file, pending) = (self.folder.clone(), self.file.take(), self.take_pending());
            let flush = blocking(move || folder.flush(file, &pending)).await;
            self.file = Some(flush.map_err(BlobError::io("writing a blob"))?);
        }
        Ok(())
    }

    /// Length and hash of what was added so far; compare them with what was announced before committing.
    pub fn written(&self) -> Written {
        Written { bytes: self.bytes, sha256: self.hash.clone().finalize().into() }
    }

    /// Makes the file durable under its key: data, name and folder survive a power cut once this returns `Ok`.
    pub async fn commit(mut self) -> Result<Written, BlobError> {
        let written = self.written();
        if written.bytes > self.max_bytes {
            return Err(BlobError::TooLarge { max_bytes: self.max_bytes });
        }
        let (folder, file, pending) = (self.folder.clone(), self.file.take(), self.take_pending());
        let path = folder.path(self.key);
        let place = path.parent().unwrap_or(&folder.root).to_path_buf();
        let parent = place.clone();
        blocking(move || {
            let mut unfinished = folder.flush(file, &pending)?;
            if let Some(file) = unfinished.file.take() {
                file.sync_data()?;
            }
            folder.make_durable_folder(&parent)?;
            // From here on there is nothing for `unfinished` to remove.
            std::fs::rename(&unfinished.path, &path)
        })
        .await
        .map_err(BlobError::io("writing a blob"))?;
        self.folder.sync(place).await.map_err(BlobError::io("making a blob durable"))?;
        Ok(written)
    }

    fn take_pending(&mut self) -> Vec<Bytes> {
        self.pending_bytes = 0;
        std::mem::take(&mut self.pending)
    }
}

impl Folder {
    /// The first six hex digits of a UUIDv7 are its time in steps of 4.7 hours: files of one time lie together, which
    /// keeps folders small, lets concurrent uploads share an fsync and makes incremental copies cheap.
    fn path(&self, key: BlobKey) -> PathBuf {
        let report = key.report_id.simple().to_string();
        self.root
            .join(key.organisation_id.0.simple().to_string())
            .join(&report[..6])
            .join(format!("{report}.{}", key.n))
    }

    /// Writes chunks to an unfinished file, which is made by the first of them.
    fn flush(&self, file: Option<Unfinished>, chunks: &[Bytes]) -> std::io::Result<Unfinished> {
        let mut unfinished = match file {
            Some(unfinished) => unfinished,
            None => self.unfinished()?,
        };
        if let Some(file) = &mut unfinished.file {
            for chunk in chunks {
                file.write_all(chunk)?;
            }
        }
        Ok(unfinished)
    }

    fn unfinished(&self) -> std::io::Result<Unfinished> {
        loop {
            let number = self.unfinished.fetch_add(1, Ordering::Relaxed);
            let path = self.root.join(".incoming").join(format!("{}-{number}", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Unfinished { path, file: Some(file) }),
                // Left by a process that had our id once.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes a folder and the names that lead to it durable; once for each folder.
    fn make_durable_folder(&self, folder: &Path) -> std::io::Result<()> {
        let is_known = |known: &HashSet<PathBuf>| known.contains(folder);
        if is_known(&self.known.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(());
        }
        std::fs::create_dir_all(folder)?;
        for parent in folder.ancestors().skip(1) {
            sync_folder(parent)?;
            if parent == self.root {
                break;
            }
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KNOWN_FOLDERS {
            known.clear();
        }
        known.insert(folder.to_path_buf());
        Ok(())
    }

    async fn sync(&self, folder: PathBuf) -> std::io::Result<()> {
        let (done, synced) = oneshot::channel();
        let gone = || std::io::Error::other("the store is closing");
        self.syncs.send(SyncRequest { folder, done }).map_err(|_| gone())?;
        synced.await.unwrap_or_else(|_| Err(gone()))
    }
}

/// Answers all requests that wait with one fsync of each folder they name.
async fn sync_folders(mut requests: mpsc::UnboundedReceiver<SyncRequest>) {
    let mut batch = Vec::new();
    while requests.recv_many(&mut batch, 256).await > 0 {
        let mut folders: HashMap<PathBuf, Vec<oneshot::Sender<std::io::Result<()>>>> = HashMap::new();
        for request in batch.drain(..) {
            folders.entry(request.folder).or_default().push(request.done);
        }
        let answered = blocking(move || {
            for (folder, waiting) in folders {
                let outcome = sync_folder(&folder);
                for done in waiting {
                    let copy = match &outcome {
                        Ok(()) => Ok(()),
                        Err(error) => Err(std::io::Error::new(error.kind(), error.to_string())),
                    };
                    // Whoever asked may have gone away.
                    let _ = done.send(copy);
                }
            }
            Ok(())
        });
        if let Err(error) = answered.await {
            tracing::error!(%error, "making blobs durable failed");
        }
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows has no fsync of a folder; NTFS journals names by itself.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the signature of the other systems")]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Removes what uploads left that a crash cut short. Young files may be another collector's.
fn remove_stale(incoming: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(incoming)? {
        let entry = entry?;
        let age = entry.metadata().and_then(|data| data.modified()).map(|at| at.elapsed().unwrap_or_default());
        if age.is_ok_and(|age| age > STALE) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> std::io::Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(std::io::Error::other(error)),
    }
}
