//! Whether the words around a short number make it a code: "error 5" is one, "room 502" and "5 times" are not.

use crate::text::{Tokens, normalise};

/// Words that say the number after them is an error's.
const ERROR: &[&str] = &["ошибк", "ошибоч", "error", "err", "winerror", "oserror", "errno", "exception", "errorcode"];
/// The same after the number, where plurals count things instead ("5 ошибок").
const ERROR_AFTER: &[&str] = &["ошибка", "ошибку", "ошибкой", "error"];
/// What may stand between such a word and its number.
const FILLERS: &[&str] = &[
    "код",
    "кода",
    "кодом",
    "code",
    "номер",
    "номером",
    "number",
    "no",
    "num",
    "n",
    "с",
    "with",
    "is",
    "status",
    "под",
    "id",
    "was",
    "системы",
    "windows",
    "win32",
    "http",
    "https",
    "server",
    "сервера",
    "ras",
    "system",
    "системная",
];
/// Most words between.
const MAX_FILLERS: usize = 3;
/// A number after one of these is theirs.
const OWNERS: &[&str] = &[
    "кабинет",
    "каб",
    "комнат",
    "ком",
    "офис",
    "этаж",
    "телефон",
    "тел",
    "доб",
    "доп",
    "кв",
    "дом",
    "корп",
    "стр",
    "строк",
    "инв",
    "инвентарн",
    "инн",
    "кпп",
    "огрн",
    "снилс",
    "договор",
    "счет",
    "заявк",
    "тикет",
    "обращени",
    "заказ",
    "накладн",
    "акт",
    "порт",
    "версия",
    "версии",
    "сборк",
    "модель",
    "модел",
    "серийн",
    "пин",
    "смс",
    "аудитор",
    "склад",
    "магазин",
    "филиал",
    "касс",
    "участ",
    "школ",
    "размер",
    "сумм",
    "room",
    "ext",
    "extension",
    "phone",
    "floor",
    "desk",
    "ticket",
    "incident",
    "case",
    "order",
    "invoice",
    "port",
    "ip",
    "vlan",
    "version",
    "build",
    "kb",
    "model",
    "serial",
    "sn",
    "pin",
    "sms",
    "office",
    "page",
    "line",
    "cubicle",
    "store",
    "unit",
    "asset",
    "inc",
    "req",
    "ritm",
    "chg",
];
/// What is counted, not numbered, stands after its number.
const UNITS: &[&str] = &[
    "раз",
    "мин",
    "час",
    "сек",
    "дн",
    "день",
    "руб",
    "тыс",
    "млн",
    "шт",
    "чел",
    "проц",
    "гб",
    "мб",
    "кб",
    "gb",
    "mb",
    "kb",
    "mbps",
    "мбит",
    "ms",
    "мс",
    "people",
    "user",
    "times",
    "min",
    "hour",
    "sec",
    "day",
    "week",
    "нед",
    "month",
    "месяц",
    "pcs",
    "usd",
    "eur",
    "кабинет",
    "каб",
    "этаж",
    "офис",
    "комп",
    "машин",
    "пользов",
    "сотруд",
    "докум",
    "строк",
    "файл",
    "позиц",
    "январ",
    "феврал",
    "март",
    "апрел",
    "мая",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
    "год",
    "года",
    "году",
    "лет",
    "письм",
    "писем",
    "страниц",
    "computer",
    "pc",
    "page",
    "file",
    "email",
    "letter",
    "dpi",
    "px",
    "комнат",
    "год",
];
/// Words that tie a number to a place or an amount ("ошибка в 502").
const TIES: &[&str] = &[
    "в",
    "на",
    "из",
    "у",
    "до",
    "от",
    "через",
    "около",
    "in",
    "at",
    "on",
    "of",
    "from",
    "for",
    "to",
    "after",
    "about",
    "и",
    "and",
    "или",
    "or",
];
/// How far a topic may stand from the number.
const TOPIC_WORDS: usize = 15;

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

    fn has(&self, word: &str) -> bool {
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
}

impl<'t> Around<'t> {
    /// Around what stands in bytes `start..end`.
    pub(super) fn of(tokens: &'t Tokens, start: usize, end: usize) -> Self {
        let first = tokens.words.partition_point(|token| token.end <= start);
        let last = tokens.words.partition_point(|token| token.start < end).max(first + 1) - 1;
        Self { tokens, first, last }
    }

    /// The word `distance` places before the number, 1 the nearest.
    fn before(&self, distance: usize) -> Option<&'t str> {
        self.first.checked_sub(distance).and_then(|at| self.tokens.words.get(at)).map(|token| token.word.as_str())
    }

    fn after(&self) -> Option<&'t str> {
        self.tokens.words.get(self.last + 1).map(|token| token.word.as_str())
    }

    /// Whether the number counts, measures or names something else.
    pub(super) fn is_taken(&self) -> bool {
        let owned = self.before(1).is_some_and(|word| OWNERS.iter().any(|owner| is_form(word, owner)));
        owned || self.after().is_some_and(|word| UNITS.iter().any(|unit| is_form(word, unit)))
    }

    /// Whether "error" stands beside it: right before, with fillers or one more word between, or right after.
    pub(super) fn has_error_word(&self) -> bool {
        if self.after().is_some_and(|word| ERROR_AFTER.contains(&word)) {
            return true;
        }
        let is_error = |word: &str| ERROR.iter().any(|error| word.starts_with(error));
        let mut spent = false;
        for distance in 1..=MAX_FILLERS + 1 {
            let Some(word) = self.before(distance) else { return false };
            if is_error(word) {
                return true;
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

    /// Whether one of the words stands beside it, with fillers between.
    pub(super) fn is_beside(&self, words: &NearWords) -> bool {
        if self.after().is_some_and(|word| words.has(word)) {
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
