use crate::text::normalise;

/// A text as the model reads it: words in the form of the word lists ([`normalise`]), with what differs every time
/// (addresses, paths, identifiers, numbers) replaced by what kind of thing it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cleaned {
    /// In the order of the text.
    pub words: Vec<Word>,
}

/// One word, or one masked thing.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// Normalised; a mask begins with [`MASK`].
    pub text: String,
    /// Byte range in the text it was read from.
    pub start: usize,
    /// End of the range.
    pub end: usize,
}

/// Begins the text of a mask; never part of a word, which holds letters, digits and `_` only.
const MASK: char = '<';
/// Longest word kept; what is longer is no word.
const MAX_WORD_CHARS: usize = 40;

impl Word {
    /// Whether it stands for an address, a path, a number and the like.
    pub(crate) fn is_mask(&self) -> bool {
        self.text.starts_with(MASK)
    }
}

impl Cleaned {
    /// Reads at most `max_chars` characters.
    pub(crate) fn of(text: &str, max_chars: usize) -> Self {
        let end = text.char_indices().nth(max_chars).map_or(text.len(), |(at, _)| at);
        let text = &text[..end];
        let mut cleaned = Self::default();
        let mut start = None;
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            match (c.is_whitespace(), start) {
                (false, None) => start = Some(at),
                (true, Some(from)) => {
                    start = None;
                    cleaned.read_chunk(&text[from..at], from);
                }
                _ => {}
            }
        }
        cleaned
    }

    /// A run of characters without a space: one mask, or words.
    fn read_chunk(&mut self, chunk: &str, offset: usize) {
        if let Some(mask) = mask_of_chunk(chunk) {
            self.words.push(Word { text: format!("{MASK}{mask}"), start: offset, end: offset + chunk.len() });
            return;
        }
        let mut start = None;
        for (at, c) in chunk.char_indices().chain([(chunk.len(), ' ')]) {
            let inside = c.is_alphanumeric() || c == '_' || matches!(c, '\u{300}'..='\u{36f}');
            match (inside, start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    start = None;
                    let mut text = normalise(&chunk[from..at]);
                    if text.is_empty() || text.chars().count() > MAX_WORD_CHARS {
                        continue;
                    }
                    if text.chars().all(|c| c.is_ascii_digit()) {
                        text = format!("{MASK}number");
                    } else if is_hexadecimal(&text) {
                        text = format!("{MASK}code");
                    }
                    self.words.push(Word { text, start: offset + from, end: offset + at });
                }
                _ => {}
            }
        }
    }
}

/// What kind of thing a whole run of characters is, if it is one of those that differ every time.
fn mask_of_chunk(chunk: &str) -> Option<&'static str> {
    let bare = chunk.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '\\' | '/')));
    let lower = bare.to_ascii_lowercase();
    if lower.contains("://") || lower.starts_with("www.") {
        return Some("url");
    }
    if let Some((name, host)) = bare.split_once('@')
        && !name.is_empty()
        && host.contains('.')
    {
        return Some("mail");
    }
    if bare.starts_with("\\\\") || is_drive_path(bare) || (bare.starts_with('/') && bare.matches('/').count() >= 2) {
        return Some("path");
    }
    if is_guid(bare) {
        return Some("id");
    }
    if bare.parse::<std::net::IpAddr>().is_ok() {
        return Some("address");
    }
    None
}

fn is_drive_path(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next() == Some(':')
        && matches!(chars.next(), Some('\\' | '/'))
}

fn is_guid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// `0x80070005`, or a long run of hexadecimal digits with both letters and digits in it.
fn is_hexadecimal(word: &str) -> bool {
    let digits = word.strip_prefix("0x").unwrap_or(word);
    let long = word.len() > digits.len() || digits.len() >= 8;
    long && digits.bytes().all(|b| b.is_ascii_hexdigit()) && digits.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Cleaned::of(text, 1_000).words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn folds_what_is_written_in_many_ways() {
        assert_eq!(words("ЁЛКА, Ｗｉ－Ｆｉ пpинтеp"), ["елка", "wi", "fi", "принтер"]);
    }

    #[test]
    fn masks_what_differs_every_time() {
        assert_eq!(words("https://a.b/c?d=1, www.x.ru"), ["<url", "<url"]);
        assert_eq!(words("ivan@example.org: 10.2.0.1 (fe80::1)"), ["<mail", "<address", "<address"]);
        assert_eq!(words(r"\\srv\share C:\Users\a /var/log/x"), ["<path", "<path", "<path"]);
        assert_eq!(words("{0f8fad5b-d9cb-469f-a165-70867728950e} 0х80070005 12345"), ["<id", "<code", "<number"]);
    }

    #[test]
    fn keeps_words_with_digits_and_words_joined_by_a_stroke() {
        assert_eq!(words("1с win11 и/или м365"), ["1с", "win11", "и", "или", "m365"]);
    }

    #[test]
    fn keeps_places_and_reads_up_to_the_limit() {
        let text = "Мой ПРИНТЕР!";
        let word = &Cleaned::of(text, 1_000).words[1];
        assert_eq!(&text[word.start..word.end], "ПРИНТЕР");
        assert_eq!(Cleaned::of(text, 3).words.len(), 1);
    }
}
