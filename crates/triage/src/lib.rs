//! report → verdict: what a report is about, who should have it and why, in Russian and English, or an honest
//! abstention. Rules are data (`rules/*.toml`: TOML with CEL conditions) over facts and the user's words.
//! Pure: no I/O, no clock, no randomness; the same input gives the same verdict.
//!
//! - To add a rule: one `[[rule]]` in `rules/<category>.toml` with at least one `[[rule.example]]`; `docs/triage.md`
//!   explains the fields. A new file is one more line in `shipped.rs`.
//! - To teach a word: add it to a `[words.…]` list; a trailing `*` stands for any ending.
//! - To teach an error code: one `[[code]]` in `rules/codes.toml`.

mod belief;
mod classifier;
mod code;
mod condition;
mod error;
mod facts;
mod input;
mod json_view;
mod judge;
mod load;
mod notice;
mod product;
mod rule;
mod scene;
mod shipped;
mod signature;
mod spec;
mod template;
mod text;
mod user_words;
mod words;

pub use classifier::Classifier;
pub use error::RuleError;
pub use input::{Input, ScreenText};
pub use notice::match_notice;
pub use rule::{Example, Rule};
pub use text::{MAX_READ_CHARS, MAX_SCREEN_CHARS};
pub use user_words::user_words;
