//! report → verdict: rules over facts and words, notices. Pure: no I/O, no clock, no randomness.
mod classifier;
mod error;
mod input;
mod notice;
mod rule;
mod text;
mod user_words;

pub use classifier::Classifier;
pub use error::RuleError;
pub use input::{Input, ScreenText};
pub use notice::match_notice;
pub use rule::Rule;
pub use text::{MAX_READ_CHARS, MAX_SCREEN_CHARS};
pub use user_words::user_words;
