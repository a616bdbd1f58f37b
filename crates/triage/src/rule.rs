use std::collections::BTreeMap;

use report::{Category, Level, LocalText, Owner, Severity};
use serde_json::Value;

use crate::condition::Condition;
use crate::template::{Pointer, Template};

/// A rule as it stands in its file, checked and compiled.
#[derive(Debug)]
pub struct Rule {
    /// `category.what`, or `text.what`, `fact.what` for a rule that decides no category; unique.
    pub id: String,
    /// The file it stands in, and its line.
    pub file: String,
    /// Line of its id, from 1.
    pub line: usize,
    /// The condition as written.
    pub when: String,
    /// What it speaks for; `None` for a finding that is worth knowing but decides nothing.
    pub category: Option<Category>,
    /// Support for `category`, in log-odds. About 1 is a hint, 2 a reason, 3 and more decide.
    pub weight: f32,
    /// Categories it speaks against, each by `against_weight`.
    pub against: Vec<Category>,
    /// How strongly, in log-odds.
    pub against_weight: f32,
    /// Other categories whose cause it may be.
    pub explains: Vec<Category>,
    /// How bad the finding is in itself.
    pub severity: Severity,
    /// What is concluded, as written; `{…}` are filled from the report.
    pub says: LocalText,
    /// How much is stopped, where the finding tells.
    pub impact: Option<Level>,
    /// How soon it must be fixed, where the finding tells.
    pub urgency: Option<Level>,
    /// Team, where it is not the category's.
    pub team: Option<String>,
    /// Whether it reads facts; else it rests on words alone.
    pub reads_facts: bool,
    /// Reports it must fire on.
    pub examples: Vec<Example>,
    pub(crate) compiled: Compiled,
}

impl Rule {
    /// Whether it names a probable cause with a first step for staff.
    pub fn has_cause(&self) -> bool {
        self.compiled.cause.is_some()
    }
}

/// A small report a rule must fire on.
#[derive(Debug, Clone, Default)]
pub struct Example {
    /// The user's sentence.
    pub text: Option<String>,
    /// Text on the screen.
    pub screen: Option<String>,
    /// Data of probes by their name.
    pub facts: BTreeMap<String, Value>,
    /// The category the verdict must have; `None` where it must only have the finding.
    pub expect: Option<Category>,
}

/// What evaluation needs.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub condition: Condition,
    pub each: Option<Each>,
    pub says: [Template; 2],
    pub evidence: Vec<Pointer>,
    pub cause: Option<CauseTemplates>,
    pub signature: Vec<Template>,
    pub owner: Option<OwnerClaim>,
}

/// Where a rule says the fault lies.
#[derive(Debug)]
pub(crate) enum OwnerClaim {
    Fixed(Owner),
    /// A service, its name from the report.
    Service(Template),
}

/// The list a rule goes over: it fires for the first item that passes `only` and the condition.
#[derive(Debug)]
pub(crate) struct Each {
    pub probe: String,
    pub path: String,
    /// Key of an item → values one of which it must have; strings in any case.
    pub only: Vec<(String, Vec<Value>)>,
}

impl Each {
    /// Whether an item is worth asking the condition about.
    pub(crate) fn admits(&self, item: &Value) -> bool {
        self.only.iter().all(|(key, allowed)| {
            let Some(value) = item.get(key) else { return false };
            allowed.iter().any(|wanted| match (wanted.as_str(), value.as_str()) {
                (Some(wanted), Some(value)) => wanted.eq_ignore_ascii_case(value),
                _ => wanted == value || (wanted.is_number() && value.as_str() == Some(wanted.to_string().as_str())),
            })
        })
    }
}

/// Texts of a cause, English and Russian.
#[derive(Debug)]
pub(crate) struct CauseTemplates {
    pub says: [Template; 2],
    pub staff_step: [Template; 2],
    pub user_step: Option<[Template; 2]>,
}
