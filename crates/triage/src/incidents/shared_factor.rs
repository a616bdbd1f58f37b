use std::collections::{HashMap, HashSet, VecDeque};

use report::{Dimension, Factor, LocalText};
use serde::{Deserialize, Serialize};

use super::IncidentId;
use super::arrival::Seen;
use super::key::hash;
use super::open::Open;
use crate::Classifier;

/// Share of the members from which a factor is theirs.
const MOST: f64 = 0.6;
/// How many times more frequent than among others it must be.
const TELLING: f64 = 2.0;

/// Something members of an incident have in common, beside how many others have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedFactor {
    /// What it is.
    pub factor: Factor,
    /// People among the members whose reports have it.
    pub members_with: usize,
    /// People among the members.
    pub members: usize,
    /// People outside, lately, whose reports have it.
    pub others_with: usize,
    /// People outside, lately.
    pub others: usize,
}

impl SharedFactor {
    /// In words: "12 of 13 share gateway 10.2.0.1; 3 of 400 others do".
    pub fn says(&self, classifier: &Classifier) -> LocalText {
        let Self { factor, members_with, members, others_with, others } = self;
        let name = classifier.factor_words(factor);
        let mut says = LocalText::new(
            format!("{members_with} of {members} share {}", name.en),
            format!("У {members_with} из {members} общее: {}", name.ru),
        );
        if *others > 0 {
            says.en.push_str(&format!("; {others_with} of {others} others do"));
            says.ru.push_str(&format!("; у остальных — {others_with} из {others}"));
        }
        says
    }

    fn telling(&self) -> f64 {
        let inside = self.members_with as f64 / self.members.max(1) as f64;
        let outside = (self.others_with as f64 + 0.5) / (self.others as f64 + 1.0);
        inside / outside
    }
}

/// What the members of an incident share, against the other reports of the longest window.
pub(super) fn of(open: &Open, recent: &VecDeque<Seen>, member_of: &HashMap<u64, IncidentId>) -> Vec<SharedFactor> {
    let members = open.people().len();
    let outside: Vec<&Seen> = recent.iter().filter(|seen| member_of.get(&seen.id) != Some(&open.id)).collect();
    let people = |seen: &mut dyn Iterator<Item = &Seen>| seen.map(|s| s.person).collect::<HashSet<_>>().len();
    let others = people(&mut outside.iter().copied());
    let most = MOST * members as f64;
    let mut shared: Vec<SharedFactor> = open
        .factors()
        .into_iter()
        // Fewer reports have it than people would have to: of what only one report has there is as much as there are reports.
        .filter(|(_, reports)| *reports > 1 && *reports as f64 >= most)
        .map(|(factor, _)| {
            let key = hash(&factor);
            let members_with = people(&mut open.members.values().filter(|m| m.hashes.contains(&key)));
            let others_with = people(&mut outside.iter().copied().filter(|s| s.hashes.contains(&key)));
            SharedFactor { factor, members_with, members, others_with, others }
        })
        .filter(|s| s.members_with as f64 >= most && s.members_with > 1)
        .filter(|s| s.others == 0 || s.telling() >= TELLING)
        .collect();
    shared.sort_by(|a, b| {
        (b.telling().total_cmp(&a.telling()))
            .then_with(|| rank(a.factor.dimension).cmp(&rank(b.factor.dimension)))
            .then_with(|| a.factor.cmp(&b.factor))
    });
    shared
}

/// Of factors that tell as much, which is named first: what somebody can go and look at.
fn rank(dimension: Dimension) -> u8 {
    match dimension {
        Dimension::Gateway => 0,
        Dimension::Code => 1,
        Dimension::Service => 2,
        Dimension::Rung => 3,
        Dimension::Version => 4,
        Dimension::Application => 5,
        Dimension::Subnet => 6,
        Dimension::Site => 7,
        Dimension::Finding => 8,
        Dimension::Category => 9,
    }
}
