use std::collections::HashMap;

use aho_corasick::AhoCorasick;
use report::{Category, LocalText, ProbableCause, Severity};

use super::near::NearWords;
use super::numbers::{self, Number};
use super::skeleton::Skeleton;
use crate::flaw::Flaw;

/// Shortest skeleton that is looked for anywhere; shorter names are compared as whole words.
const MIN_PHRASE: usize = 6;
/// Shortest one without a digit or `_` in it: shorter ones are plain words.
const MIN_WORDS: usize = 8;
/// From here on a value is a code by its look; below, numbers are as common as dirt.
pub(super) const FULL_VALUE: u32 = 0x1000_0000;

/// An error code whose meaning is known.
#[derive(Debug)]
pub(super) struct KnownCode {
    /// As it is written by convention, e.g. `0x80070005`.
    pub code: String,
    pub meaning: LocalText,
    pub category: Option<Category>,
    pub weight: f32,
    pub severity: Severity,
    /// Words one of which stands beside a short number that is this code.
    pub near: NearWords,
    /// Where there are any, "error" beside the number is not enough: one of these (or of `near`) must stand around.
    pub about: NearWords,
    pub cause: Option<ProbableCause>,
}

/// A code as a file has it, before its spellings are sorted.
pub(crate) struct Draft<'s> {
    pub code: String,
    pub aliases: &'s [String],
    pub near: &'s [String],
    pub about: &'s [String],
    pub meaning: LocalText,
    pub category: Option<Category>,
    pub weight: f32,
    pub severity: Severity,
    pub cause: Option<ProbableCause>,
}

/// Every known code, by any of its spellings.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    pub(super) known: Vec<KnownCode>,
    by_code: HashMap<String, usize>,
    /// By 32-bit value; several where small ones are shared.
    pub(super) by_value: HashMap<u32, Vec<usize>>,
    /// By a short spelling as it stands in a text: `502`, `-36`, `5.7.1`, `49.4c02`.
    pub(super) by_short: HashMap<String, Vec<usize>>,
    /// Names and messages; the automaton's pattern n is `phrases[n]`.
    pub(super) phrases: Vec<Phrase>,
    by_phrase: HashMap<Vec<u8>, usize>,
    pub(super) automaton: Option<AhoCorasick>,
}

/// A name or a message.
#[derive(Debug)]
pub(super) struct Phrase {
    pub code: usize,
    pub skeleton: Vec<u8>,
    /// Whether a word may go on behind it.
    pub open_end: bool,
}

impl Codes {
    /// Adds a code under all its spellings. Fails with a reason when one of them cannot be told from other text, or is
    /// another code's.
    pub(crate) fn add(&mut self, draft: Draft<'_>) -> Result<(), Flaw> {
        let index = self.known.len();
        if self.by_code.insert(draft.code.clone(), index).is_some() {
            return Err(Flaw::CodeTwice);
        }
        let near = NearWords::of(draft.near);
        for spelling in std::iter::once(&draft.code).chain(draft.aliases) {
            self.add_spelling(index, spelling, !near.is_empty())?;
            // Samba's name of an NTSTATUS.
            if spelling.starts_with("STATUS_") {
                self.add_spelling(index, &format!("NT_{spelling}"), !near.is_empty())?;
            }
        }
        self.known.push(KnownCode {
            code: draft.code,
            meaning: draft.meaning,
            category: draft.category,
            weight: draft.weight,
            severity: draft.severity,
            near,
            about: NearWords::of(draft.about),
            cause: draft.cause,
        });
        Ok(())
    }

    fn add_spelling(&mut self, index: usize, spelling: &str, has_near: bool) -> Result<(), Flaw> {
        match numbers::read(spelling) {
            Some(Number::Value(value)) => {
                let codes = self.by_value.entry(value).or_default();
                if value >= FULL_VALUE && codes.iter().any(|other| *other != index) {
                    return Err(Flaw::OfAnotherCode(spelling.to_owned()));
                }
                if !codes.contains(&index) {
                    codes.push(index);
                }
                return Ok(());
            }
            Some(Number::Short(short)) => {
                if !has_near {
                    return Err(Flaw::ShortNumber(spelling.to_owned()));
                }
                self.by_short.entry(short).or_default().push(index);
                return Ok(());
            }
            None => {}
        }
        let open_end = spelling.ends_with('*');
        let skeleton = Skeleton::of(spelling).bytes;
        let is_telling = spelling.contains(|c: char| c.is_ascii_digit() || c == '_');
        if skeleton.len() >= MIN_PHRASE && (is_telling || skeleton.len() >= MIN_WORDS) {
            match self.by_phrase.get(&skeleton) {
                Some(other) if self.phrases[*other].code != index => {
                    return Err(Flaw::OfAnotherCode(spelling.to_owned()));
                }
                Some(_) => {}
                None => {
                    self.by_phrase.insert(skeleton.clone(), self.phrases.len());
                    self.phrases.push(Phrase { code: index, skeleton, open_end });
                }
            }
            return Ok(());
        }
        let short = numbers::short_key(spelling);
        if !has_near && !spelling.contains('_') {
            return Err(Flaw::ShortWord(spelling.to_owned()));
        }
        self.by_short.entry(short).or_default().push(index);
        Ok(())
    }

    /// Gives a code its cause. Fails with a reason if there is no such code.
    pub(crate) fn set_cause(&mut self, code: &str, cause: ProbableCause) -> Result<(), Flaw> {
        let index = self.by_code.get(code).ok_or(Flaw::NoSuchCode)?;
        if let Some(known) = self.known.get_mut(*index) {
            known.cause = Some(cause);
        }
        Ok(())
    }

    /// Makes it ready to look for what was added.
    pub(crate) fn finish(&mut self) -> Result<(), Flaw> {
        let patterns = self.phrases.iter().map(|phrase| &phrase.skeleton);
        self.automaton = Some(AhoCorasick::new(patterns)?);
        Ok(())
    }
}
