use std::sync::{Arc, LazyLock};

use report::Category;

use super::bytes::ModelError;
use super::calibration::temperature;
use super::features::keys;
use super::model::TextModel;
use super::phrases::{Half, Phrase, held_out, origin_of};
use super::training::{Loss, Recipe, Row, TrainError, fit};

/// The model inside the binary, made by `cargo xtask train` from `model/phrases`.
const FILE: &[u8] = include_bytes!("../../model/text.bin");

/// How it is trained; `cargo xtask train --choose` shows what else was tried.
pub const SHIPPED_RECIPE: Recipe =
    Recipe { blocks: [0.5, 0.5, 1.0, 0.0], cost: 1.0, loss: Loss::Squared, least: 1, neighbours: 0.16 };

static SHIPPED: LazyLock<Result<Arc<TextModel>, ModelError>> =
    LazyLock::new(|| TextModel::from_bytes(FILE).map(Arc::new));

/// The model shipped with the product, read once.
pub fn shipped() -> Result<Arc<TextModel>, ModelError> {
    SHIPPED.clone()
}

/// Bytes of the shipped model's file.
pub fn shipped_bytes() -> &'static [u8] {
    FILE
}

/// Trains the model that ships, from sentences of the known categories; the half of the held-out sentences that
/// calibrates sets its temperature. The same sentences in the same order give the same bytes.
pub fn train(phrases: &[Phrase<'_>]) -> Result<TextModel, TrainError> {
    let rows: Vec<Row<'_>> =
        phrases.iter().map(|phrase| Row { label: phrase.category.as_str(), text: phrase.text }).collect();
    let mut model = fit(&rows, &SHIPPED_RECIPE, 1.0, origin_of(phrases))?;
    let calibrating = held_out().into_iter().filter(|p| p.half() == Half::Calibrates && p.category != Category::Other);
    let decided: Vec<(Vec<f32>, usize)> = calibrating
        .filter_map(|phrase| {
            let class = model.classes.iter().position(|class| class == phrase.category.as_str())?;
            Some((model.decisions(&keys(&model.read(phrase.text))), class))
        })
        .collect();
    model.temperature = temperature(&decided);
    Ok(model)
}
