//! report → verdict: what a report is about, who should have it and why, in Russian and English, or an honest
//! abstention. Rules are data (`rules/*.toml`: TOML with CEL conditions) over facts and the user's words.
//! Pure: no I/O, no clock, no randomness; the same input gives the same verdict.
//!
//! - To add a rule: one `[[rule]]` in `rules/<category>.toml` with at least one `[[rule.example]]`; `docs/triage.md`
//!   explains the fields. A new file is one more line in `shipped.rs`.
//! - To teach a word: add it to a `[words.…]` list; a trailing `*` stands for any ending.
//! - To teach an error code: one line in `rules/codes/*.toml`.

mod belief;
mod classifier;
mod codes;
mod conclude;
mod condition;
mod cost;
mod error;
mod explain;
mod factor_words;
mod factors;
mod facts;
mod fire;
mod flaw;
pub mod incidents;
mod input;
mod json_view;
mod judge;
mod load;
mod notice;
mod own;
mod owner;
mod place;
mod policy;
mod priority;
mod product;
mod read_rule;
mod rule;
mod scene;
mod shipped;
mod signature;
mod spec;
mod subnet;
mod template;
mod text;
pub mod text_model;
mod user_words;
mod words;

pub use belief::Blend;
pub use classifier::{Classifier, LEARNED};
pub use error::RuleError;
pub use explain::{Explanation, explain};
pub use factors::factors;
pub use input::{Input, ScreenText};
pub use notice::{Fit, NOTICE_LEAD, match_notice};
pub use own::{OWN_BYTES, OWN_FILE};
pub use owner::owner_words;
pub use rule::{Example, Rule};
pub use text::{MAX_READ_CHARS, MAX_SCREEN_CHARS};
pub use user_words::user_words;
