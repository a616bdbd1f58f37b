//! Room in the outbox: pictures make way, oldest first; reports never do.

use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::{Outbox, is_no_room, names_in};
use crate::durable;

impl Outbox {
    /// Bytes of everything in the queue and set aside.
    pub(super) fn bytes_on_disk(&self) -> io::Result<u64> {
        Ok(size_of(&self.folder)? + size_of(&self.aside)?)
    }

    /// Lets the oldest pictures go until `incoming` bytes fit under the limit, or no picture is left.
    pub(super) fn make_room(&self, incoming: u64) -> io::Result<()> {
        let mut used = self.bytes_on_disk()?;
        for path in self.pictures_oldest_first(None)? {
            if used + incoming <= self.max_bytes {
                break;
            }
            let bytes = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
            durable::remove(&path)?;
            tracing::warn!(bytes, "the outbox is full: its oldest picture makes way");
            used = used.saturating_sub(bytes);
        }
        Ok(())
    }

    /// Writes a file; when the disk is full, lets pictures go one by one until it fits. Those of `keep` stay.
    pub(super) fn write_evicting(&self, name: &str, plain: &[u8], keep: Option<Uuid>) -> io::Result<()> {
        let mut attempt = self.write(name, plain);
        if attempt.as_ref().is_err_and(is_no_room) {
            for path in self.pictures_oldest_first(keep)? {
                durable::remove(&path)?;
                tracing::warn!("the disk is full: the oldest picture makes way");
                attempt = self.write(name, plain);
                if !attempt.as_ref().is_err_and(is_no_room) {
                    break;
                }
            }
        }
        attempt
    }

    /// What nobody will ask for comes first: pictures set aside, then those of the queue.
    fn pictures_oldest_first(&self, keep: Option<Uuid>) -> io::Result<Vec<PathBuf>> {
        let kept = keep.map(|id| format!("{id}."));
        let pictures = |folder: &Path| -> io::Result<Vec<PathBuf>> {
            Ok(names_in(folder)?
                .into_iter()
                .filter(|name| name.ends_with(".picture"))
                .filter(|name| kept.as_ref().is_none_or(|kept| !name.starts_with(kept)))
                .map(|name| folder.join(name))
                .collect())
        };
        let mut all = pictures(&self.aside)?;
        all.extend(pictures(&self.folder)?);
        Ok(all)
    }
}

fn size_of(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        // A file may go while we look.
        bytes += entry?.metadata().map_or(0, |metadata| metadata.len());
    }
    Ok(bytes)
}
