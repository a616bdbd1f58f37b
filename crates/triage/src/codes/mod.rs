//! Error codes and messages with a known meaning, found in sentences and in text read from screens.
//!
//! - `numbers` reads numbers that may be codes, as people and OCR write them, and leaves out phones, dates, sums.
//! - `skeleton` makes names and messages comparable whatever became of their letters and separators.
//! - `near` tells by the words around whether a short number is a code; `wording` lists them.
//! - `decode` takes well-formed codes nobody wrote down apart.
//! - `known` holds what `rules/codes/*.toml` say; `find` puts it together.

mod decode;
mod find;
mod known;
mod near;
mod numbers;
mod skeleton;
mod wording;

pub(crate) use find::FoundCode;
pub(crate) use known::{Codes, Draft};
