use std::collections::{BTreeMap, HashSet};

use report::Factor;

use super::arrival::Seen;
use super::detector::Detector;
use super::key::{MAX_JOINED, hash, key_of};
use super::open::Open;
use super::{IncidentId, Outcome};

/// By how much a burst must beat the one that was dismissed to be believed the next time.
const BEYOND: f64 = 2.0;
/// The least a dismissal adds to a threshold.
const DISMISSED: f64 = 4.0;
/// What a split adds: the key was right about a burst and wrong about its bounds.
const SPLIT: f64 = 1.5;
/// What a confirmation or a merge takes off.
const CONFIRMED: f64 = -1.0;
/// Share of the members of both sides from which a factor is common.
const COMMON: f64 = 0.6;

impl Detector {
    /// Staff say it is no incident: the next one of what its members share must be stronger. Its reports are let go.
    pub fn dismiss(&mut self, id: IncidentId) -> Option<Outcome> {
        let open = self.open.get(&id)?;
        let by = (open.score - self.settings.propose_score + BEYOND).max(DISMISSED);
        // The same burst would come back under any other pair of what its members share.
        let least = COMMON * open.members.len() as f64;
        let shared: Vec<u64> =
            open.factors().iter().filter(|(_, n)| *n as f64 >= least).map(|(f, _)| hash(f)).collect();
        let pairs = (0..shared.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let pairs: Vec<u64> = pairs.map(|(i, j)| key_of(&[shared[i], shared[j]], all(2))).collect();
        for pair in pairs {
            self.lessons.teach(pair, by, self.settings.max_lessons);
        }
        self.close(id)
    }

    /// Staff say it is one: its key takes a little less the next time. False if it is not open.
    pub fn confirm(&mut self, id: IncidentId) -> bool {
        self.teach(id, CONFIRMED).is_some()
    }

    /// Staff take a confirmation back: what it took off is added again, and what a split adds. False if it is not open.
    pub fn doubt(&mut self, id: IncidentId) -> bool {
        self.teach(id, SPLIT - CONFIRMED).is_some()
    }

    /// Moves reports of an incident into one of their own, and tells later ones apart by what each side shares.
    /// `None` if it is not open, none of the reports is in it, or all are.
    pub fn split(&mut self, id: IncidentId, reports: &[u64]) -> Option<IncidentId> {
        let open = self.open.get(&id)?;
        let moved: BTreeMap<u64, Seen> =
            open.members.iter().filter(|(m, _)| reports.contains(m)).map(|(m, seen)| (*m, seen.clone())).collect();
        if moved.is_empty() || moved.len() == open.members.len() {
            return None;
        }
        self.teach(id, SPLIT)?;
        let new = self.new_id();
        let old = self.open.get_mut(&id)?;
        old.members.retain(|member, _| !moved.contains_key(member));
        old.is_apart = true;
        let (raised_at_s, last_at_s, score, rate) = (old.raised_at_s, old.last_at_s, old.score, old.rate);
        self.member_of.extend(moved.keys().map(|member| (*member, new)));
        let mut open = Open {
            id: new,
            key: vec![],
            keys: vec![],
            raised_at_s,
            last_at_s,
            score,
            rate,
            is_apart: true,
            members: moved,
            handed_over: BTreeMap::new(),
        };
        let counts = open.factors();
        open.key = common(&counts, open.members.len(), |_| true);
        open.keys = vec![key_of_all(&open.key)];
        self.open.insert(new, open);
        Some(new)
    }

    /// A user says that the incident their reports are in is not theirs: they leave it, and are not looked back at. One person
    /// draws no line between two incidents, so nothing is learnt. An incident that is empty then closes.
    pub fn leave(&mut self, reports: &[u64]) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for report in reports {
            let Some(id) = self.member_of.remove(report) else { continue };
            self.recent.retain(|seen| seen.id != *report);
            let Some(open) = self.open.get_mut(&id) else { continue };
            open.members.remove(report);
            if open.members.is_empty() {
                outcomes.extend(self.close(id));
            }
        }
        outcomes
    }

    /// Staff merged the ticket of these reports into one of `into`, where they belong from now on. The others of the incident
    /// they leave stay as they are, until most of its people went the same way: then it is one with `into`.
    pub fn hand_over(&mut self, reports: &[u64], into: IncidentId) -> Vec<Outcome> {
        let Some(from) = reports.iter().find_map(|report| self.incident_of(*report)) else { return vec![] };
        let (true, Some(open)) = (from != into && self.open.contains_key(&into), self.open.get_mut(&from)) else {
            return vec![];
        };
        let people = |moved: bool| {
            let side = open.members.values().filter(|seen| reports.contains(&seen.id) == moved);
            side.map(|seen| seen.person).collect::<HashSet<u64>>().len()
        };
        let (going, staying) = (people(true), people(false));
        let gone = open.handed_over.entry(into).or_default();
        *gone += going;
        if *gone > staying {
            let members = open.members.keys().copied().collect();
            self.merge(into, from);
            return vec![Outcome::Grew { incident: into, members }, Outcome::Closed { incident: from }];
        }
        let moved: BTreeMap<u64, Seen> = open.members.extract_if(.., |id, _| reports.contains(id)).collect();
        let members: Vec<u64> = moved.keys().copied().collect();
        self.member_of.extend(members.iter().map(|member| (*member, into)));
        if let Some(open) = self.open.get_mut(&into) {
            open.members.extend(moved);
        }
        vec![Outcome::Grew { incident: into, members }]
    }

    /// Moves all reports of `from` into `into`, where its bursts belong from now on. False if either is not open, or
    /// both are one.
    pub fn merge(&mut self, into: IncidentId, from: IncidentId) -> bool {
        if into == from || !self.open.contains_key(&into) {
            return false;
        }
        let Some(gone) = self.open.remove(&from) else { return false };
        self.member_of.extend(gone.members.keys().map(|member| (*member, into)));
        let Some(open) = self.open.get_mut(&into) else { return false };
        let theirs = gone.factors();
        let is_theirs = |factor: &Factor| {
            theirs.iter().any(|(f, n)| f == factor && *n as f64 >= COMMON * gone.members.len() as f64)
        };
        let both = common(&open.factors(), open.members.len(), is_theirs);
        open.members.extend(gone.members);
        open.keys.extend(gone.keys);
        open.score = open.score.max(gone.score);
        open.last_at_s = open.last_at_s.max(gone.last_at_s);
        open.raised_at_s = open.raised_at_s.min(gone.raised_at_s);
        if both.len() > 1 {
            open.keys.push(key_of_all(&both));
            open.key.clone_from(&both);
            self.lessons.teach(key_of_all(&both), CONFIRMED, self.settings.max_lessons);
        }
        true
    }

    fn teach(&mut self, id: IncidentId, by: f64) -> Option<()> {
        let open = self.open.get(&id)?;
        let hashes = open.key_hashes();
        let key = key_of(&hashes, all(hashes.len()));
        self.lessons.teach(key, by, self.settings.max_lessons);
        Some(())
    }
}

/// The factors most members have, as many as a key takes; places and causes before categories, which are too wide.
fn common(counts: &[(Factor, usize)], members: usize, admits: impl Fn(&Factor) -> bool) -> Vec<Factor> {
    let most = counts.iter().filter(|(f, n)| *n as f64 >= COMMON * members as f64 && admits(f));
    let mut most: Vec<&(Factor, usize)> = most.collect();
    most.sort_by_key(|(f, n)| (f.dimension == report::Dimension::Category, std::cmp::Reverse(*n)));
    most.into_iter().take(MAX_JOINED as usize).map(|(f, _)| f.clone()).collect()
}

fn key_of_all(factors: &[Factor]) -> u64 {
    let hashes: Vec<u64> = factors.iter().map(hash).collect();
    key_of(&hashes, all(hashes.len()))
}

fn all(count: usize) -> u16 {
    (1 << count) - 1
}
