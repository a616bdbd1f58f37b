use super::cleaned::Cleaned;

/// Kinds of features; each is weighed apart, so that many n-grams of letters do not drown few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Block {
    /// Words and pairs of neighbours.
    Words = 0,
    /// Beginnings of words and pairs of them: endings off without knowing the language.
    Beginnings = 1,
    /// Three to five neighbouring letters within a word and its borders.
    Letters = 2,
    /// The first words once more: what a long message is about stands at its beginning.
    Head = 3,
}

/// How many blocks there are.
pub(crate) const BLOCKS: usize = 4;
/// Letters of a word's beginning.
const BEGINNING_CHARS: usize = 5;
/// How many words are the first.
const HEAD_WORDS: u32 = 6;
/// Lengths of n-grams of letters.
const GRAM_CHARS: std::ops::RangeInclusive<usize> = 3..=5;

/// A feature where it occurs: its key and the word (the first of a pair) it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Occurrence {
    /// Hash of the feature; the two highest bits are its [`Block`].
    pub key: u32,
    /// Index in [`Cleaned::words`].
    pub word: u32,
}

/// Block of a key.
pub(crate) fn block_of(key: u32) -> usize {
    ((key >> 30) as usize).min(BLOCKS - 1)
}

/// Every feature of a text, in the order of its words.
pub(crate) fn occurrences(text: &Cleaned) -> Vec<Occurrence> {
    let mut found = Vec::with_capacity(text.words.len() * 24);
    let mut before: Option<(Hash, Hash)> = None;
    for (at, word) in text.words.iter().enumerate() {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let beginning_end = word.text.char_indices().nth(BEGINNING_CHARS).map_or(word.text.len(), |(end, _)| end);
        let whole = Hash::of(Block::Words).with(&word.text);
        let beginning = Hash::of(Block::Beginnings).with(&word.text[..beginning_end]);
        found.push(Occurrence { key: whole.key(), word: at });
        found.push(Occurrence { key: beginning.key(), word: at });
        if at < HEAD_WORDS {
            found.push(Occurrence { key: Hash::of(Block::Head).with(&word.text).key(), word: at });
        }
        if let Some((whole_before, beginning_before)) = before {
            // A pair belongs to the first of its words, whose index is always there.
            found.push(Occurrence { key: whole_before.with(" ").with(&word.text).key(), word: at - 1 });
            found.push(Occurrence {
                key: beginning_before.with(" ").with(&word.text[..beginning_end]).key(),
                word: at - 1,
            });
        }
        before = Some((whole, beginning));
        if !word.is_mask() {
            grams(&word.text, |key| found.push(Occurrence { key, word: at }));
        }
    }
    found
}

/// Keys of every feature of a text.
pub(crate) fn keys(text: &Cleaned) -> Vec<u32> {
    occurrences(text).into_iter().map(|occurrence| occurrence.key).collect()
}

/// Key of a word alone.
pub(crate) fn word_key(word: &str) -> u32 {
    Hash::of(Block::Words).with(word).key()
}

/// n-grams of letters of a word between its borders; a word shorter than n gives itself once.
pub(crate) fn grams(word: &str, mut each: impl FnMut(u32)) {
    let letters: Vec<char> = std::iter::once(' ').chain(word.chars()).chain([' ']).collect();
    if letters.len() <= *GRAM_CHARS.start() {
        each(Hash::of(Block::Letters).with_chars(&letters).key());
        return;
    }
    for start in 0..=letters.len() - GRAM_CHARS.start() {
        let mut hash = Hash::of(Block::Letters);
        for (count, letter) in (1..=*GRAM_CHARS.end()).zip(&letters[start..]) {
            hash = hash.with_char(*letter);
            if GRAM_CHARS.contains(&count) {
                each(hash.key());
            }
        }
    }
}

/// FNV-1a, 64 bits, over UTF-8 or code points, with the block it is for.
#[derive(Debug, Clone, Copy)]
struct Hash(u64, Block);

impl Hash {
    fn of(block: Block) -> Self {
        Self(0xcbf2_9ce4_8422_2325 ^ block as u64, block)
    }

    fn with(self, text: &str) -> Self {
        text.chars().fold(self, Self::with_char)
    }

    fn with_chars(self, text: &[char]) -> Self {
        text.iter().copied().fold(self, Self::with_char)
    }

    fn with_char(self, c: char) -> Self {
        Self((self.0 ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3), self.1)
    }

    /// 30 bits of the hash, mixed (the low bits of FNV are its worst), under the two bits of the block.
    fn key(self) -> u32 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let high = u32::try_from(mixed >> 34).unwrap_or_default();
        high | (u32::from(self.1 as u8) << 30)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_of(text: &str) -> Vec<u32> {
        keys(&Cleaned::of(text, 1_000))
    }

    #[test]
    fn a_word_gives_itself_its_beginning_and_its_letters() {
        // " мфу ": 3 of three letters, 2 of four, 1 of five; and the word, its beginning, and that it stands in front.
        assert_eq!(keys_of("мфу").len(), 9);
        assert!(keys_of("").is_empty());
    }

    #[test]
    fn endings_leave_the_beginning_and_most_letters_the_same() {
        let (one, other) = (keys_of("принтеру"), keys_of("принтера"));
        let same = one.iter().filter(|key| other.contains(key)).count();
        assert!(same * 2 > one.len() && same < one.len(), "{same} of {}", one.len());
    }

    #[test]
    fn the_first_words_count_once_more() {
        let heads = |text: &str| keys_of(text).into_iter().filter(|key| block_of(*key) == Block::Head as usize).count();
        assert_eq!((heads("1 2 3 4 5"), heads("1 2 3 4 5 6 7 8")), (5, 6));
    }

    #[test]
    fn blocks_do_not_mix() {
        let text = Cleaned::of("мфу не мфу", 100);
        let mut blocks: Vec<usize> = occurrences(&text).iter().map(|o| block_of(o.key)).collect();
        blocks.sort_unstable();
        blocks.dedup();
        assert_eq!(blocks, [0, 1, 2, 3]);
    }
}
