use std::collections::HashMap;

use report::EvidenceRef;

use crate::flaw::Flaw;
use crate::text::{Token, Tokens, from_english_layout, normalise};

/// Most words of a text that are looked at for a slip of the keyboard; past them only right spelling counts.
const MAX_SPELLING_CHECKS: usize = 48;
/// Shortest words in which a slip is forgiven: whole ones, and beginnings (`принтер*`).
const MIN_FORGIVEN_WHOLE: usize = 5;
const MIN_FORGIVEN_BEGINNING: usize = 6;
/// Shortest words in which a wrong letter is forgiven.
const MIN_WRONG_LETTER: usize = 7;

/// Every word list of every rule file, found in one pass over a text.
///
/// An entry is a word or a phrase; a word that ends in `*` matches any ending, others match whole. Between the words of
/// a phrase one other word may stand. One slip (a letter missing, doubled, wrong or swapped, not the first) is
/// forgiven in long words, and so is Russian typed with the English layout on.
#[derive(Debug, Default)]
pub(crate) struct WordLists {
    names: Vec<String>,
    by_name: HashMap<String, usize>,
    patterns: Vec<Pattern>,
    by_pattern: HashMap<Pattern, usize>,
    /// Pattern text → its index; whole words and beginnings apart.
    whole: HashMap<String, usize>,
    beginnings: HashMap<String, usize>,
    /// A pattern with one letter left out (and as it is) → patterns.
    slips: HashMap<String, Vec<usize>>,
    /// First pattern of a phrase → (list, the patterns after the first).
    phrases: HashMap<usize, Vec<(usize, Vec<usize>)>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Pattern {
    text: String,
    beginning: bool,
}

/// Which lists a text hit, and where.
#[derive(Debug)]
pub(crate) struct Said<'a> {
    lists: &'a WordLists,
    hits: Vec<Option<Hit>>,
}

/// Where a list was hit first.
#[derive(Debug, Clone)]
struct Hit {
    quote: String,
    source: Source,
}

/// Whose words they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Sentence,
    Screen(u8),
}

impl WordLists {
    /// Adds an entry to a list. Fails with a reason when it has no word in it.
    pub(crate) fn add(&mut self, list: &str, entry: &str) -> Result<(), Flaw> {
        let list = self.declare(list);
        let mut patterns = Vec::new();
        for word in entry.split_whitespace() {
            let beginning = word.ends_with('*');
            let tokens = Tokens::of(word.trim_end_matches('*'));
            let last = tokens.words.len().wrapping_sub(1);
            for (at, token) in tokens.words.iter().enumerate() {
                patterns.push(self.pattern(&token.word, beginning && at == last));
            }
        }
        let (first, rest) = patterns.split_first().ok_or_else(|| Flaw::NoWord(entry.to_owned()))?;
        self.phrases.entry(*first).or_default().push((list, rest.to_vec()));
        Ok(())
    }

    fn declare(&mut self, list: &str) -> usize {
        *self.by_name.entry(list.to_owned()).or_insert_with(|| {
            self.names.push(list.to_owned());
            self.names.len() - 1
        })
    }

    /// Whether a list of that name exists.
    pub(crate) fn has(&self, list: &str) -> bool {
        self.by_name.contains_key(list)
    }

    fn pattern(&mut self, word: &str, beginning: bool) -> usize {
        let pattern = Pattern { text: normalise(word), beginning };
        if let Some(known) = self.by_pattern.get(&pattern) {
            return *known;
        }
        let index = self.patterns.len();
        let length = pattern.text.chars().count();
        if beginning {
            self.beginnings.insert(pattern.text.clone(), index);
        } else {
            self.whole.insert(pattern.text.clone(), index);
        }
        let forgiven = if beginning { MIN_FORGIVEN_BEGINNING } else { MIN_FORGIVEN_WHOLE };
        if length >= forgiven && pattern.text.chars().all(char::is_alphabetic) {
            for variant in with_one_left_out(&pattern.text) {
                self.slips.entry(variant).or_default().push(index);
            }
        }
        self.by_pattern.insert(pattern.clone(), index);
        self.patterns.push(pattern);
        index
    }

    /// Looks for every list in texts, the first hit of each list being kept.
    pub(crate) fn find<'t>(&self, texts: impl Iterator<Item = (Source, &'t Tokens)>) -> Said<'_> {
        let mut hits: Vec<Option<Hit>> = vec![None; self.names.len()];
        let mut checks = MAX_SPELLING_CHECKS;
        for (source, tokens) in texts {
            let found: Vec<Vec<usize>> = tokens.words.iter().map(|t| self.patterns_of(t, &mut checks)).collect();
            for at in 0..found.len() {
                for first in &found[at] {
                    for (list, rest) in self.phrases.get(first).into_iter().flatten() {
                        if hits[*list].is_none()
                            && let Some(end) = phrase_end(&found, at, rest)
                        {
                            hits[*list] = Some(Hit { quote: tokens.quote(at, end - at + 1).to_owned(), source });
                        }
                    }
                }
            }
        }
        Said { lists: self, hits }
    }

    fn patterns_of(&self, token: &Token, checks: &mut usize) -> Vec<usize> {
        let mut found = self.spelled(&token.word);
        if found.is_empty()
            && let Some(meant) = from_english_layout(&token.word)
        {
            found = self.spelled(&meant);
        }
        if found.is_empty() && *checks > 0 && token.word.chars().count() >= MIN_FORGIVEN_WHOLE {
            *checks -= 1;
            found = self.misspelled(&token.word);
        }
        found
    }

    fn spelled(&self, word: &str) -> Vec<usize> {
        let mut found: Vec<usize> = self.whole.get(word).copied().into_iter().collect();
        for (at, c) in word.char_indices() {
            found.extend(self.beginnings.get(&word[..at + c.len_utf8()]));
        }
        found
    }

    fn misspelled(&self, word: &str) -> Vec<usize> {
        if !word.chars().all(char::is_alphabetic) {
            return Vec::new();
        }
        let cuts: Vec<usize> =
            word.char_indices().map(|(at, c)| at + c.len_utf8()).skip(MIN_FORGIVEN_WHOLE - 2).collect();
        let mut found = Vec::new();
        for cut in cuts {
            let part = &word[..cut];
            let is_whole = cut == word.len();
            for variant in with_one_left_out(part) {
                for index in self.slips.get(&variant).into_iter().flatten() {
                    let pattern = &self.patterns[*index];
                    if (pattern.beginning || is_whole) && !found.contains(index) && is_one_slip(part, &pattern.text) {
                        found.push(*index);
                    }
                }
            }
        }
        found
    }
}

/// Where a phrase that starts at `at` ends, if the rest of it follows with at most one word between.
fn phrase_end(found: &[Vec<usize>], at: usize, rest: &[usize]) -> Option<usize> {
    let mut end = at;
    for pattern in rest {
        end = (end + 1..=end + 2).find(|next| found.get(*next).is_some_and(|here| here.contains(pattern)))?;
    }
    Some(end)
}

fn with_one_left_out(word: &str) -> Vec<String> {
    let mut variants = vec![word.to_owned()];
    // The first letter is nearly never the wrong one, and a wrong first letter makes other words.
    for (at, c) in word.char_indices().skip(1) {
        let mut variant = String::with_capacity(word.len());
        variant.push_str(&word[..at]);
        variant.push_str(&word[at + c.len_utf8()..]);
        variants.push(variant);
    }
    variants
}

/// Whether two words differ by one insertion, deletion or swap of neighbours, or in long words by one wrong letter
/// ("charge" and "change" are two words, not one with a slip).
fn is_one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let is_long = b.len() >= MIN_WRONG_LETTER;
    let same_start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same_start..], &b[same_start..]);
    let same_end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - same_end], &b[..b.len() - same_end]);
    match (a, b) {
        ([_], [_]) => is_long,
        (a, b) if a.len() <= 1 && b.len() <= 1 => true,
        ([x, y], [v, w]) => x == w && y == v,
        _ => false,
    }
}

impl Said<'_> {
    /// Whether a list was hit; `None` if there is no such list.
    pub(crate) fn list(&self, name: &str) -> Option<bool> {
        Some(self.hits[*self.lists.by_name.get(name)?].is_some())
    }

    /// Names of the lists that were hit.
    pub(crate) fn hit_lists(&self) -> impl Iterator<Item = &str> {
        self.lists.names.iter().zip(&self.hits).filter(|(_, hit)| hit.is_some()).map(|(name, _)| name.as_str())
    }

    /// The words that hit a list.
    pub(crate) fn quote(&self, name: &str) -> Option<&str> {
        let hit = self.hits[*self.lists.by_name.get(name)?].as_ref()?;
        Some(&hit.quote)
    }

    /// The words that hit a list, as evidence.
    pub(crate) fn evidence(&self, name: &str) -> Option<EvidenceRef> {
        let hit = self.hits[*self.lists.by_name.get(name)?].as_ref()?;
        let quote = hit.quote.clone();
        Some(match hit.source {
            Source::Sentence => EvidenceRef::Text { quote },
            Source::Screen(attachment) => EvidenceRef::Screen { attachment, quote },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists() -> WordLists {
        let mut lists = WordLists::default();
        for entry in ["принтер*", "мфу", "outlook"] {
            lists.add("thing", entry).unwrap();
        }
        lists.add("broken", "не печата*").unwrap();
        lists
    }

    fn hits(text: &str) -> Vec<String> {
        let (lists, tokens) = (lists(), Tokens::of(text));
        let said = lists.find([(Source::Sentence, &tokens)].into_iter());
        said.hit_lists().map(str::to_owned).collect()
    }

    #[test]
    fn finds_any_ending_and_phrases_with_a_word_between() {
        assert_eq!(hits("Принтером не хочу печатать"), ["thing", "broken"]);
        assert_eq!(hits("мфуха"), [""; 0]);
    }

    #[test]
    fn forgives_one_slip_and_the_wrong_layout() {
        assert_eq!(hits("принетр"), ["thing"]);
        assert_eq!(hits("outlok"), ["thing"]);
        assert_eq!(hits("ghbynth yt gtxfnftn"), ["thing", "broken"]);
        assert_eq!(hits("прентером"), ["thing"]);
        assert_eq!(hits("спринтер"), [""; 0]);
    }

    #[test]
    fn an_entry_without_a_word_is_refused() {
        assert!(WordLists::default().add("x", "*!").is_err());
    }
}
