//! The model that reads sentences: which category words usually mean. A linear model on hashed words, beginnings of
//! words and n-grams of letters; Russian and English alike, no language is guessed. Trained offline from
//! `model/phrases`, shipped in 8 bits a weight, taught further by corrections.
//!
//! `cleaned` → `features` → `vocabulary` → `solver` is the way of a text; `training` is the recipe around it, `model` the
//! result and its file, `calibration` and `measure` say how far to trust it.

mod bytes;
mod calibration;
mod cleaned;
mod features;
mod learn;
mod logistic;
mod measure;
mod model;
mod neighbours;
pub(crate) mod opinion;
mod overlay;
mod phrases;
mod shipped;
mod solver;
mod training;
mod vocabulary;

pub use bytes::ModelError;
pub use learn::{Correction, Learned, MAX_CORRECTIONS, learn};
pub use measure::{CALIBRATION_BINS, Outcome, Score, calibration_error, coverage_at, macro_f1};
pub use model::TextModel;
pub use opinion::RULE;
pub use overlay::MAX_OVERLAY_BYTES;
pub use phrases::{HALF_SEED, Half, Phrase, held_out, origin_of, read_phrases};
pub use shipped::{SHIPPED_RECIPE, shipped, shipped_bytes, train};
pub use training::{Chosen, FOLD_SEED, Loss, Recipe, Row, TrainError, choose, fit, fnv};
