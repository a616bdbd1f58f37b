use report::{Category, Dimension, Factor, LocalText};
use serde::{Deserialize, Serialize};

use super::key::is_same_thing;
use super::{SharedFactor, title};
use crate::Classifier;

/// How many shared factors the reason names.
const TOLD: usize = 3;

/// Number of an incident, never used again by the same detector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub u64);

/// A mass incident, as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incident {
    /// Its number.
    pub id: IncidentId,
    /// The factors it was found by.
    pub key: Vec<Factor>,
    /// What its members share and others do not, the most telling first.
    pub shared: Vec<SharedFactor>,
    /// Ids of its reports, ascending.
    pub members: Vec<u64>,
    /// Distinct people among them.
    pub people: usize,
    /// When its first report came.
    pub since_s: i64,
    /// When it was found.
    pub raised_at_s: i64,
    /// When its latest report came.
    pub last_at_s: i64,
    /// How unlikely it is to be chance, as a natural logarithm; the highest it had.
    pub score: f64,
    /// `exp(-score)`: a bound on the chance that the background alone does this, at one look at one key.
    pub p_value: f64,
    /// Whether it is sure enough to be declared without asking ([`crate::Settings::certain_score`]).
    pub is_certain: bool,
}

impl Incident {
    /// What its members share, in words: "12 of 13 share gateway 10.2.0.1; 3 of 400 others do". Without a telling
    /// factor, how many people report it.
    pub fn says(&self, classifier: &Classifier) -> LocalText {
        // What tells one thing twice (a site and its gateway) is told once.
        let mut told: Vec<&SharedFactor> = Vec::new();
        for shared in &self.shared {
            if told.len() < TOLD && told.iter().all(|one| !is_same_thing(one.factor.dimension, shared.factor.dimension))
            {
                told.push(shared);
            }
        }
        let told: Vec<LocalText> = told.into_iter().map(|shared| shared.says(classifier)).collect();
        if told.is_empty() {
            let people = self.people;
            return LocalText::new(format!("People who report it: {people}"), format!("Сообщили: {people} чел."));
        }
        let join = |text: fn(&LocalText) -> &str| told.iter().map(text).collect::<Vec<_>>().join(". ");
        LocalText::new(join(|t| &t.en), join(|t| &t.ru))
    }

    /// A title for users, to be edited by staff: what does not work, and where.
    pub fn title(&self, classifier: &Classifier) -> LocalText {
        title::title(|dimension| self.value(dimension), |factor| classifier.value_words(factor))
    }

    /// The category most of its members have.
    pub fn category(&self) -> Option<Category> {
        let name = self.value(Dimension::Category)?.value.as_str();
        Category::KNOWN.iter().copied().find(|category| category.as_str() == name)
    }

    fn value(&self, dimension: Dimension) -> Option<&Factor> {
        let shared = self.shared.iter().map(|s| &s.factor);
        self.key.iter().chain(shared).find(|f| f.dimension == dimension)
    }
}
