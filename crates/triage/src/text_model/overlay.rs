//! What an organisation's corrections change in the shipped model: a sparse file, useless without the model it was made
//! on.

use super::bytes::{ModelError, Reader, Writer};
use super::model::TextModel;
use super::solver::Line;
use super::vocabulary::Vocabulary;

/// First bytes of an overlay's file.
const MAGIC: &[u8; 4] = b"RBTO";
/// Raised when old overlays can no longer be read.
const FORMAT: u8 = 1;
/// Largest file; a larger one is refused, a learnt one keeps the features that change most.
pub const MAX_OVERLAY_BYTES: usize = 1 << 20;
/// Bytes one feature takes beside its weights, at most.
const KEY_BYTES: usize = 6;

/// Differences to a model's lines.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Overlay {
    /// SHA-256 of the model it was made on.
    base: [u8; 32],
    /// Ascending.
    keys: Vec<u32>,
    /// Rarity of each, which counts where the model does not know the feature.
    rarities: Vec<u8>,
    /// Largest difference of each class, in steps of 1/127.
    scales: Vec<f32>,
    /// Feature after feature, one difference per class.
    steps: Vec<i8>,
    bias: Vec<f32>,
}

impl Overlay {
    /// From lines learnt on `base` over `vocabulary`, which holds all of the base's features. Keeps what changes most, as
    /// far as the file may grow.
    pub(super) fn between(base: &TextModel, vocabulary: &Vocabulary, lines: &[Line]) -> Self {
        let before = base.lines();
        let difference = |row: usize, class: usize| -> f32 {
            let old = base.vocabulary.row(vocabulary.keys()[row]);
            lines[class].weights[row] - old.map_or(0.0, |old| before[class].weights[old as usize])
        };
        let classes = lines.len();
        let mut changed: Vec<(f32, usize)> = (0..vocabulary.len())
            .map(|row| ((0..classes).map(|class| difference(row, class).abs()).fold(0.0, f32::max), row))
            .filter(|(largest, _)| *largest > 0.0)
            .collect();
        changed.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        changed.truncate((MAX_OVERLAY_BYTES - 4_096) / (classes + KEY_BYTES));
        let mut rows: Vec<usize> = changed.into_iter().map(|(_, row)| row).collect();
        rows.sort_unstable();
        let scale = |class: usize| {
            rows.iter().map(|row| difference(*row, class).abs()).fold(0.0, f32::max) / f32::from(i8::MAX)
        };
        let scales: Vec<f32> = (0..classes).map(scale).collect();
        let step = |row: usize, class: usize| {
            if scales[class] > 0.0 { (difference(row, class) / scales[class]).round() as i8 } else { 0 }
        };
        Self {
            base: base.hash(),
            keys: rows.iter().map(|row| vocabulary.keys()[*row]).collect(),
            rarities: rows.iter().map(|row| vocabulary.rarities()[*row]).collect(),
            steps: rows
                .iter()
                .flat_map(|row| (0..classes).map(move |class| (*row, class)))
                .map(|(r, c)| step(r, c))
                .collect(),
            bias: lines.iter().zip(&base.bias).map(|(line, old)| line.bias - old).collect(),
            scales,
        }
    }

    /// The same, with every difference times `part`.
    pub(super) fn weakened(&self, part: f32) -> Self {
        let times = |values: &[f32]| values.iter().map(|value| value * part).collect();
        Self { scales: times(&self.scales), bias: times(&self.bias), ..self.clone() }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut file = Writer::default();
        file.bytes(MAGIC);
        file.bytes(&[FORMAT, u8::try_from(self.scales.len()).unwrap_or(u8::MAX)]);
        file.bytes(&self.base);
        file.numbers(&self.scales);
        file.numbers(&self.bias);
        file.count(self.keys.len());
        file.keys(&self.keys);
        file.bytes(&self.rarities);
        file.bytes(&self.steps.iter().map(|step| step.cast_unsigned()).collect::<Vec<u8>>());
        file.0
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        if bytes.len() > MAX_OVERLAY_BYTES {
            return Err(ModelError::Damaged("it is too large"));
        }
        let mut file = Reader(bytes);
        if file.take(MAGIC.len())? != MAGIC {
            return Err(ModelError::Foreign("these bytes are no overlay"));
        }
        if file.byte()? != FORMAT {
            return Err(ModelError::Foreign("another version of the format"));
        }
        let classes = usize::from(file.byte()?);
        let base = file.array()?;
        let (scales, bias) = (file.numbers(classes)?, file.numbers(classes)?);
        let count = file.count(MAX_OVERLAY_BYTES)?;
        let keys = file.keys(count)?;
        let rarities = file.take(count)?.to_vec();
        let steps = file.take(count * classes)?.iter().map(|byte| byte.cast_signed()).collect();
        file.end()?;
        Ok(Self { base, keys, rarities, scales, steps, bias })
    }

    /// The model with its differences; refused on any other model than the one it was made on.
    pub(super) fn applied_to(&self, base: &TextModel) -> Result<TextModel, ModelError> {
        if self.base != base.hash() || self.scales.len() != base.classes.len() {
            return Err(ModelError::Foreign("the overlay was learnt on another model"));
        }
        let vocabulary = base.vocabulary.extended(&self.keys, &self.rarities);
        let classes = base.classes.len();
        let before = base.lines();
        let mut lines: Vec<Line> = base
            .bias
            .iter()
            .zip(&self.bias)
            .map(|(old, change)| Line { weights: vec![0.0; vocabulary.len()], bias: old + change })
            .collect();
        for (row, key) in vocabulary.keys().iter().enumerate() {
            if let Some(old) = base.vocabulary.row(*key) {
                lines
                    .iter_mut()
                    .zip(&before)
                    .for_each(|(line, old_line)| line.weights[row] = old_line.weights[old as usize]);
            }
        }
        for (at, key) in self.keys.iter().enumerate() {
            let Some(row) = vocabulary.row(*key) else { continue };
            for (class, line) in lines.iter_mut().enumerate() {
                line.weights[row as usize] += f32::from(self.steps[at * classes + class]) * self.scales[class];
            }
        }
        let neighbours = base.neighbours_in(&vocabulary);
        // In the steps of the base, so that what nothing was learnt of stays as it is to the bit.
        let scales = base.scales.clone();
        Ok(TextModel::in_steps(
            base.classes.clone(),
            vocabulary,
            &lines,
            scales,
            neighbours,
            base.temperature,
            base.origin,
        ))
    }
}

impl TextModel {
    /// This model with what corrections taught ([`super::learn`]). Damaged bytes, and an overlay made on another model,
    /// are refused.
    pub fn with_overlay(&self, overlay: &[u8]) -> Result<Self, ModelError> {
        Overlay::from_bytes(overlay)?.applied_to(self)
    }
}
