//! Whether the words around a short number make it a code: "error 5" is one, "room 502" and "5 times" are not.

use super::wording::{ERROR, ERROR_AFTER, ERROR_ENDS, FILLERS, MAX_FILLERS, OWNERS, TIES, UNITS};
use crate::text::{Tokens, normalise};

/// How far a topic may stand from the number.
const TOPIC_WORDS: usize = 15;
/// How far around it an address is looked for, in characters.
const MAX_ADDRESS: usize = 120;
/// Fewest characters of a number that "error" may follow.
const MIN_BEFORE_ERROR: usize = 3;

/// Words of a file; a trailing `*` stands for any ending.
#[derive(Debug, Default)]
pub(super) struct NearWords(Vec<(String, bool)>);

impl NearWords {
    pub(super) fn of(words: &[String]) -> Self {
        Self(words.iter().map(|word| (normalise(word.trim_end_matches('*')), word.ends_with('*'))).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.0.iter().any(|(known, open)| if *open { word.starts_with(known.as_str()) } else { word == known })
    }
}

/// The words around a number.
#[derive(Debug)]
pub(super) struct Around<'t> {
    tokens: &'t Tokens,
    /// First and last word of the number itself.
    first: usize,
    last: usize,
    /// Bytes it takes.
    bytes: usize,
}

impl<'t> Around<'t> {
    /// Around what stands in bytes `start..end`.
    pub(super) fn of(tokens: &'t Tokens, start: usize, end: usize) -> Self {
        let first = tokens.words.partition_point(|token| token.end <= start);
        let last = tokens.words.partition_point(|token| token.start < end).max(first + 1) - 1;
        Self { tokens, first, last, bytes: end - start }
    }

    /// The word `distance` places before the number, 1 the nearest.
    fn before(&self, distance: usize) -> Option<&'t str> {
        self.first.checked_sub(distance).and_then(|at| self.tokens.words.get(at)).map(|token| token.word.as_str())
    }

    fn after(&self) -> Option<&'t str> {
        self.tokens.words.get(self.last + 1).map(|token| token.word.as_str())
    }

    /// What stands between the word `distance` places before the number and the next one.
    fn gap_before(&self, distance: usize) -> &'t str {
        let at = |distance: usize| self.first.checked_sub(distance).and_then(|at| self.tokens.words.get(at));
        match (at(distance), at(distance - 1)) {
            (Some(word), Some(next)) => self.tokens.between(word.end, next.start),
            _ => "",
        }
    }

    /// What stands between the number and the word after it.
    fn gap_after(&self) -> &'t str {
        match (self.tokens.words.get(self.last), self.tokens.words.get(self.last + 1)) {
            (Some(number), Some(next)) => self.tokens.between(number.end, next.start),
            _ => "",
        }
    }

    /// Whether the number names something else: a room, a ticket, one page of many, a part of an address or of the
    /// name of a file.
    pub(super) fn is_taken(&self) -> bool {
        let is_owned = self.before(1).is_some_and(|word| OWNERS.iter().any(|owner| is_form(word, owner)));
        is_owned || self.is_of_many() || self.is_in_address()
    }

    /// Whether what is counted or measured stands after the number, with nothing but space between: "5 раз", but not
    /// "32: файл занят".
    pub(super) fn is_counted(&self) -> bool {
        self.after().is_some_and(|word| UNITS.iter().any(|unit| is_form(word, unit)))
            && self.gap_after().chars().all(char::is_whitespace)
    }

    /// "404 из 500", "5 of 10".
    fn is_of_many(&self) -> bool {
        self.after().is_some_and(|word| matches!(word, "из" | "of"))
            && self
                .tokens
                .words
                .get(self.last + 2)
                .is_some_and(|token| token.word.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// Whether it stands inside `https://…`, an address of mail, or before the ending of a file's name.
    fn is_in_address(&self) -> bool {
        let (Some(first), Some(last)) = (self.tokens.words.get(self.first), self.tokens.words.get(self.last)) else {
            return false;
        };
        let text = self.tokens.original();
        let is_part = |c: &char| !c.is_whitespace();
        let before: String = text[..first.start].chars().rev().take(MAX_ADDRESS).take_while(is_part).collect();
        let after: String = text[last.end..].chars().take(MAX_ADDRESS).take_while(is_part).collect();
        before.contains("//:")
            || before.contains(".www")
            || before.contains('@')
            || after.contains('@')
            || is_file(&after)
    }

    /// `(Код 43)`, `(code 10)`: how Windows ends what it says of a device.
    fn is_bracketed_code(&self) -> bool {
        let words = &self.tokens.words;
        let (Some(code), Some(last)) = (self.first.checked_sub(1).and_then(|at| words.get(at)), words.get(self.last))
        else {
            return false;
        };
        let text = self.tokens.original();
        matches!(code.word.as_str(), "код" | "code")
            && text[..code.start].ends_with('(')
            && text[last.end..].starts_with(')')
    }

    /// Whether "error" stands beside it: right before, with fillers or one more word between, or right after.
    pub(super) fn has_error_word(&self) -> bool {
        // "502 ошибка" is a code, "2 ошибка" the second of them.
        if self.bytes >= MIN_BEFORE_ERROR && self.after().is_some_and(|word| ERROR_AFTER.contains(&word)) {
            return true;
        }
        if self.is_bracketed_code() {
            return true;
        }
        let is_error = |word: &str| {
            ERROR.iter().any(|error| word.starts_with(error)) || ERROR_ENDS.iter().any(|end| word.ends_with(end))
        };
        let (mut spent, mut is_broken) = (false, false);
        for distance in 1..=MAX_FILLERS + 1 {
            let Some(word) = self.before(distance) else { return false };
            // "ошибка, позвоните 1326": what stands behind the comma is another matter, unless fillers alone do.
            is_broken |= distance > 1 && self.gap_before(distance).contains([',', ';', '.', '!', '?']);
            if is_error(word) {
                return !(spent && is_broken);
            }
            if FILLERS.contains(&word) {
                continue;
            }
            // "ошибка подключения 809": one word of its own, but no "in", no "for".
            if spent || TIES.contains(&word) || word.chars().any(|c| c.is_ascii_digit()) {
                return false;
            }
            spent = true;
        }
        false
    }

    /// Whether one of the words stands right after it.
    pub(super) fn is_before(&self, words: &NearWords) -> bool {
        self.after().is_some_and(|word| words.has(word))
    }

    /// Whether it is written the way debuggers write a stop code: `BugCheck 139`, `bug check 7e`.
    pub(super) fn is_bugcheck(&self) -> bool {
        matches!((self.before(2), self.before(1)), (_, Some("bugcheck")) | (Some("bug"), Some("check")))
    }

    /// Whether one of the words stands beside it, with fillers between.
    pub(super) fn is_beside(&self, words: &NearWords) -> bool {
        if self.is_before(words) {
            return true;
        }
        for distance in 1..=MAX_FILLERS {
            match self.before(distance) {
                Some(word) if words.has(word) => return true,
                Some(word) if FILLERS.contains(&word) => {}
                _ => return false,
            }
        }
        false
    }

    /// Whether one of the words stands in its surroundings.
    pub(super) fn is_about(&self, words: &NearWords) -> bool {
        let from = self.first.saturating_sub(TOPIC_WORDS);
        let to = (self.last + 1 + TOPIC_WORDS).min(self.tokens.words.len());
        !words.is_empty() && self.tokens.words[from..to].iter().any(|token| words.has(&token.word))
    }
}

/// Whether a word is a short form (`каб`, `min`) or begins with a longer one (`кабинете`, `minutes`).
fn is_form(word: &str, known: &str) -> bool {
    word == known
        || (known.chars().count() >= 4 && word.starts_with(known))
        || (known.chars().count() == 3 && word.starts_with(known) && word.chars().count() <= 6)
}

/// Whether what follows a number makes it a file's name: `.pdf`, `.xlsx`.
fn is_file(after: &str) -> bool {
    after.strip_prefix('.').is_some_and(|ending| {
        let letters = ending.chars().take_while(char::is_ascii_lowercase).count();
        (2..=4).contains(&letters) && !ending.chars().nth(letters).is_some_and(char::is_alphanumeric)
    })
}
