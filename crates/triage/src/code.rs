use std::collections::HashMap;

use report::{Category, EvidenceRef, LocalText, Severity};

use crate::text::{Tokens, normalise};
use crate::words::Source;

/// Codes with fewer digits than this are numbers like any other, unless a word nearby says they are codes.
const MIN_BARE_LENGTH: usize = 6;
/// How many words before or after may say so.
const NEAR: usize = 3;

/// An error code whose meaning is known.
#[derive(Debug)]
pub(crate) struct KnownCode {
    /// As it is written by convention, e.g. `0x80070005`.
    pub code: String,
    pub meaning: LocalText,
    pub category: Option<Category>,
    pub weight: f32,
    pub severity: Severity,
    /// Words one of which must stand nearby; for short numbers.
    pub near: Vec<String>,
}

/// Every known code, found by any of its spellings.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    known: Vec<KnownCode>,
    by_spelling: HashMap<String, Vec<usize>>,
}

/// A known code that stands in a text.
#[derive(Debug)]
pub(crate) struct FoundCode<'a> {
    pub code: &'a KnownCode,
    pub evidence: EvidenceRef,
}

impl Codes {
    /// Adds a code under all its spellings. Fails with a reason when a short one has nothing to tell it by.
    pub(crate) fn add(&mut self, code: KnownCode, aliases: &[String]) -> Result<(), String> {
        if self.known.iter().any(|k| k.code == code.code) {
            return Err(format!("code `{}` twice", code.code));
        }
        let index = self.known.len();
        for spelling in std::iter::once(&code.code).chain(aliases) {
            let spelling = normalise(spelling.trim_start_matches('-'));
            let is_number = spelling.chars().all(|c| c.is_ascii_digit());
            if is_number && spelling.len() < MIN_BARE_LENGTH && code.near.is_empty() {
                return Err(format!("`{spelling}` is too short to be told from other numbers; give it `near` words"));
            }
            self.by_spelling.entry(spelling).or_default().push(index);
        }
        self.known.push(code);
        Ok(())
    }

    /// Codes that stand in texts, each once, in the order of the data file.
    pub(crate) fn find<'t>(&self, texts: impl Iterator<Item = (Source, &'t Tokens)>) -> Vec<FoundCode<'_>> {
        let mut found: Vec<Option<EvidenceRef>> = self.known.iter().map(|_| None).collect();
        for (source, tokens) in texts {
            for (at, token) in tokens.words.iter().enumerate() {
                for index in self.by_spelling.get(&token.word).into_iter().flatten() {
                    if found[*index].is_none() && self.known[*index].is_near(tokens, at) {
                        let quote = tokens.quote(at, 1).to_owned();
                        found[*index] = Some(match source {
                            Source::Sentence => EvidenceRef::Text { quote },
                            Source::Screen(attachment) => EvidenceRef::Screen { attachment, quote },
                        });
                    }
                }
            }
        }
        let both = self.known.iter().zip(found);
        both.filter_map(|(code, evidence)| evidence.map(|evidence| FoundCode { code, evidence })).collect()
    }
}

impl KnownCode {
    fn is_near(&self, tokens: &Tokens, at: usize) -> bool {
        let around = &tokens.words[at.saturating_sub(NEAR)..(at + NEAR + 1).min(tokens.words.len())];
        self.near.is_empty()
            || self.near.iter().any(|word| {
                let word = normalise(word.trim_end_matches('*'));
                around.iter().any(|token| token.word.starts_with(&word))
            })
    }
}
