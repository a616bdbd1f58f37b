//! The device's durable queue: sealed files in one folder.
//!
//! | file | holds |
//! |---|---|
//! | `{report}.report` | the report as it is sent, and which pictures are still to come; the commit point of a press |
//! | `{report}.{n}.picture` | one picture |
//! | `{report}.{follow-up}.follow-up` | what the person added |
//!
//! Ids are UUIDv7, so names sort by age. Whoever holds the lease delivers; everybody may add. What does not
//! open, and what the collector refused for good, goes to `set-aside/` under the same names.

mod lease;
mod room;
mod scan;

pub(crate) use lease::Lease;
#[cfg(test)]
use scan::{Found, ScannedFollowUp};

use std::io;
use std::path::{Path, PathBuf};

use report::{FollowUp, MediaType};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::durable;
use crate::seal::{Keys, UnsealError};

/// A report on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    /// The report's id.
    pub id: Uuid,
    /// The report's JSON, byte for byte as it is sent each time; `None` once the collector has it.
    pub body: Option<String>,
    /// Pictures the collector does not have yet.
    pub pictures: Vec<PictureRef>,
    /// How often the report was stamped anew because of a wrong clock.
    #[serde(default)]
    pub restamped: u8,
}

/// A picture on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PictureRef {
    /// Place in the report.
    pub n: u8,
    /// What it is.
    pub media_type: MediaType,
    /// Which monitor it shows.
    pub monitor: String,
}

/// The outbox could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutboxError {
    /// No room on disk, even without a single picture.
    #[error("no room on disk")]
    NoRoom,
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("{0} does not open: {1}")]
    Sealed(String, UnsealError),
    #[error("{0} is not what it should be")]
    Content(String),
}

/// The queue on disk. Cheap to clone; all calls block on the disk.
#[derive(Clone)]
pub(crate) struct Outbox {
    folder: PathBuf,
    aside: PathBuf,
    keys: Keys,
    max_bytes: u64,
}

impl Outbox {
    /// Opens the queue under `state`, making its folders.
    pub(crate) fn open(state: &Path, keys: Keys, max_bytes: u64) -> io::Result<Self> {
        let outbox = Self { folder: state.join("outbox"), aside: state.join("set-aside"), keys, max_bytes };
        durable::make_private_folder(&outbox.folder)?;
        durable::make_private_folder(&outbox.aside)?;
        Ok(outbox)
    }

    fn report_name(id: Uuid) -> String {
        format!("{id}.report")
    }

    fn picture_name(id: Uuid, n: u8) -> String {
        format!("{id}.{n}.picture")
    }

    fn follow_up_name(report: Uuid, id: Uuid) -> String {
        format!("{report}.{id}.follow-up")
    }

    /// Takes a press in: durable when this returns `Ok`. Answers with the numbers of the pictures that found no
    /// room; the report itself never makes way.
    pub(crate) fn put(&self, item: &Item, pictures: &[(u8, &[u8])]) -> Result<Vec<u8>, OutboxError> {
        let incoming: u64 = pictures.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        self.make_room(incoming)?;
        let mut left_out = Vec::new();
        for &(n, bytes) in pictures {
            let too_many = bytes.len() as u64 > self.max_bytes.saturating_sub(self.bytes_on_disk()?);
            if too_many || self.write_evicting(&Self::picture_name(item.id, n), bytes, Some(item.id)).is_err() {
                left_out.push(n);
            }
        }
        let kept: Vec<_> = item.pictures.iter().filter(|picture| !left_out.contains(&picture.n)).cloned().collect();
        let plain =
            Zeroizing::new(serde_json::to_vec(&Item { pictures: kept, ..item.clone() }).map_err(io::Error::other)?);
        if let Err(error) = self.write_evicting(&Self::report_name(item.id), &plain, None) {
            // The report matters more than its own pictures: they go last.
            for picture in &item.pictures {
                if !left_out.contains(&picture.n) {
                    durable::remove(&self.folder.join(Self::picture_name(item.id, picture.n)))?;
                    left_out.push(picture.n);
                }
            }
            let bare = Zeroizing::new(
                serde_json::to_vec(&Item { pictures: Vec::new(), ..item.clone() }).map_err(io::Error::other)?,
            );
            self.write(&Self::report_name(item.id), &bare).map_err(|again| {
                match is_no_room(&again) || is_no_room(&error) {
                    true => OutboxError::NoRoom,
                    false => OutboxError::Io(again),
                }
            })?;
        }
        durable::sync_folder(&self.folder)?;
        Ok(left_out)
    }

    /// Writes what changed of an item that is in the queue.
    pub(crate) fn update(&self, item: &Item) -> Result<(), OutboxError> {
        let plain = Zeroizing::new(serde_json::to_vec(item).map_err(io::Error::other)?);
        self.write_evicting(&Self::report_name(item.id), &plain, None).map_err(no_room)?;
        Ok(durable::sync_folder(&self.folder)?)
    }

    /// Takes in what the person added; durable when this returns `Ok`.
    pub(crate) fn put_follow_up(&self, report: Uuid, follow_up: &FollowUp) -> Result<(), OutboxError> {
        let plain = Zeroizing::new(serde_json::to_vec(follow_up).map_err(io::Error::other)?);
        self.write_evicting(&Self::follow_up_name(report, follow_up.id), &plain, None).map_err(no_room)?;
        Ok(durable::sync_folder(&self.folder)?)
    }

    /// The bytes of a picture; `None` when it made way for others.
    pub(crate) fn find_picture(&self, id: Uuid, n: u8) -> Result<Option<Vec<u8>>, OutboxError> {
        let name = Self::picture_name(id, n);
        let Some(sealed) = durable::read(&self.folder.join(&name))? else { return Ok(None) };
        match self.keys.unseal(&name, &sealed) {
            Ok(mut plain) => Ok(Some(std::mem::take(&mut *plain))),
            Err(error) => Err(OutboxError::Sealed(name, error)),
        }
    }

    /// Removes a picture.
    pub(crate) fn remove_picture(&self, id: Uuid, n: u8) -> Result<(), OutboxError> {
        Ok(durable::remove(&self.folder.join(Self::picture_name(id, n)))?)
    }

    /// Removes what the person added, after the collector has it.
    pub(crate) fn remove_follow_up(&self, report: Uuid, id: Uuid) -> Result<(), OutboxError> {
        Ok(durable::remove(&self.folder.join(Self::follow_up_name(report, id)))?)
    }

    /// Removes a report and its pictures; what the person added stays.
    pub(crate) fn remove(&self, id: Uuid) -> Result<(), OutboxError> {
        durable::remove(&self.folder.join(Self::report_name(id)))?;
        for name in self.names_of(id)?.into_iter().filter(|name| name.ends_with(".picture")) {
            durable::remove(&self.folder.join(name))?;
        }
        Ok(durable::sync_folder(&self.folder)?)
    }

    /// Removes everything of a report that never left, what was added to it as well.
    pub(crate) fn forget(&self, id: Uuid) -> Result<(), OutboxError> {
        self.remove(id)?;
        for name in self.names_of(id)? {
            durable::remove(&self.folder.join(name))?;
        }
        Ok(durable::sync_folder(&self.folder)?)
    }

    /// Moves everything of a report out of the way.
    pub(crate) fn set_aside(&self, id: Uuid) -> Result<(), OutboxError> {
        for name in self.names_of(id)? {
            self.set_aside_file(&name)?;
        }
        Ok(())
    }

    /// Moves one file out of the way.
    pub(crate) fn set_aside_file(&self, name: &str) -> Result<(), OutboxError> {
        match std::fs::rename(self.folder.join(name), self.aside.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            outcome => outcome?,
        }
        durable::sync_folder(&self.aside)?;
        Ok(durable::sync_folder(&self.folder)?)
    }

    /// Moves a picture that does not open out of the way.
    pub(crate) fn set_aside_picture(&self, id: Uuid, n: u8) -> Result<(), OutboxError> {
        self.set_aside_file(&Self::picture_name(id, n))
    }

    fn names_of(&self, id: Uuid) -> Result<Vec<String>, OutboxError> {
        let prefix = format!("{id}.");
        Ok(names_in(&self.folder)?.into_iter().filter(|name| name.starts_with(&prefix)).collect())
    }

    fn write(&self, name: &str, plain: &[u8]) -> io::Result<()> {
        durable::write(&self.folder.join(name), &self.keys.seal(name, plain)?)
    }
}

/// Names of the finished files in a folder, oldest ids first.
fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        if let Ok(name) = entry?.file_name().into_string()
            && !name.starts_with(durable::UNFINISHED)
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn is_no_room(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

fn no_room(error: io::Error) -> OutboxError {
    if is_no_room(&error) { OutboxError::NoRoom } else { OutboxError::Io(error) }
}

#[cfg(test)]
mod tests;
