//! Who delivers: one process at a time, by a lock the operating system lets go of when its holder dies.

use std::fs::{File, TryLockError};
use std::path::Path;

/// The right to deliver, as long as this value lives.
#[derive(Debug)]
pub(crate) struct Lease {
    _file: File,
}

impl Lease {
    /// Takes the lease of a state folder; `None` while another process has it.
    pub(crate) fn try_take(state: &Path) -> std::io::Result<Option<Self>> {
        let file = File::options().create(true).truncate(false).write(true).open(state.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
