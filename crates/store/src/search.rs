//! What the search box of the queue finds: tickets whose host name, user or text contain every word given, and the
//! ticket of a number (`42`, `INC-42`). A full-text index takes this file's place later.

use sea_orm::sea_query::LikeExpr;
use sea_orm::{ColumnTrait, Condition};

use crate::tables::ticket::Column;

const MAX_WORDS: usize = 8;
/// Longest text that is looked through for one ticket: five of the longest sentences.
const MAX_CHARS: usize = 5 * report::MAX_TEXT_CHARS;

/// What is looked through, in lower case: neither database folds the case of Cyrillic by itself in `LIKE`.
pub(crate) fn words(hostname: &str, user: Option<&str>, text: Option<&str>) -> String {
    let mut all = hostname.to_lowercase();
    for part in [user, text].into_iter().flatten() {
        all.push('\n');
        all.push_str(&part.to_lowercase());
    }
    all
}

/// What is looked through once the user wrote more; `None` where that stands there already, or nothing more fits.
pub(crate) fn more_words(words: &str, text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let left = MAX_CHARS.saturating_sub(words.chars().count() + 1);
    let is_new = !text.trim().is_empty() && !words.contains(text.as_str());
    (is_new && left > 0).then(|| words.chars().chain(['\n']).chain(text.chars().take(left)).collect())
}

/// The condition for what was typed.
pub(crate) fn condition(q: &str) -> Condition {
    let q = q.trim().to_lowercase();
    let mut every_word = Condition::all();
    for word in q.split_whitespace().take(MAX_WORDS) {
        every_word = every_word.add(Column::Words.like(LikeExpr::new(format!("%{}%", escaped(word))).escape('\\')));
    }
    match q.trim_start_matches("inc-").parse::<i64>() {
        Ok(number) => Condition::any().add(Column::Number.eq(number)).add(every_word),
        Err(_) => every_word,
    }
}

fn escaped(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_signs_of_a_pattern_literally() {
        assert_eq!(escaped(r"50%_\"), r"50\%\_\\");
    }

    #[test]
    fn what_is_written_later_is_added_once_and_not_without_end() {
        let words = more_words("pc-1\nнет сети", "И Почты").unwrap();
        assert_eq!(words, "pc-1\nнет сети\nи почты");
        assert_eq!(more_words(&words, "нет СЕТИ"), None);
        assert_eq!(more_words(&words, " "), None);
        let full =
            (0..100).fold(words, |words, n| more_words(&words, &format!("{n:04}").repeat(1_000)).unwrap_or(words));
        assert_eq!(full.chars().count(), MAX_CHARS);
    }

    #[test]
    fn folds_the_case_of_cyrillic() {
        assert_eq!(words("PC-1", Some("Иванов"), Some("Нет Сети")), "pc-1\nиванов\nнет сети");
    }
}
