use serde::{Deserialize, Serialize};

use report::Factor;

use super::Settings;
use super::arrival::Seen;
use super::background::Background;
use super::detector::Detector;
use super::lessons::Lessons;
use super::open::Open;

/// Raised when the shape of a snapshot changes.
const VERSION: u32 = 1;

/// Everything a detector knows but its settings, to be kept and restored. Its size is bounded by the caps of
/// [`Settings`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    version: u32,
    background: Option<Background>,
    recent: Vec<Seen>,
    open: Vec<Open>,
    lessons: Lessons,
    mutes: Vec<(Vec<Factor>, i64)>,
    now_s: i64,
    next_id: u64,
}

/// Why a snapshot cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Written by another version.
    #[error("version {0} of the detector's snapshot is not the one this version reads")]
    Version(u32),
    /// Parts of it do not go together.
    #[error("the detector's snapshot is damaged")]
    Damaged,
}

impl Detector {
    /// What the detector knows. The same state gives the same bytes.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            version: VERSION,
            background: self.background.clone(),
            recent: self.recent.iter().cloned().collect(),
            open: self.open.values().cloned().collect(),
            lessons: self.lessons.clone(),
            mutes: self.mutes.clone(),
            now_s: self.now_s,
            next_id: self.next_id,
        }
    }

    /// Goes on where a snapshot was taken, under settings that may be other ones.
    pub fn restore(settings: Settings, snapshot: Snapshot) -> Result<Self, SnapshotError> {
        if snapshot.version != VERSION {
            return Err(SnapshotError::Version(snapshot.version));
        }
        let mut detector = Self::new(settings);
        let limit = detector.settings.max_factors;
        let members = snapshot.open.iter().flat_map(|open| open.members.values());
        let is_whole = snapshot.background.as_ref().is_none_or(Background::is_whole)
            && snapshot.lessons.is_whole()
            && snapshot.open.iter().all(|open| open.score.is_finite() && open.id.0 < snapshot.next_id)
            && snapshot.recent.iter().chain(members).all(|seen| seen.hashes.len() == seen.factors.len());
        if !is_whole {
            return Err(SnapshotError::Damaged);
        }
        for open in &snapshot.open {
            detector.member_of.extend(open.members.keys().map(|member| (*member, open.id)));
        }
        detector.background = snapshot.background;
        detector.recent = snapshot.recent.into_iter().filter(|seen| seen.hashes.len() <= limit).collect();
        detector.open = snapshot.open.into_iter().map(|open| (open.id, open)).collect();
        detector.lessons = snapshot.lessons;
        detector.mutes = snapshot.mutes;
        detector.now_s = snapshot.now_s;
        detector.next_id = snapshot.next_id;
        Ok(detector)
    }
}
