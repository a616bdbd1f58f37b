use std::collections::{BTreeMap, HashMap, VecDeque};

use report::Factor;

use super::arrival::{Arrival, Seen};
use super::background::Background;
use super::key::{key_of, masks, troubles};
use super::lessons::Lessons;
use super::open::Open;
use super::scan::{Burst, Scan, strength};
use super::{Incident, IncidentId, Settings, shared_factor};

/// After so many reports that should have come and did not, an incident is a third as strong.
const FADES_AFTER: f64 = 4.0;

/// Time that is so far past both the clock and the log was told by a clock that was wrong.
const AHEAD_S: i64 = 3600;

/// What an arrival changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Many people have the same thing: a new incident.
    Raised {
        /// Which.
        incident: IncidentId,
        /// Ids of its reports, ascending.
        members: Vec<u64>,
    },
    /// Reports joined an incident.
    Grew {
        /// Which.
        incident: IncidentId,
        /// Ids of the reports that are new in it, ascending.
        members: Vec<u64>,
    },
    /// Nobody joined it for [`Settings::close_after_s`]; the detector has forgotten it.
    Closed {
        /// Which.
        incident: IncidentId,
    },
}

/// Finds mass incidents in a stream of reports. One per organisation.
#[derive(Debug, Clone)]
pub struct Detector {
    pub(super) settings: Settings,
    pub(super) background: Option<Background>,
    /// Reports of the longest window, oldest first.
    pub(super) recent: VecDeque<Seen>,
    pub(super) open: BTreeMap<IncidentId, Open>,
    /// Which open incident a report is in.
    pub(super) member_of: HashMap<u64, IncidentId>,
    pub(super) lessons: Lessons,
    /// Factors that are expected to fail, and until when.
    pub(super) mutes: Vec<(Vec<Factor>, i64)>,
    /// The latest time it was told, unless that was taken back.
    pub(super) now_s: i64,
    /// What [`Detector::tick`] told last.
    clock_s: i64,
    /// When the newest arrival came.
    log_s: i64,
    pub(super) next_id: u64,
    /// Keys by number of factors.
    pub(super) masks: Vec<Vec<u16>>,
}

impl Detector {
    /// A detector that knows nothing yet. Settings out of range are brought into it.
    pub fn new(settings: Settings) -> Self {
        let settings = settings.sane();
        Self {
            masks: (0..=settings.max_factors).map(masks).collect(),
            settings,
            background: None,
            recent: VecDeque::new(),
            open: BTreeMap::new(),
            member_of: HashMap::new(),
            lessons: Lessons::default(),
            mutes: Vec::new(),
            now_s: i64::MIN,
            clock_s: i64::MIN,
            log_s: i64::MIN,
            next_id: 1,
        }
    }

    /// What it goes by, in range.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Takes a report in. An id that was seen lately changes nothing.
    pub fn observe(&mut self, arrival: &Arrival) -> Vec<Outcome> {
        if self.is_known(arrival) {
            return vec![];
        }
        self.log_s = arrival.at_s;
        let mut outcomes = self.pass();
        let seen = Seen::of(arrival, self.now_s, self.settings.max_factors);
        if seen.hashes.is_empty() || self.is_muted(&arrival.factors) {
            return outcomes;
        }
        if let Some(earlier) = self.earlier_press(&seen) {
            // The same person again: no news of the rate, but the same incident.
            if let Some(incident) = self.member_of.get(&earlier).copied() {
                outcomes.extend(self.join(incident, vec![seen]));
            }
            return outcomes;
        }
        let background = self.background.get_or_insert_with(|| Background::new(self.now_s));
        background.advance(self.now_s, &self.settings);
        let size = seen.hashes.len();
        let masks = &self.masks[size];
        let mut shares = Vec::new();
        background.shares(&seen.hashes, masks, self.now_s, &self.settings, &mut shares);
        let rate = background.rate(self.now_s, &self.settings);
        background.learn(&seen.hashes, masks, self.now_s, &self.settings);
        let is_learning = self.now_s - background.first_s < self.settings.learning_s;
        let factor = if is_learning { self.settings.learning_factor } else { 1.0 };
        self.look_back_at(seen);
        let (settings, lessons, recent, masks) = (&self.settings, &self.lessons, &self.recent, &self.masks[size]);
        let burst = Scan { recent, masks, shares: &shares, rate, settings, lessons, factor }.best();
        if let Some(burst) = burst {
            outcomes.extend(self.group(&burst));
        }
        outcomes.extend(self.adopt(&shares, rate));
        outcomes
    }

    /// Lets time pass: closes incidents nobody joins any more. Time goes back only where a clock was ahead: where neither
    /// the clock nor the newest arrival is within an hour of the latest time it was told.
    pub fn tick(&mut self, now_s: i64) -> Vec<Outcome> {
        self.clock_s = now_s;
        self.pass()
    }

    /// Brings everything to the time that clock and log tell.
    fn pass(&mut self) -> Vec<Outcome> {
        let latest_s = self.clock_s.max(self.log_s);
        if self.now_s.saturating_sub(latest_s) > AHEAD_S {
            self.set_back(latest_s);
        }
        self.now_s = self.now_s.max(latest_s);
        let now_s = self.now_s;
        let longest = self.settings.longest_window_s();
        while self.recent.front().is_some_and(|seen| now_s - seen.at_s > longest) {
            self.recent.pop_front();
        }
        self.mutes.retain(|(_, until)| *until > now_s);
        let quiet: Vec<IncidentId> =
            self.open.values().filter(|o| now_s - o.last_at_s > self.settings.close_after_s).map(|o| o.id).collect();
        quiet.into_iter().filter_map(|id| self.close(id)).collect()
    }

    /// The open incidents, oldest first.
    pub fn open(&self) -> Vec<Incident> {
        self.open.values().map(|open| self.tell(open)).collect()
    }

    /// An open incident.
    pub fn incident(&self, id: IncidentId) -> Option<Incident> {
        self.open.get(&id).map(|open| self.tell(open))
    }

    /// The open incident a report is in.
    pub fn incident_of(&self, report: u64) -> Option<IncidentId> {
        self.member_of.get(&report).copied()
    }

    /// Expects reports that have all these factors until then, for planned maintenance: they are neither counted nor
    /// grouped. Without factors nothing is muted.
    pub fn mute(&mut self, factors: Vec<Factor>, until_s: i64) {
        if factors.is_empty() {
            return;
        }
        self.mutes.retain(|(known, _)| *known != factors);
        self.mutes.push((factors, until_s));
        let over = self.mutes.len().saturating_sub(self.settings.max_lessons);
        self.mutes.drain(..over);
    }

    /// Ends a mute early.
    pub fn unmute(&mut self, factors: &[Factor]) {
        self.mutes.retain(|(known, _)| known != factors);
    }

    /// Takes back that the clock was ahead. What it stamped then came by so much earlier.
    fn set_back(&mut self, to_s: i64) {
        let ahead_s = self.now_s - to_s;
        let back = |at_s: &mut i64| {
            if *at_s > to_s {
                *at_s -= ahead_s;
            }
        };
        self.recent.iter_mut().for_each(|seen| back(&mut seen.at_s));
        for open in self.open.values_mut() {
            back(&mut open.raised_at_s);
            back(&mut open.last_at_s);
            open.members.values_mut().for_each(|seen| back(&mut seen.at_s));
        }
        if let Some(background) = &mut self.background {
            background.set_back(to_s, &self.settings);
        }
        self.now_s = to_s;
    }

    pub(super) fn close(&mut self, id: IncidentId) -> Option<Outcome> {
        let open = self.open.remove(&id)?;
        for member in open.members.keys() {
            self.member_of.remove(member);
        }
        Some(Outcome::Closed { incident: id })
    }

    pub(super) fn new_id(&mut self) -> IncidentId {
        let id = IncidentId(self.next_id);
        self.next_id += 1;
        id
    }

    fn is_known(&self, arrival: &Arrival) -> bool {
        self.member_of.contains_key(&arrival.id) || self.recent.iter().rev().any(|seen| seen.id == arrival.id)
    }

    fn look_back_at(&mut self, seen: Seen) {
        self.recent.push_back(seen);
        if self.recent.len() > self.settings.max_recent {
            self.recent.pop_front();
        }
    }

    fn is_muted(&self, factors: &[Factor]) -> bool {
        self.mutes.iter().any(|(muted, _)| muted.iter().all(|factor| factors.contains(factor)))
    }

    /// The latest report of the same person with the same factors, if it is not long ago.
    fn earlier_press(&self, seen: &Seen) -> Option<u64> {
        let since = self.now_s - self.settings.repeat_s;
        let lately = self.recent.iter().rev().take_while(|r| r.at_s >= since);
        lately.filter(|r| r.person == seen.person).find(|r| r.hashes == seen.hashes).map(|r| r.id)
    }

    /// Makes an incident of a burst, or lets it join the one it belongs to.
    fn group(&mut self, burst: &Burst) -> Vec<Outcome> {
        let Some(newest) = self.recent.back() else { return vec![] };
        let key = key_of(&newest.hashes, burst.mask);
        let factors: Vec<Factor> = newest
            .factors
            .iter()
            .enumerate()
            .filter(|(i, _)| burst.mask >> i & 1 == 1)
            .map(|(_, f)| f.clone())
            .collect();
        let (mut free, mut taken): (Vec<Seen>, BTreeMap<IncidentId, usize>) = (Vec::new(), BTreeMap::new());
        for place in &burst.members {
            let seen = &self.recent[*place];
            match self.member_of.get(&seen.id) {
                Some(id) => *taken.entry(*id).or_default() += 1,
                None => free.push(seen.clone()),
            }
        }
        let most = taken.iter().max_by_key(|(id, n)| (**n, std::cmp::Reverse(**id))).map(|(id, n)| (*id, *n));
        let same_key = self.open.values().find(|open| open.keys.contains(&key)).map(|open| open.id);
        let target = match most {
            // Without a majority it is a new one, or too few of it are free to tell whose they are.
            Some((id, n)) if 2 * n >= burst.members.len() => Some(id),
            _ => same_key,
        };
        if let Some(id) = target {
            if let Some(open) = self.open.get_mut(&id) {
                open.rate = burst.rate;
                if burst.score > open.score && !open.is_apart {
                    open.find_by(factors, key);
                }
                open.score = open.score.max(burst.score);
            }
            let rivals: Vec<IncidentId> = taken.keys().copied().filter(|other| self.open[other].is_apart).collect();
            return self.join_best(id, &rivals, free);
        }
        if free.len() < self.settings.min_people {
            return vec![];
        }
        let id = self.new_id();
        let mut outcomes = Vec::new();
        if self.open.len() >= self.settings.max_open {
            let quietest = self.open.values().min_by_key(|o| (o.last_at_s, o.id)).map(|o| o.id);
            outcomes.extend(quietest.and_then(|id| self.close(id)));
        }
        let members: BTreeMap<u64, Seen> = free.into_iter().map(|seen| (seen.id, seen)).collect();
        self.member_of.extend(members.keys().map(|member| (*member, id)));
        let ids = members.keys().copied().collect();
        let (now_s, score, rate) = (self.now_s, burst.score, burst.rate);
        let open = Open {
            id,
            key: factors,
            keys: vec![key],
            raised_at_s: now_s,
            last_at_s: now_s,
            score,
            rate,
            is_apart: false,
            members,
            handed_over: BTreeMap::new(),
        };
        self.open.insert(id, open);
        outcomes.push(Outcome::Raised { incident: id, members: ids });
        outcomes
    }

    /// Lets the newest report join the open incident it probably belongs to, though one of its factors be a mistake.
    fn adopt(&mut self, shares: &[f64], rate: f64) -> Option<Outcome> {
        let newest = self.recent.back().filter(|seen| !self.member_of.contains_key(&seen.id))?;
        let wrong = usize::from(troubles(&newest.factors));
        let odds = |open: &Open| {
            let key = open.key_hashes();
            let has = newest.hashes.iter().enumerate().filter(|(_, h)| key.contains(h)).fold(0, |m, (i, _)| m | 1 << i);
            let (size, held) = (u32::try_from(key.len()).unwrap_or(u32::MAX), usize::count_ones(has));
            if has & wrong == 0 {
                return None;
            }
            let share = shares.get(has).copied().unwrap_or(1.0);
            // An incident nobody joined for long is over, whether it was closed or not.
            let quiet = (self.now_s - open.last_at_s) as f64 * open.rate / FADES_AFTER;
            let fresh = open.rate * (-quiet).exp();
            strength(size, held, rate * share, &self.settings).map(|a| (fresh * a, open.id))
        };
        let (odds, id) = self.open.values().filter_map(odds).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?;
        if odds / (1.0 + odds) < self.settings.adopt_probability {
            return None;
        }
        let seen = newest.clone();
        self.join(id, vec![seen])
    }

    /// Joins reports to `id`, or, where staff told incidents apart, each to the one whose members it is most like.
    fn join_best(&mut self, id: IncidentId, rivals: &[IncidentId], free: Vec<Seen>) -> Vec<Outcome> {
        let mut by_incident: BTreeMap<IncidentId, Vec<Seen>> = BTreeMap::new();
        for seen in free {
            let fit = |id: &IncidentId| self.open.get(id).map_or(0.0, |open| open.fit(&seen));
            let better = rivals.iter().copied().max_by(|a, b| fit(a).total_cmp(&fit(b)).then(b.cmp(a)));
            let best = better.filter(|better| fit(better) > fit(&id)).unwrap_or(id);
            by_incident.entry(best).or_default().push(seen);
        }
        by_incident.into_iter().filter_map(|(id, seen)| self.join(id, seen)).collect()
    }

    fn join(&mut self, id: IncidentId, reports: Vec<Seen>) -> Option<Outcome> {
        let open = self.open.get_mut(&id)?;
        let room = self.settings.max_members.saturating_sub(open.members.len());
        let mut members: Vec<u64> = Vec::new();
        for seen in reports.into_iter().take(room) {
            self.member_of.insert(seen.id, id);
            members.push(seen.id);
            open.members.insert(seen.id, seen);
        }
        open.last_at_s = self.now_s;
        members.sort_unstable();
        (!members.is_empty()).then_some(Outcome::Grew { incident: id, members })
    }

    fn tell(&self, open: &Open) -> Incident {
        let people = open.people().len();
        Incident {
            id: open.id,
            key: open.key.clone(),
            shared: shared_factor::of(open, &self.recent, &self.member_of),
            members: open.members.keys().copied().collect(),
            people,
            since_s: open.members.values().map(|m| m.at_s).min().unwrap_or(open.raised_at_s),
            raised_at_s: open.raised_at_s,
            last_at_s: open.last_at_s,
            score: open.score,
            p_value: (-open.score).exp(),
            is_certain: open.score >= self.settings.certain_score && people >= self.settings.certain_people,
        }
    }
}
