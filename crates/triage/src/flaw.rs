use aho_corasick::BuildError;

use crate::own::MAX_CONDITION_CHARS;

/// What is wrong with one entry of a rule file; [`crate::RuleError`] adds where it stands.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("`{0}` has no English text")]
    NoEnglish(String),
    #[error("`{0}` has no Russian text")]
    NoRussian(String),

    #[error("an id is `category.what_it_finds` in lower case")]
    Id,
    #[error("an id of this category starts with `{0}.`")]
    IdOfCategory(&'static str),
    #[error("an id without a category starts with `text.` or `fact.`")]
    IdWithoutCategory,
    #[error("`when` has more than {MAX_CONDITION_CHARS} characters")]
    LongCondition,
    #[error("unknown owner `{text}`; it is one of {known} or `service:` and a name")]
    UnknownOwner { text: String, known: String },

    #[error("`{0}` is not `probe:/pointer`")]
    NoPointer(String),
    #[error("the pointer in `{0}` must start with `/`")]
    PointerWithoutSlash(String),
    #[error("`{0}` needs `each`")]
    NeedsEach(String),
    #[error("`{text}` points to the unknown probe `{probe}`")]
    UnknownProbe { text: String, probe: String },
    #[error("`{{` without `}}` in \"{0}\"")]
    OpenPlaceholder(String),
    #[error("unknown format `{format}` in `{{{placeholder}}}`")]
    UnknownFormat { format: String, placeholder: String },
    #[error("unknown word list `{list}` in `{{{placeholder}}}`")]
    UnknownList { list: String, placeholder: String },

    #[error("`{0}` has no word in it")]
    NoWord(String),

    #[error("there is another code of this name")]
    CodeTwice,
    #[error("`{0}` is another code already")]
    OfAnotherCode(String),
    #[error("`{0}` is too short to be told from other numbers; give it `near` words")]
    ShortNumber(String),
    #[error("`{0}` is too short to be told from other words; give it `near` words")]
    ShortWord(String),
    #[error("no such code")]
    NoSuchCode,
    #[error("too many codes: {0}")]
    TooManyCodes(#[from] BuildError),

    #[error("`{0}` has no prefix length; write `{0}/24`")]
    NoPrefix(String),
    #[error("`{0}` is no IP address")]
    NoAddress(String),
    #[error("`/{prefix}` is no prefix length: from 0 to {width}")]
    BadPrefix { prefix: String, width: u32 },
    #[error("`{text}` has bits set beyond its prefix; write `{network}`")]
    BitsBeyondPrefix { text: String, network: String },
}
