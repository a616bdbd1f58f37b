//! Open notices kept in memory, because every report asks for them.
//!
//! What this process changes is forgotten when it is committed, before anybody hears that it is done: so a report that
//! comes after an answer sees what the answer said. What another collector changes on the same database is seen after
//! [`KEPT_FOR`] at most; so is, everywhere, how many are affected, which changes with every report. Neither can join a report to something closed: that is asked again within the report's write.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use report::Notice;

use crate::{OrganisationId, Scope, StoreError};

/// How long what was read is believed.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// Open notices by organisation.
#[derive(Default)]
pub(crate) struct NoticeCache {
    kept: Mutex<HashMap<OrganisationId, Kept>>,
    /// Counts changes, so that what was read before one is not kept after it.
    changes: AtomicU64,
}

struct Kept {
    read_at: Instant,
    notices: Arc<Vec<Notice>>,
}

impl NoticeCache {
    /// Has them read anew.
    pub(crate) fn forget(&self, organisation: OrganisationId) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.changes.fetch_add(1, Ordering::Relaxed);
        kept.remove(&organisation);
    }

    fn find(&self, organisation: OrganisationId) -> Option<Arc<Vec<Notice>>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(&organisation).filter(|kept| kept.read_at.elapsed() < KEPT_FOR)?;
        Some(Arc::clone(&found.notices))
    }

    fn keep(&self, organisation: OrganisationId, before: u64, notices: &Arc<Vec<Notice>>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if self.changes.load(Ordering::Relaxed) == before {
            kept.insert(organisation, Kept { read_at: Instant::now(), notices: Arc::clone(notices) });
        }
    }
}

impl Scope {
    /// [`Scope::list_open_notices`] out of memory where possible: at most a second old where another process changed
    /// them, never older than what this process has answered. Some may be over at `now`.
    pub async fn open_notices(&self, now: DateTime<Utc>) -> Result<Arc<Vec<Notice>>, StoreError> {
        let cache = self.store.notices();
        if let Some(notices) = cache.find(self.organisation) {
            return Ok(notices);
        }
        let before = cache.changes.load(Ordering::Relaxed);
        let notices = Arc::new(self.list_open_notices(now).await?);
        cache.keep(self.organisation, before, &notices);
        Ok(notices)
    }
}
