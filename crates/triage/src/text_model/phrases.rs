use report::{Category, Language};
use sha2::{Digest, Sha256};

use super::training::fnv;

macro_rules! phrases {
    ($folder:literal, $($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../model/", $folder, "/", $name, ".tsv")))),+]
    };
}

/// Sentences the model is never trained on, by their category; `other` are those to abstain from.
const HELD_OUT: &[(&str, &str)] = phrases!(
    "held-out",
    "access",
    "application",
    "conferencing",
    "email",
    "hardware",
    "network",
    "operating-system",
    "performance",
    "printing",
    "request",
    "security",
    "storage",
    "other",
);

/// Put before a held-out sentence when its half is chosen.
pub const HALF_SEED: &str = "held-out-2026-03:";

/// A sentence with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase<'a> {
    /// What it is about; [`Category::Other`]: nothing a verdict could be made of.
    pub category: Category,
    /// The language it is written in.
    pub language: Language,
    /// The sentence.
    pub text: &'a str,
}

/// A half of the held-out sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Sets the temperature, the weights of the sources and the thresholds.
    Calibrates,
    /// Is only ever measured.
    Measures,
}

/// The held-out sentences; [`HALF_SEED`] says which half one is in.
pub fn held_out() -> Vec<Phrase<'static>> {
    HELD_OUT.iter().flat_map(|(name, file)| read_phrases(name, file)).collect()
}

impl Phrase<'_> {
    /// The half it is in.
    pub fn half(&self) -> Half {
        if fnv(HALF_SEED, self.text).is_multiple_of(2) { Half::Calibrates } else { Half::Measures }
    }
}

/// Sentences of a file `language<TAB>text` with a header, whose name says their category. Lines that are not of that form
/// are left out; a test keeps the shipped files free of them.
pub fn read_phrases<'a>(name: &str, file: &'a str) -> Vec<Phrase<'a>> {
    let Some(category) = category(name) else { return Vec::new() };
    let phrase = |line: &'a str| {
        let (language, text) = line.split_once('\t')?;
        let language = match language {
            "ru" => Language::Ru,
            "en" => Language::En,
            _ => return None,
        };
        Some(Phrase { category, language, text: text.trim_end() })
    };
    file.lines().skip(1).filter_map(phrase).collect()
}

/// A category by its name.
pub(crate) fn category(name: &str) -> Option<Category> {
    Category::KNOWN.iter().copied().chain([Category::Other]).find(|category| category.as_str() == name)
}

/// SHA-256 of sentences and their categories, in their order: what a model was trained from.
pub fn origin_of(phrases: &[Phrase<'_>]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for phrase in phrases {
        for part in [phrase.category.as_str(), phrase.text] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
    }
    hash.finalize().into()
}
