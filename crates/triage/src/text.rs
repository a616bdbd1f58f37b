use unicode_normalization::UnicodeNormalization;

/// Most characters read of all sentences together; the rest is not looked at, so that time stays bounded.
pub const MAX_READ_CHARS: usize = report::MAX_TEXT_CHARS;
/// Most characters read of one screenshot's text.
pub const MAX_SCREEN_CHARS: usize = 8_000;
/// Longest token kept; what is longer is no word.
const MAX_TOKEN_CHARS: usize = 40;

/// A text as words: NFKC, lower case, ё→е, look-alike letters of the other alphabet folded inside a word.
///
/// A word is a run of letters, digits and `_`; everything else separates. Each keeps its place in the text it came
/// from, so that evidence quotes the user's own spelling.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens {
    /// The words, in order.
    pub words: Vec<Token>,
    /// The text they were read from, cut at its limit.
    original: String,
}

/// One word of a text.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// Normalised.
    pub word: String,
    /// First byte in the text, and one past the last.
    pub start: usize,
    pub end: usize,
}

impl Tokens {
    /// Reads a text of any length.
    pub(crate) fn of(text: &str) -> Self {
        let mut words = Vec::new();
        let mut start = None;
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            let inside = c.is_alphanumeric() || c == '_' || is_combining(c);
            match (inside, start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    start = None;
                    let word = normalise(&text[from..at]);
                    if !word.is_empty() && word.chars().count() <= MAX_TOKEN_CHARS {
                        words.push(Token { word, start: from, end: at });
                    }
                }
                _ => {}
            }
        }
        Self { words, original: text.to_owned() }
    }

    /// Reads at most `max_chars` characters.
    pub(crate) fn of_limited(text: &str, max_chars: usize) -> Self {
        let end = text.char_indices().nth(max_chars).map_or(text.len(), |(at, _)| at);
        Self::of(&text[..end])
    }

    /// The text they were read from, cut at its limit.
    pub(crate) fn original(&self) -> &str {
        &self.original
    }

    /// Bytes `start..end` of it.
    pub(crate) fn between(&self, start: usize, end: usize) -> &str {
        self.original.get(start..end).unwrap_or_default()
    }

    /// The text behind `count` words from `first`, as it was written.
    pub(crate) fn quote(&self, first: usize, count: usize) -> &str {
        match (self.words.get(first), self.words.get(first + count.saturating_sub(1))) {
            (Some(from), Some(to)) => &self.original[from.start..to.end],
            _ => "",
        }
    }

    /// Whether `phrase` stands here; its last word may go on (Russian endings), from four letters.
    pub(crate) fn mention(&self, phrase: &str) -> bool {
        let phrase = Self::of(phrase);
        let Some((last, before)) = phrase.words.split_last() else { return false };
        self.words.windows(phrase.words.len()).any(|here| {
            let Some((here_last, here_before)) = here.split_last() else { return false };
            here_before.iter().zip(before).all(|(a, b)| a.word == b.word)
                && (here_last.word == last.word || mention_goes_on(&here_last.word, &last.word))
        })
    }
}

/// "почту", "почтой" and "почта" are one keyword, "servers" and "server" too: all but the ending must agree.
fn mention_goes_on(here: &str, keyword: &str) -> bool {
    let stem = keyword.trim_end_matches(['а', 'я', 'ы', 'и', 'о', 'е', 'у', 'ю', 'ь', 'й']);
    let is_ending = |ending: &str| {
        matches!(ending, "s" | "es")
            || (ending.chars().count() <= 3 && ending.chars().all(|c| "аяыиоеуюьймхв".contains(c)))
    };
    stem.chars().count() >= 3 && here.strip_prefix(stem).is_some_and(is_ending)
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// One word in the form lists are compared in.
pub(crate) fn normalise(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let folded: String = word.nfkc().flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }).collect();
    fold_look_alikes(folded)
}

/// Latin letters that look like Cyrillic ones, and the Cyrillic ones, lower case.
const LOOK_ALIKES: &[(char, char)] = &[
    ('a', 'а'),
    ('b', 'в'),
    ('c', 'с'),
    ('e', 'е'),
    ('h', 'н'),
    ('k', 'к'),
    ('m', 'м'),
    ('o', 'о'),
    ('p', 'р'),
    ('t', 'т'),
    ('x', 'х'),
    ('y', 'у'),
];

/// A word in two alphabets is written in the one most of its letters belong to; a code (`0x8007…`) in Latin.
fn fold_look_alikes(word: String) -> String {
    let latin = word.chars().filter(char::is_ascii_alphabetic).count();
    let cyrillic = word.chars().filter(|c| matches!(c, 'а'..='я')).count();
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let is_code = digits > 0 && (word.starts_with("0х") || word.starts_with("0x") || digits > latin + cyrillic);
    let to_latin = is_code || latin > cyrillic;
    if cyrillic == 0 || (latin == 0 && !is_code) {
        return word;
    }
    word.chars()
        .map(|c| {
            let pair = LOOK_ALIKES.iter().find(|(l, r)| if to_latin { *r == c } else { *l == c });
            pair.map_or(c, |(l, r)| if to_latin { *l } else { *r })
        })
        .collect()
}

/// What was meant by a word typed with the English layout on ("ghbynth" is "принтер"); `None` if it cannot be one.
pub(crate) fn from_english_layout(word: &str) -> Option<String> {
    const LATIN: &str = "qwertyuiopasdfghjklzxcvbnm";
    const CYRILLIC: &str = "йцукенгшщзфывапролдячсмить";
    if word.len() < 2 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    word.chars().map(|c| LATIN.find(c).and_then(|at| CYRILLIC.chars().nth(at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Tokens::of(text).words.into_iter().map(|t| t.word).collect()
    }

    #[test]
    fn folds_case_yo_and_width() {
        assert_eq!(words("ЁЛКА, Ｗｉ－Ｆｉ!"), ["елка", "wi", "fi"]);
    }

    #[test]
    fn folds_look_alikes_to_the_alphabet_of_the_word() {
        assert_eq!(words("пpинтеp outlооk"), ["принтер", "outlook"]);
        assert_eq!(words("0х80070005"), ["0x80070005"]);
    }

    #[test]
    fn quotes_what_was_written() {
        let tokens = Tokens::of("Мой ПРИНТЕР не печатает!");
        assert_eq!(tokens.quote(1, 3), "ПРИНТЕР не печатает");
    }

    #[test]
    fn a_keyword_is_found_in_any_case_of_the_noun() {
        let tokens = Tokens::of("не могу открыть почту на портале");
        assert!(tokens.mention("почта") && tokens.mention("портал"));
        assert!(!tokens.mention("почтамт") && !tokens.mention("порт"));
    }

    #[test]
    fn reads_the_wrong_layout() {
        assert_eq!(from_english_layout("ghbynth").as_deref(), Some("принтер"));
    }
}
