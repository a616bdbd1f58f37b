//! What is to be sent and when: the outbox's index in memory. Pure: time is handed in.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bytes::Bytes;
use report::FollowUp;
use tokio::time::Instant;
use uuid::Uuid;

use crate::outbox::Item;

/// A report on its way.
#[derive(Debug)]
pub(crate) struct Entry {
    pub item: Item,
    /// Pictures of an entry the disk had no room for; `None` when it is durable.
    pub in_memory: Option<HashMap<u8, Bytes>>,
    /// Whether a request with it may have reached the collector, so that Undo must tell it.
    pub may_have_arrived: bool,
    retry: Retry,
}

/// What a person added, on its way.
#[derive(Debug)]
struct Added {
    follow_up: FollowUp,
    retry: Retry,
}

#[derive(Debug, Default)]
struct Retry {
    failures: u32,
    not_before: Option<Instant>,
}

impl Retry {
    fn is_ready(&self, now: Instant) -> bool {
        self.not_before.is_none_or(|at| at <= now)
    }
}

/// Why nothing at all is sent for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pause {
    /// The collector cannot be reached; ends early when the network changes.
    Network(Instant),
    /// The collector asked for it, or does not know this device.
    Asked(Instant),
}

/// Two lanes, so that a long upload never holds up a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Reports and what people add.
    Words,
    /// Pictures.
    Pictures,
}

/// The next thing to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Work {
    Report(Uuid),
    FollowUp { report: Uuid, follow_up: FollowUp },
    Picture { report: Uuid, n: u8 },
}

/// What a lane does now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    Do(Work),
    WaitUntil(Instant),
    Nothing,
}

/// The index.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    items: BTreeMap<Uuid, Entry>,
    added: BTreeMap<(Uuid, Uuid), Added>,
    pause: Option<Pause>,
    /// Failures of the network in a row.
    network_failures: u32,
}

impl Queue {
    pub(crate) fn insert(&mut self, item: Item, in_memory: Option<HashMap<u8, Bytes>>, may_have_arrived: bool) {
        self.items.insert(item.id, Entry { item, in_memory, may_have_arrived, retry: Retry::default() });
    }

    pub(crate) fn insert_follow_up(&mut self, report: Uuid, follow_up: FollowUp) {
        self.added.insert((report, follow_up.id), Added { follow_up, retry: Retry::default() });
    }

    pub(crate) fn knows(&self, id: Uuid) -> bool {
        self.items.contains_key(&id) || self.added.keys().any(|(_, own)| *own == id)
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<&Entry> {
        self.items.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: Uuid) -> Option<&mut Entry> {
        self.items.get_mut(&id)
    }

    pub(crate) fn remove(&mut self, id: Uuid) -> Option<Entry> {
        self.items.remove(&id)
    }

    pub(crate) fn remove_follow_up(&mut self, report: Uuid, id: Uuid) {
        self.added.remove(&(report, id));
    }

    pub(crate) fn remove_follow_ups_of(&mut self, report: Uuid) {
        self.added.retain(|(of, _), _| *of != report);
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.items.values()
    }

    /// Reports the collector does not have yet.
    pub(crate) fn undelivered(&self) -> impl Iterator<Item = Uuid> {
        self.items.values().filter(|entry| entry.item.body.is_some()).map(|entry| entry.item.id)
    }

    pub(crate) fn pause(&self) -> Option<Pause> {
        self.pause
    }

    /// What a lane does now: reports oldest first, then what was added to reports that have arrived, in order.
    pub(crate) fn next(&self, lane: Lane, now: Instant) -> Next {
        if let Some(Pause::Network(until) | Pause::Asked(until)) = self.pause
            && until > now
        {
            return Next::WaitUntil(until);
        }
        let mut earliest: Option<Instant> = None;
        let mut ready = |retry: &Retry| {
            if !retry.is_ready(now) {
                earliest = match (earliest, retry.not_before) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
            }
            retry.is_ready(now)
        };
        let work = match lane {
            Lane::Words => {
                let report = self.items.values().find(|e| e.item.body.is_some() && ready(&e.retry));
                report.map(|entry| Work::Report(entry.item.id)).or_else(|| {
                    let mut held_up = None;
                    self.added.iter().find_map(|((report, _), added)| {
                        let arrived = self.items.get(report).is_none_or(|entry| entry.item.body.is_none());
                        // In order within a report: the second waits for the first.
                        if !arrived || held_up == Some(*report) {
                            return None;
                        }
                        if !ready(&added.retry) {
                            held_up = Some(*report);
                            return None;
                        }
                        Some(Work::FollowUp { report: *report, follow_up: added.follow_up.clone() })
                    })
                })
            }
            Lane::Pictures => self.items.values().filter(|entry| entry.item.body.is_none()).find_map(|entry| {
                let picture = entry.item.pictures.first()?;
                ready(&entry.retry).then_some(Work::Picture { report: entry.item.id, n: picture.n })
            }),
        };
        match (work, earliest) {
            (Some(work), _) => Next::Do(work),
            (None, Some(at)) => Next::WaitUntil(at),
            (None, None) => Next::Nothing,
        }
    }

    /// The network failed once more; answers with the failures in a row.
    pub(crate) fn network_failed(&mut self) -> u32 {
        self.network_failures = self.network_failures.saturating_add(1);
        self.network_failures
    }

    pub(crate) fn pause_for(&mut self, pause: Pause) {
        self.pause = Some(pause);
    }

    /// The collector answered: whatever kept us from it is over.
    pub(crate) fn answered(&mut self) {
        self.network_failures = 0;
        if matches!(self.pause, Some(Pause::Network(_))) {
            self.pause = None;
        }
    }

    /// It is worth trying now: the network changed, or a person asks. What a collector asked for is kept.
    pub(crate) fn hurry(&mut self) {
        self.answered();
        for retry in self.items.values_mut().map(|e| &mut e.retry).chain(self.added.values_mut().map(|a| &mut a.retry))
        {
            retry.not_before = None;
        }
    }

    /// The device has other credentials now.
    pub(crate) fn unpause(&mut self) {
        self.pause = None;
        self.hurry();
    }

    /// This one thing failed; it is tried again after the wait `wait` makes of its failures in a row.
    pub(crate) fn put_off(&mut self, work: &Work, now: Instant, wait: impl FnOnce(u32) -> Duration) -> Option<u32> {
        let retry = match work {
            Work::Report(id) | Work::Picture { report: id, .. } => &mut self.items.get_mut(id)?.retry,
            Work::FollowUp { report, follow_up } => &mut self.added.get_mut(&(*report, follow_up.id))?.retry,
        };
        retry.failures = retry.failures.saturating_add(1);
        retry.not_before = Some(now + wait(retry.failures));
        Some(retry.failures)
    }

    /// This one thing succeeded.
    pub(crate) fn succeeded(&mut self, id: Uuid) {
        if let Some(entry) = self.items.get_mut(&id) {
            entry.retry = Retry::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use report::{FollowUpKind, MediaType};

    use super::*;
    use crate::outbox::PictureRef;

    fn item(id: u128, delivered: bool) -> Item {
        let picture = PictureRef { n: 0, media_type: MediaType::Webp, monitor: "m".into() };
        Item { id: Uuid::from_u128(id), body: (!delivered).then(|| "{}".into()), pictures: vec![picture], restamped: 0 }
    }

    fn added(id: u128) -> FollowUp {
        FollowUp { id: Uuid::from_u128(id), at: chrono::DateTime::UNIX_EPOCH, kind: FollowUpKind::Withdraw }
    }

    #[test]
    fn reports_go_first_then_what_was_added_in_order_and_pictures_only_after_their_report() {
        let now = Instant::now();
        let mut queue = Queue::default();
        queue.insert(item(2, false), None, false);
        queue.insert(item(1, true), None, false);
        queue.insert_follow_up(Uuid::from_u128(1), added(8));
        queue.insert_follow_up(Uuid::from_u128(1), added(7));
        queue.insert_follow_up(Uuid::from_u128(2), added(9));
        assert_eq!(queue.next(Lane::Words, now), Next::Do(Work::Report(Uuid::from_u128(2))));
        assert_eq!(queue.next(Lane::Pictures, now), Next::Do(Work::Picture { report: Uuid::from_u128(1), n: 0 }));

        // A report that fails by itself steps aside for the rest, but not for its own follow-up.
        let report = Work::Report(Uuid::from_u128(2));
        queue.put_off(&report, now, |_| Duration::from_secs(5));
        let first = Work::FollowUp { report: Uuid::from_u128(1), follow_up: added(7) };
        assert_eq!(queue.next(Lane::Words, now), Next::Do(first.clone()));
        queue.put_off(&first, now, |_| Duration::from_secs(3));
        assert_eq!(queue.next(Lane::Words, now), Next::WaitUntil(now + Duration::from_secs(3)));
        assert_eq!(queue.next(Lane::Words, now + Duration::from_secs(5)), Next::Do(report));
    }

    #[test]
    fn hurrying_ends_what_the_network_caused_and_keeps_what_the_collector_asked_for() {
        let now = Instant::now();
        let mut queue = Queue::default();
        queue.insert(item(1, false), None, false);
        queue.pause_for(Pause::Network(now + Duration::from_secs(60)));
        assert!(matches!(queue.next(Lane::Words, now), Next::WaitUntil(_)));
        queue.hurry();
        assert!(matches!(queue.next(Lane::Words, now), Next::Do(_)));
        queue.pause_for(Pause::Asked(now + Duration::from_secs(60)));
        queue.hurry();
        assert!(matches!(queue.next(Lane::Words, now), Next::WaitUntil(_)));
        assert!(matches!(queue.next(Lane::Words, now + Duration::from_secs(61)), Next::Do(_)));
        queue.unpause();
        assert!(matches!(queue.next(Lane::Words, now), Next::Do(_)));
    }
}
