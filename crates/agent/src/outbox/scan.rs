//! Reading the queue: at start, and when another process has added to it.

use std::collections::BTreeSet;
use std::io;
use std::time::{Duration, SystemTime};

use report::FollowUp;
use uuid::Uuid;

use super::{Item, Outbox, OutboxError, names_in};
use crate::durable;
use crate::seal::UnsealError;

/// Leftovers of a write that never finished are removed after this long: until then somebody may be writing.
const UNFINISHED_AFTER: Duration = Duration::from_secs(600);

/// What lies in the queue.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Reports, oldest first.
    pub items: Vec<Item>,
    /// What people added, oldest first within a report.
    pub follow_ups: Vec<ScannedFollowUp>,
    /// Whether something is sealed with a key that cannot be had now.
    pub locked: bool,
}

/// What a person added to a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScannedFollowUp {
    pub report: Uuid,
    pub follow_up: FollowUp,
}

impl Outbox {
    /// Changes whenever a name in the queue comes, goes or is replaced.
    pub(crate) fn stamp(&self) -> Option<SystemTime> {
        std::fs::metadata(&self.folder).and_then(|metadata| metadata.modified()).ok()
    }

    /// Reads everything but what `known` says is known already. What does not open is set aside and never stops
    /// the rest.
    pub(crate) fn scan(&self, known: impl Fn(Uuid) -> bool) -> io::Result<Found> {
        let mut found = Found::default();
        for name in names_in(&self.folder)? {
            let mut parts = name.split('.');
            let id = parts.next().and_then(|id| Uuid::parse_str(id).ok());
            let own_id = |text: &str| Uuid::parse_str(text).ok();
            match (id, parts.collect::<Vec<_>>().as_slice()) {
                (Some(id), ["report"]) if known(id) => {}
                (Some(id), ["report"]) => match self.open_file::<Item>(&name) {
                    Ok(Some(item)) if item.id == id => found.items.push(item),
                    Ok(None) => {}
                    Ok(Some(_)) => self.dismiss(&name, &OutboxError::Content(name.clone())),
                    Err(OutboxError::Sealed(_, UnsealError::Locked)) => found.locked = true,
                    Err(error) => self.dismiss(&name, &error),
                },
                (Some(_), [n, "picture"]) if n.parse::<u8>().is_ok() => {}
                (Some(_), [own, "follow-up"]) if own_id(own).is_some_and(&known) => {}
                (Some(report), [own, "follow-up"]) => match self.open_file::<FollowUp>(&name) {
                    Ok(Some(follow_up)) if Some(follow_up.id) == own_id(own) => {
                        found.follow_ups.push(ScannedFollowUp { report, follow_up });
                    }
                    Ok(None) => {}
                    Ok(Some(_)) => self.dismiss(&name, &OutboxError::Content(name.clone())),
                    Err(OutboxError::Sealed(_, UnsealError::Locked)) => found.locked = true,
                    Err(error) => self.dismiss(&name, &error),
                },
                _ => self.dismiss(&name, &OutboxError::Content(name.clone())),
            }
        }
        Ok(found)
    }

    /// Removes what crashes left behind: unfinished files and pictures whose report was never committed.
    pub(crate) fn clean(&self, now: SystemTime) -> io::Result<()> {
        let old = |name: &str| {
            let modified = std::fs::metadata(self.folder.join(name)).and_then(|metadata| metadata.modified());
            modified.is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age > UNFINISHED_AFTER))
        };
        for entry in std::fs::read_dir(&self.folder)? {
            if let Ok(name) = entry?.file_name().into_string()
                && name.starts_with(durable::UNFINISHED)
                && old(&name)
            {
                durable::remove(&self.folder.join(name))?;
            }
        }
        let names: BTreeSet<String> = names_in(&self.folder)?.into_iter().collect();
        for name in names.iter().filter(|name| name.ends_with(".picture")) {
            let id = name.split('.').next().unwrap_or_default();
            if !names.contains(&format!("{id}.report")) && old(name) {
                durable::remove(&self.folder.join(name))?;
            }
        }
        Ok(())
    }

    /// How many reports and follow-ups are set aside; a lost picture counts with its report.
    pub(crate) fn count_set_aside(&self) -> u32 {
        let count =
            names_in(&self.aside).map_or(0, |names| names.iter().filter(|name| !name.ends_with(".picture")).count());
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Names of what is set aside, oldest first.
    pub(crate) fn list_set_aside(&self) -> io::Result<Vec<String>> {
        names_in(&self.aside)
    }

    fn open_file<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<Option<T>, OutboxError> {
        let Some(sealed) = durable::read(&self.folder.join(name))? else { return Ok(None) };
        let plain = self.keys.unseal(name, &sealed).map_err(|error| OutboxError::Sealed(name.to_owned(), error))?;
        serde_json::from_slice(&plain).map(Some).map_err(|_| OutboxError::Content(name.to_owned()))
    }

    fn dismiss(&self, name: &str, why: &OutboxError) {
        tracing::error!(error = %why, "set aside");
        if let Err(error) = self.set_aside_file(name) {
            tracing::error!(%error, "could not be set aside");
        }
    }
}
