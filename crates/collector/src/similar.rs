//! Open tickets of others that may have the same cause as one ticket, with the reason in words.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use report::{Dimension, ErrorCode, Factor, LocalText};
use store::Scope;
use triage::Classifier;

use crate::{error::ApiError, limits, wire};

/// From this sum on a ticket is suggested, if both have the same trouble. One code alone reaches it; a category with a
/// gateway may, a gateway or a category alone does not.
const SUGGESTED_FROM: f64 = 2.5;
/// From this share of common word pieces on two sentences are nearly the same.
const ALIKE_FROM: f64 = 0.6;
/// What nearly the same words count, at most.
const WORDS_WEIGHT: f64 = 3.0;
/// Fewer word pieces say nothing ("help").
const FEWEST_PIECES: usize = 8;

/// How much a shared factor speaks for one cause when nobody else has it.
fn weight(dimension: Dimension) -> f64 {
    match dimension {
        Dimension::Code => 3.0,
        Dimension::Service | Dimension::Finding => 2.5,
        Dimension::Version => 2.0,
        Dimension::Rung | Dimension::Gateway | Dimension::Subnet | Dimension::Application => 1.5,
        Dimension::Category => 1.0,
        Dimension::Site => 0.5,
    }
}

/// At most [`limits::SIMILAR_TICKETS`], most alike first.
pub async fn to(
    scope: &Scope,
    classifier: &Classifier,
    number: i64,
    now: DateTime<Utc>,
) -> Result<Vec<wire::Similar>, ApiError> {
    let own = scope.find_ticket_summary(number).await?.ok_or_else(|| ApiError::new(ErrorCode::NotFound))?;
    let since = now - limits::SIMILAR_WITHIN;
    let factors = scope.factors_of_ticket(number).await?;
    let mut found: BTreeMap<i64, Found> = BTreeMap::new();
    let all = scope.tickets_with(&factors, since).await?;
    let most = all.iter().map(|one| one.reports).max().unwrap_or(0);
    for one in all {
        // What nearly everybody has tells little.
        let rarity = 1.0 - 0.5 * f64::from(one.reports) / f64::from(most.max(limits::SIMILAR_USUAL_REPORTS));
        for ticket in one.tickets {
            let found = found.entry(ticket).or_default();
            found.shared.push((one.factor.clone(), weight(one.factor.dimension) * rarity));
        }
    }
    if let Some(text) = own.text.as_deref() {
        let pieces = pieces(text);
        for (ticket, _, theirs) in scope.newest_open_tickets(since, limits::SIMILAR_TEXTS).await? {
            let alike = theirs.as_deref().map_or(0.0, |theirs| alike(&pieces, &self::pieces(theirs)));
            if alike >= ALIKE_FROM {
                found.entry(ticket).or_default().words = WORDS_WEIGHT * alike;
            }
        }
    }
    let mut found: Vec<(i64, f64, Found)> = found
        .into_iter()
        .map(|(ticket, found)| (ticket, found.score(), found))
        .filter(|(ticket, score, found)| *ticket != number && *score >= SUGGESTED_FROM && found.is_one_trouble())
        .collect();
    found.sort_by(|(a, x, _), (b, y, _)| y.total_cmp(x).then(b.cmp(a)));
    // Some are the same device's, or members of this one, and fall out below.
    found.truncate(limits::SIMILAR_TICKETS * 4);
    let numbers: Vec<i64> = found.iter().map(|(ticket, ..)| *ticket).collect();
    let mut summaries: BTreeMap<i64, store::TicketSummary> =
        scope.find_ticket_summaries(&numbers).await?.into_iter().map(|one| (one.number, one)).collect();
    let of_others = |one: &store::TicketSummary| one.device_id != own.device_id && own.merged_into != Some(one.number);
    let similar = found.into_iter().filter_map(|(ticket, _, found)| {
        let ticket = summaries.remove(&ticket).filter(of_others)?;
        let says = found.says(classifier);
        Some(wire::Similar {
            ticket: ticket.into(),
            says,
            shared: found.shared.into_iter().map(|(one, _)| one).collect(),
        })
    });
    Ok(similar.take(limits::SIMILAR_TICKETS).collect())
}

/// What two tickets have in common.
#[derive(Default)]
struct Found {
    /// Each factor with what it speaks for one cause, rarity counted.
    shared: Vec<(Factor, f64)>,
    /// What nearly the same words speak; 0 where the words differ.
    words: f64,
}

/// What a factor tells of. Factors of one aspect say the same thing in other words and count once, by the strongest. From
/// [`Aspect::Category`] on they tell of the trouble itself, before it of where somebody sits and works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Aspect {
    Place,
    Program,
    Category,
    Code,
    Network,
    Finding,
}

impl Aspect {
    fn of(dimension: Dimension) -> Self {
        match dimension {
            Dimension::Site | Dimension::Gateway | Dimension::Subnet => Self::Place,
            Dimension::Application | Dimension::Version => Self::Program,
            Dimension::Category => Self::Category,
            Dimension::Code => Self::Code,
            Dimension::Rung | Dimension::Service => Self::Network,
            Dimension::Finding => Self::Finding,
        }
    }
}

impl Found {
    /// How much speaks for one cause. A place told three times, as site, gateway and subnet, is one place.
    fn score(&self) -> f64 {
        let mut best: BTreeMap<Aspect, f64> = BTreeMap::new();
        for (factor, weight) in &self.shared {
            let of_aspect = best.entry(Aspect::of(factor.dimension)).or_default();
            *of_aspect = of_aspect.max(*weight);
        }
        best.values().sum::<f64>() + self.words
    }

    /// Whether both have the same trouble. People with different troubles sit behind one gateway all the time, and in
    /// front of one program.
    fn is_one_trouble(&self) -> bool {
        self.words > 0.0 || self.shared.iter().any(|(factor, _)| Aspect::of(factor.dimension) >= Aspect::Category)
    }

    /// What is told: of each aspect the factor that weighs most, strongest first.
    fn told(&self) -> Vec<&Factor> {
        let mut sorted: Vec<&(Factor, f64)> = self.shared.iter().collect();
        sorted.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.cmp(b)));
        let mut told = BTreeSet::new();
        sorted.into_iter().map(|(factor, _)| factor).filter(|one| told.insert(Aspect::of(one.dimension))).collect()
    }

    /// The reason, strongest first: "The same: error code 0x80070005, gateway 10.2.0.1; nearly the same words".
    fn says(&self, classifier: &Classifier) -> LocalText {
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

/// Pieces of three letters of each word, its ends marked; ё is е.
fn pieces(text: &str) -> BTreeSet<[char; 3]> {
    let mut pieces = BTreeSet::new();
    let folded = text.to_lowercase().replace('ё', "е");
    for word in folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let letters: Vec<char> = [' '].into_iter().chain(word.chars()).chain([' ']).collect();
        pieces.extend(letters.windows(3).filter_map(|window| <[char; 3]>::try_from(window).ok()));
    }
    pieces
}

/// Share of pieces both have among those either has (Jaccard); 0 where one has too few to say anything.
fn alike(a: &BTreeSet<[char; 3]>, b: &BTreeSet<[char; 3]>) -> f64 {
    if a.len().min(b.len()) < FEWEST_PIECES {
        return 0.0;
    }
    let both = a.intersection(b).count();
    let either = a.len() + b.len() - both;
    both as f64 / either as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_or_another_ending_is_nearly_the_same_and_other_words_are_not() {
        let alike = |a, b| alike(&pieces(a), &pieces(b));
        assert!(
            alike("Не открывается общая папка Бухгалтерия", "не открываеться общая папка бухгалтерия!") >= ALIKE_FROM
        );
        assert!(alike("Нет сети на третьем этаже", "На третьем этаже нет сети") >= ALIKE_FROM);
        assert!(alike("Не открывается общая папка", "Не открывается почта outlook") < ALIKE_FROM);
        assert!(alike("help", "help").abs() < f64::EPSILON, "too short to tell anything");
    }

    fn found(shared: &[(Dimension, &str)]) -> Found {
        let factor = |(dimension, value): &(Dimension, &str)| {
            (Factor { dimension: *dimension, value: (*value).to_owned() }, weight(*dimension))
        };
        Found { shared: shared.iter().map(factor).collect(), words: 0.0 }
    }

    #[test]
    fn the_reason_names_what_tells_most_first_and_a_place_once() {
        let classifier = Classifier::shipped().unwrap();
        let place = [(Dimension::Site, "msk"), (Dimension::Subnet, "10.2.0.0/24"), (Dimension::Gateway, "10.2.0.1")];
        let code = [(Dimension::Code, "0x80070005")];
        let reason = Found { words: 3.0, ..found(&[&place[..], &code[..]].concat()) }.says(&classifier);
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
        assert!(!found(&around).is_one_trouble());
        let place = found(&around[..3]);
        assert!(place.score() < SUGGESTED_FROM, "one place, told three times: {}", place.score());
        let same = found(&[&around[..3], &[(Dimension::Category, "network")]].concat());
        assert!(same.is_one_trouble() && same.score() >= SUGGESTED_FROM);
    }
}
