//! Open tickets of others that may have the same cause as one ticket, with the reason in words.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use report::{Dimension, ErrorCode, Factor, LocalText};
use store::Scope;

use crate::{error::ApiError, limits, wire};

/// From this sum on a ticket is suggested. One code alone reaches it; a category with a gateway does, a gateway or a
/// category alone does not.
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
        Dimension::Version | Dimension::Service | Dimension::Finding => 2.5,
        Dimension::Rung | Dimension::Gateway | Dimension::Subnet | Dimension::Application => 1.5,
        Dimension::Category => 1.0,
        Dimension::Site => 0.5,
    }
}

/// At most [`limits::SIMILAR_TICKETS`], most alike first.
pub async fn to(scope: &Scope, number: i64, now: DateTime<Utc>) -> Result<Vec<wire::Similar>, ApiError> {
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
            found.score += weight(one.factor.dimension) * rarity;
            found.shared.push(one.factor.clone());
        }
    }
    if let Some(text) = own.text.as_deref() {
        let pieces = pieces(text);
        for (ticket, _, theirs) in scope.newest_open_tickets(since, limits::SIMILAR_TEXTS).await? {
            let alike = theirs.as_deref().map_or(0.0, |theirs| alike(&pieces, &self::pieces(theirs)));
            if alike >= ALIKE_FROM {
                let found = found.entry(ticket).or_default();
                found.score += WORDS_WEIGHT * alike;
                found.same_words = true;
            }
        }
    }
    let mut found: Vec<(i64, Found)> =
        found.into_iter().filter(|(ticket, found)| *ticket != number && found.score >= SUGGESTED_FROM).collect();
    found.sort_by(|(a, x), (b, y)| y.score.total_cmp(&x.score).then(b.cmp(a)));
    // Some are the same device's, or members of this one, and fall out below.
    found.truncate(limits::SIMILAR_TICKETS * 4);
    let numbers: Vec<i64> = found.iter().map(|(ticket, _)| *ticket).collect();
    let mut summaries: BTreeMap<i64, store::TicketSummary> =
        scope.find_ticket_summaries(&numbers).await?.into_iter().map(|one| (one.number, one)).collect();
    let of_others = |one: &store::TicketSummary| one.device_id != own.device_id && own.merged_into != Some(one.number);
    let similar = found.into_iter().filter_map(|(ticket, found)| {
        let ticket = summaries.remove(&ticket).filter(of_others)?;
        Some(wire::Similar { ticket: ticket.into(), says: says(&found), shared: found.shared })
    });
    Ok(similar.take(limits::SIMILAR_TICKETS).collect())
}

#[derive(Default)]
struct Found {
    score: f64,
    shared: Vec<Factor>,
    same_words: bool,
}

/// The reason, strongest first: "Same error code 0x80070005, gateway 10.2.0.1; nearly the same words".
fn says(found: &Found) -> LocalText {
    let mut shared: Vec<&Factor> = found.shared.iter().collect();
    shared.sort_by(|a, b| weight(b.dimension).total_cmp(&weight(a.dimension)).then_with(|| a.cmp(b)));
    let list = |name: fn(Dimension) -> &'static str| {
        let named: Vec<String> = shared.iter().map(|one| format!("{} {}", name(one.dimension), one.value)).collect();
        named.join(", ")
    };
    let text = |same: &str, words: &str, list: String| match (list.is_empty(), found.same_words) {
        (false, true) => format!("{same}: {list}; {words}"),
        (false, false) => format!("{same}: {list}"),
        (true, _) => {
            let mut letters = words.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
    };
    LocalText::new(
        text("The same", "nearly the same words", list(name_en)),
        text("Общее", "почти те же слова", list(name_ru)),
    )
}

fn name_en(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Site => "site",
        Dimension::Subnet => "subnet",
        Dimension::Gateway => "gateway",
        Dimension::Category => "category",
        Dimension::Application => "application",
        Dimension::Version => "version",
        Dimension::Code => "error code",
        Dimension::Rung => "broken rung",
        Dimension::Service => "service",
        Dimension::Finding => "finding",
    }
}

fn name_ru(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Site => "площадка",
        Dimension::Subnet => "подсеть",
        Dimension::Gateway => "шлюз",
        Dimension::Category => "категория",
        Dimension::Application => "программа",
        Dimension::Version => "версия",
        Dimension::Code => "код ошибки",
        Dimension::Rung => "обрыв на ступени",
        Dimension::Service => "служба",
        Dimension::Finding => "признак",
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

    #[test]
    fn the_reason_names_what_tells_most_first() {
        let factor = |dimension, value: &str| Factor { dimension, value: value.to_owned() };
        let found = Found {
            score: 9.0,
            shared: vec![factor(Dimension::Gateway, "10.2.0.1"), factor(Dimension::Code, "0x80070005")],
            same_words: true,
        };
        let reason = says(&found);
        assert_eq!(reason.en, "The same: error code 0x80070005, gateway 10.2.0.1; nearly the same words");
        assert_eq!(reason.ru, "Общее: код ошибки 0x80070005, шлюз 10.2.0.1; почти те же слова");
        let words = says(&Found { same_words: true, ..Found::default() });
        assert_eq!((words.en.as_str(), words.ru.as_str()), ("Nearly the same words", "Почти те же слова"));
    }
}
