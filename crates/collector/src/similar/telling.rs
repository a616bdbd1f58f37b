//! What a factor tells of the cause of a ticket, where another ticket has it too.

use report::{Category, Dimension, Factor, Severity};
use triage::{Classifier, Rule};

/// What factors tell of. Factors of one aspect say the same thing in other words and count once, by the strongest. From
/// [`Aspect::Category`] on they tell of the trouble itself, before it of where somebody sits and works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aspect {
    Place,
    Program,
    Category,
    Code,
    Network,
    Finding,
}

/// A factor with what it tells.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Telling {
    pub(super) factor: Factor,
    pub(super) aspect: Aspect,
    /// How much it speaks for one cause when nobody else has it.
    pub(super) weight: f64,
}

impl Telling {
    /// `None` where it tells nothing: that two people wish for something has no cause in common.
    pub(super) fn of(classifier: &Classifier, factor: Factor) -> Option<Self> {
        let (aspect, weight) = match factor.dimension {
            Dimension::Category if factor.value == Category::Request.as_str() => return None,
            Dimension::Finding => finding(classifier.rules().iter().find(|rule| rule.id == factor.value))?,
            Dimension::Code => (Aspect::Code, 3.0),
            Dimension::Service => (Aspect::Network, 2.5),
            Dimension::Version => (Aspect::Program, 2.0),
            Dimension::Rung => (Aspect::Network, 1.5),
            Dimension::Application => (Aspect::Program, 1.5),
            Dimension::Gateway | Dimension::Subnet => (Aspect::Place, 1.5),
            Dimension::Category => (Aspect::Category, 1.0),
            Dimension::Site => (Aspect::Place, 0.5),
        };
        Some(Self { factor, aspect, weight })
    }
}

/// A finding that the machine made, or that is grave, tells of a cause beside the category. One that only repeats what the
/// user said ("cannot print", "it is about a password") is the category in other words, which thousands have.
fn finding(rule: Option<&Rule>) -> Option<(Aspect, f64)> {
    // What the rule said is not known any more.
    let Some(rule) = rule else { return Some((Aspect::Category, 1.5)) };
    match rule.severity {
        _ if rule.category == Some(Category::Request) => None,
        Severity::Critical => Some((Aspect::Finding, 2.5)),
        Severity::Warning if rule.reads_facts => Some((Aspect::Finding, 2.5)),
        Severity::Warning => Some((Aspect::Category, 1.5)),
        Severity::Info => Some((Aspect::Category, 1.0)),
    }
}
