//! What is known of each press, in memory and, sealed, on disk, so that a restart shows it again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use report::{Event, Omission, Report};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::durable;
use crate::seal::Keys;
use crate::state::{MAX_PRESSES, PressStage, PressView};

/// Most events kept of a press.
const MAX_EVENTS: usize = 50;

/// Every press there is something to show or to do for.
pub(crate) struct Presses {
    folder: PathBuf,
    keys: Keys,
    views: BTreeMap<Uuid, PressView>,
}

impl Presses {
    /// Reads what the last run knew; what does not open is gone from the list, its report is not.
    pub(crate) fn open(state: &Path, keys: Keys) -> std::io::Result<Self> {
        let folder = state.join("presses");
        durable::make_private_folder(&folder)?;
        let mut presses = Self { folder, keys, views: BTreeMap::new() };
        presses.reread(|_| true);
        Ok(presses)
    }

    /// Reads the presses `wanted` again: another process may have gone on with them.
    pub(crate) fn reread(&mut self, wanted: impl Fn(Uuid) -> bool) -> bool {
        let mut changed = false;
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return false };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(id) = name.strip_suffix(".press").and_then(|id| Uuid::parse_str(id).ok()) else { continue };
            if !wanted(id) {
                continue;
            }
            let view = durable::read(&entry.path())
                .ok()
                .flatten()
                .and_then(|sealed| self.keys.unseal(&name, &sealed).ok())
                .and_then(|plain| serde_json::from_slice::<PressView>(&plain).ok());
            if let Some(view) = view.filter(|view| view.report_id == id)
                && self.views.get(&id) != Some(&view)
            {
                self.views.insert(id, view);
                changed = true;
            }
        }
        changed
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<&PressView> {
        self.views.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: Uuid) -> Option<&mut PressView> {
        self.views.get_mut(&id)
    }

    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &PressView> {
        self.views.values()
    }

    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut PressView> {
        self.views.values_mut()
    }

    /// A press that has just begun.
    pub(crate) fn begin(&mut self, id: Uuid, pressed_at: DateTime<Utc>) {
        self.views.insert(
            id,
            PressView {
                report_id: id,
                pressed_at,
                stage: PressStage::Captured,
                receipt: None,
                pictures_sent: 0,
                pictures_total: 0,
                text: None,
                can_undo: true,
                undo_until: None,
                notice_answer: None,
                omissions: Vec::new(),
                refusal: None,
                retry_at: None,
                events: Vec::new(),
                unread: false,
            },
        );
    }

    /// A press known by its report alone: made by another process, or its own file was lost.
    pub(crate) fn adopt(&mut self, report: &Report) {
        if self.views.contains_key(&report.id) {
            return;
        }
        self.begin(report.id, report.pressed_at);
        if let Some(view) = self.views.get_mut(&report.id) {
            view.stage = PressStage::Saved;
            view.pictures_total = u32::try_from(report.attachments.len()).unwrap_or(u32::MAX);
            view.text.clone_from(&report.text);
            view.omissions.clone_from(&report.omissions);
        }
    }

    /// Takes in what happened to tickets. Answers which presses changed.
    pub(crate) fn apply(&mut self, events: Vec<Event>) -> Vec<Uuid> {
        let mut changed = Vec::new();
        for event in events {
            // A ticket merged into a major incident goes by that one's number from then on.
            let before = self.views.get(&event.report_id).and_then(|view| view.receipt.as_ref());
            let numbers = [Some(event.ticket.number), before.map(|receipt| receipt.ticket.number)];
            // One ticket may have joined several presses; each shows where it stands.
            for receipt in self.views.values_mut().filter_map(|view| view.receipt.as_mut()) {
                if numbers.contains(&Some(receipt.ticket.number)) {
                    receipt.ticket = event.ticket.clone();
                }
            }
            let Some(view) = self.views.get_mut(&event.report_id) else { continue };
            if view.events.iter().any(|known| known.seq == event.seq) {
                continue;
            }
            if let Some(receipt) = &mut view.receipt {
                // Merging and splitting move a report to another ticket.
                receipt.ticket = event.ticket.clone();
            }
            view.unread = true;
            view.events.push(event);
            view.events.sort_by_key(|event| event.seq);
            if view.events.len() > MAX_EVENTS {
                view.events.remove(0);
            }
            changed.push(view.report_id);
        }
        changed
    }

    /// Whether there is news to be expected.
    pub(crate) fn has_open_tickets(&self) -> bool {
        self.views.values().any(|view| {
            view.stage == PressStage::Answered && view.receipt.as_ref().is_some_and(|r| r.ticket.status.is_open())
        })
    }

    /// Keeps a press for the next run. Losing it loses no report, so an error is told and nothing more.
    pub(crate) fn save(&self, id: Uuid) {
        let Some(view) = self.views.get(&id) else { return };
        let name = format!("{id}.press");
        let written = serde_json::to_vec(view)
            .map_err(std::io::Error::other)
            .map(Zeroizing::new)
            .and_then(|plain| self.keys.seal(&name, &plain))
            .and_then(|sealed| durable::write(&self.folder.join(&name), &sealed));
        if let Err(error) = written {
            tracing::warn!(%error, "a press could not be kept for the next start");
        }
    }

    /// Forgets ended presses beyond those that are shown.
    pub(crate) fn prune(&mut self) {
        let old: Vec<Uuid> = self
            .views
            .values()
            .rev()
            .skip(MAX_PRESSES)
            .filter(|view| !view.stage.is_under_way())
            .map(|view| view.report_id)
            .collect();
        for id in old {
            self.views.remove(&id);
            drop(durable::remove(&self.folder.join(format!("{id}.press"))));
        }
    }
}

/// Adds an omission once.
pub(crate) fn omit(omissions: &mut Vec<Omission>, omission: Omission) {
    if !omissions.contains(&omission) {
        omissions.push(omission);
    }
}
