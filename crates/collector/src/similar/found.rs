//! What two tickets have in common, and whether that is a reason to suggest one for the other.

use std::collections::{BTreeMap, BTreeSet};

use report::{Factor, LocalText};
use triage::Classifier;

use super::telling::{Aspect, Telling};

/// From this sum on a ticket is suggested, if both have the same trouble. One code alone reaches it; what the machine found with
/// its category does, and so may what the user said with a gateway; a gateway or a category alone does not.
pub(super) const SUGGESTED_FROM: f64 = 2.5;
/// What nearly the same words count, at most.
pub(super) const WORDS_WEIGHT: f64 = 3.0;

/// What two tickets have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Found<'a> {
    /// Each factor with what it speaks for one cause, rarity counted.
    pub(super) shared: Vec<&'a Telling>,
    /// What nearly the same words speak; 0 where the words differ.
    pub(super) words: f64,
}

impl Found<'_> {
    /// How much speaks for one cause. A place told three times, as site, gateway and subnet, is one place.
    pub(super) fn score(&self) -> f64 {
        let mut best: BTreeMap<Aspect, f64> = BTreeMap::new();
        for telling in &self.shared {
            let of_aspect = best.entry(telling.aspect).or_default();
            *of_aspect = of_aspect.max(telling.weight);
        }
        best.values().sum::<f64>() + self.words
    }

    /// Whether it is to be suggested: enough speaks for it, and of the trouble itself. People with different troubles sit behind
    /// one gateway all the time, and in front of one program.
    pub(super) fn is_reason(&self) -> bool {
        let is_one_trouble = self.words > 0.0 || self.shared.iter().any(|telling| telling.aspect >= Aspect::Category);
        is_one_trouble && self.score() >= SUGGESTED_FROM
    }

    /// What is told: of each aspect the factor that weighs most, strongest first.
    fn told(&self) -> Vec<&Factor> {
        let mut sorted = self.shared.clone();
        sorted.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.factor.cmp(&b.factor)));
        let mut told = BTreeSet::new();
        sorted.into_iter().filter(|one| told.insert(one.aspect)).map(|one| &one.factor).collect()
    }

    /// The reason, strongest first: "The same: error code 0x80070005, gateway 10.2.0.1; nearly the same words".
    pub(super) fn says(&self, classifier: &Classifier) -> LocalText {
        let names: Vec<LocalText> = self.told().into_iter().map(|factor| classifier.factor_words(factor)).collect();
        let list = |text: fn(&LocalText) -> &str| names.iter().map(text).collect::<Vec<_>>().join(", ");
        let text = |same: &str, words: &str, list: String| match (list.is_empty(), self.words > 0.0) {
            (false, true) => format!("{same}: {list}; {words}"),
            (false, false) => format!("{same}: {list}"),
            (true, _) => {
                let mut letters = words.chars();
                letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
            }
        };
        LocalText::new(
            text("The same", "nearly the same words", list(|name| &name.en)),
            text("Общее", "почти те же слова", list(|name| &name.ru)),
        )
    }
}

#[cfg(test)]
mod tests {
    use report::Dimension;

    use super::*;

    fn tellings(classifier: &Classifier, shared: &[(Dimension, &str)]) -> Vec<Telling> {
        let factor = |(dimension, value): &(Dimension, &str)| {
            Telling::of(classifier, Factor { dimension: *dimension, value: (*value).to_owned() })
        };
        shared.iter().filter_map(factor).collect()
    }

    fn is_reason(shared: &[(Dimension, &str)]) -> bool {
        let classifier = Classifier::shipped().unwrap();
        // Rare, though not so rare that nobody else has it.
        let mut tellings = tellings(&classifier, shared);
        tellings.iter_mut().for_each(|telling| telling.weight *= 0.95);
        Found { shared: tellings.iter().collect(), words: 0.0 }.is_reason()
    }

    #[test]
    fn the_reason_names_what_tells_most_first_and_a_place_once() {
        let classifier = Classifier::shipped().unwrap();
        let place = [(Dimension::Site, "msk"), (Dimension::Subnet, "10.2.0.0/24"), (Dimension::Gateway, "10.2.0.1")];
        let code = [(Dimension::Code, "0x80070005")];
        let shared = tellings(&classifier, &[&place[..], &code[..]].concat());
        let reason = Found { words: 3.0, shared: shared.iter().collect() }.says(&classifier);
        assert_eq!(reason.en, "The same: error code 0x80070005, subnet 10.2.0.0/24; nearly the same words");
        assert_eq!(reason.ru, "Общее: код ошибки 0x80070005, подсеть 10.2.0.0/24; почти те же слова");
        let words = Found { words: 3.0, ..Found::default() }.says(&classifier);
        assert_eq!((words.en.as_str(), words.ru.as_str()), ("Nearly the same words", "Почти те же слова"));
    }

    #[test]
    fn whoever_sits_behind_the_same_gateway_with_the_same_browser_is_not_alike() {
        let around = [
            (Dimension::Site, "msk"),
            (Dimension::Subnet, "10.2.0.0/24"),
            (Dimension::Gateway, "10.2.0.1"),
            (Dimension::Application, "chrome"),
            (Dimension::Version, "chrome@131.0"),
        ];
        assert!(!is_reason(&around));
        assert!(!is_reason(&around[..3]), "one place, told three times");
        let network = [(Dimension::Category, "network"), (Dimension::Rung, "dns")];
        assert!(is_reason(&[&around[..3], &network].concat()));
    }

    #[test]
    fn one_code_or_what_the_machine_found_is_a_reason() {
        assert!(is_reason(&[(Dimension::Code, "0x80070005")]));
        assert!(is_reason(&[(Dimension::Category, "network"), (Dimension::Finding, "network.dns_broken")]));
        let grave = [(Dimension::Category, "security"), (Dimension::Finding, "security.phishing")];
        assert!(is_reason(&grave), "said, and grave");
    }

    #[test]
    fn what_the_user_said_is_the_category_in_other_words() {
        let said = [(Dimension::Category, "printing"), (Dimension::Finding, "printing.said")];
        assert!(!is_reason(&said), "thousands cannot print");
        assert!(is_reason(&[&said[..], &[(Dimension::Gateway, "10.2.0.1")]].concat()), "two in one office cannot");
        let named = [(Dimension::Category, "printing"), (Dimension::Finding, "printing.mentioned")];
        assert!(!is_reason(&[&named[..], &[(Dimension::Gateway, "10.2.0.1")]].concat()));
        let gone = [(Dimension::Category, "printing"), (Dimension::Finding, "own.rule_that_is_gone")];
        assert!(!is_reason(&gone));
    }

    #[test]
    fn wishes_have_no_cause_in_common() {
        let around = [(Dimension::Gateway, "10.2.0.1"), (Dimension::Version, "chrome@131.0")];
        let classifier = Classifier::shipped().unwrap();
        let wishes = classifier.rules().iter().filter(|rule| rule.category == Some(report::Category::Request));
        let mut some = 0;
        for wish in wishes {
            let wish = [(Dimension::Category, "request"), (Dimension::Finding, wish.id.as_str())];
            assert!(!is_reason(&[&around[..], &wish].concat()), "{wish:?}");
            some += 1;
        }
        assert!(some > 2, "{some} rules tell of wishes");
    }
}
