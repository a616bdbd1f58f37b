use super::features::{BLOCKS, block_of};

/// Steps of an inverse document frequency as kept in a file: 1/24 each, from 1.
const IDF_STEP: f32 = 1.0 / 24.0;

/// The features a model knows, how rare each is, and how much each block counts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vocabulary {
    /// Keys, ascending; a feature's row is its place here.
    keys: Vec<u32>,
    /// `round((idf − 1) / IDF_STEP)` of each.
    idf: Vec<u8>,
    /// Weight of each block; 0 leaves it out.
    blocks: [f32; BLOCKS],
    /// Rarity of what occurred in a single text.
    single: u8,
    /// Open addressing: row + 1, or 0 where nothing is.
    slots: Vec<u32>,
}

/// A text as rows of the vocabulary with their values; each block has length 1 times its weight.
pub(crate) type Vector = Vec<(u32, f32)>;

impl Vocabulary {
    /// Features that occur in at least `least` of the texts.
    pub(crate) fn of<'t>(texts: impl Iterator<Item = &'t [u32]>, least: u32, blocks: [f32; BLOCKS]) -> Self {
        let mut all: Vec<u32> = Vec::new();
        let mut count = 0_u32;
        let mut own: Vec<u32> = Vec::new();
        for text in texts {
            count += 1;
            own.clear();
            own.extend(text.iter().filter(|key| blocks[block_of(**key)] > 0.0));
            own.sort_unstable();
            own.dedup();
            all.extend(&own);
        }
        all.sort_unstable();
        let (mut keys, mut idf) = (Vec::new(), Vec::new());
        for run in all.chunk_by(|a, b| a == b) {
            let frequency = u32::try_from(run.len()).unwrap_or(u32::MAX);
            if frequency >= least {
                keys.push(run[0]);
                idf.push(steps(count, frequency));
            }
        }
        Self::from_parts(keys, idf, blocks, steps(count, 1))
    }

    /// From what a file holds: keys ascending, as many rarities as keys.
    pub(crate) fn from_parts(keys: Vec<u32>, idf: Vec<u8>, blocks: [f32; BLOCKS], single: u8) -> Self {
        let mut slots = vec![0; (keys.len() * 2).next_power_of_two().max(2)];
        for (row, key) in (1_u32..).zip(&keys) {
            let mut at = slot(*key, slots.len());
            while slots[at] != 0 {
                at = (at + 1) % slots.len();
            }
            slots[at] = row;
        }
        Self { keys, idf, blocks, single, slots }
    }

    /// This and more features; a known one keeps its rarity.
    pub(crate) fn extended(&self, keys: &[u32], rarities: &[u8]) -> Self {
        let mut all: Vec<(u32, u8)> = self.keys.iter().copied().zip(self.idf.iter().copied()).collect();
        let more = keys.iter().copied().zip(rarities.iter().copied());
        all.extend(more.filter(|(key, _)| self.row(*key).is_none()));
        all.sort_unstable();
        let (keys, idf) = all.into_iter().unzip();
        Self::from_parts(keys, idf, self.blocks, self.single)
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn keys(&self) -> &[u32] {
        &self.keys
    }

    pub(crate) fn rarities(&self) -> &[u8] {
        &self.idf
    }

    pub(crate) fn blocks(&self) -> [f32; BLOCKS] {
        self.blocks
    }

    /// Rarity of what occurred in a single text.
    pub(crate) fn single(&self) -> u8 {
        self.single
    }

    /// Whether a feature occurred in more than a single text: what did not says little of whether a language is known.
    pub(crate) fn is_familiar(&self, key: u32) -> bool {
        self.row(key).is_some_and(|row| self.idf[row as usize] < self.single)
    }

    /// The highest rarity of a feature that is familiar.
    pub(crate) fn rarest_familiar(&self) -> u8 {
        self.idf.iter().copied().filter(|rarity| *rarity < self.single).max().unwrap_or_default()
    }

    /// Row of a feature, if it is known.
    pub(crate) fn row(&self, key: u32) -> Option<u32> {
        let mut at = slot(key, self.slots.len());
        loop {
            let row = self.slots[at].checked_sub(1)?;
            if self.keys[row as usize] == key {
                return Some(row);
            }
            at = (at + 1) % self.slots.len();
        }
    }

    /// Rows of the features that are known, ascending, as often as they occur.
    pub(crate) fn rows(&self, keys: &[u32]) -> Vec<u32> {
        let mut rows: Vec<u32> = keys.iter().filter_map(|key| self.row(*key)).collect();
        rows.sort_unstable();
        rows
    }

    /// Sublinear term frequency × rarity, each block brought to its weight; sorted by row.
    pub(crate) fn vector(&self, keys: &[u32]) -> Vector {
        self.weighed(&self.rows(keys))
    }

    /// [`Vocabulary::vector`] of [`Vocabulary::rows`].
    pub(crate) fn weighed(&self, rows: &[u32]) -> Vector {
        let mut vector = Vector::new();
        let mut squares = [0.0_f32; BLOCKS];
        for run in rows.chunk_by(|a, b| a == b) {
            let row = run[0] as usize;
            let value = (1.0 + (run.len() as f32).ln()) * rarity(self.idf[row]);
            squares[block_of(self.keys[row])] += value * value;
            vector.push((run[0], value));
        }
        let mut factors = [0.0; BLOCKS];
        for (factor, (weight, square)) in factors.iter_mut().zip(self.blocks.iter().zip(squares)) {
            *factor = if square > 0.0 { weight / square.sqrt() } else { 0.0 };
        }
        for (row, value) in &mut vector {
            *value *= factors[block_of(self.keys[*row as usize])];
        }
        vector
    }
}

/// Rarity of what occurs in `frequency` of `count` texts.
fn steps(count: u32, frequency: u32) -> u8 {
    let rarity = ((1.0 + count as f32) / (1.0 + frequency as f32)).ln();
    (rarity / IDF_STEP).round().clamp(0.0, 255.0) as u8
}

/// Inverse document frequency behind a kept step.
pub(crate) fn rarity(steps: u8) -> f32 {
    1.0 + f32::from(steps) * IDF_STEP
}

fn slot(key: u32, slots: usize) -> usize {
    (u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % slots
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_model::cleaned::Cleaned;
    use crate::text_model::features::keys;

    #[test]
    fn a_vector_has_the_length_of_its_blocks_and_leaves_out_what_is_unknown() {
        let texts = ["принтер не печатает", "принтер жует бумагу", "почта не приходит"];
        let read: Vec<_> = texts.iter().map(|text| keys(&Cleaned::of(text, 100))).collect();
        let vocabulary = Vocabulary::of(read.iter().map(Vec::as_slice), 2, [0.5, 0.0, 1.0, 0.0]);
        let vector = vocabulary.vector(&read[0]);
        let square: f32 = vector.iter().map(|(_, value)| value * value).sum();
        assert!((square - 1.25).abs() < 1e-4, "{square}");
        assert!(vector.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(vocabulary.vector(&keys(&Cleaned::of("xyz", 100))).is_empty());
    }

    #[test]
    fn what_occurred_once_is_a_feature_but_not_familiar() {
        let texts = ["мышь сломана", "мышь", "почта"].map(|text| keys(&Cleaned::of(text, 100)));
        let vocabulary = Vocabulary::of(texts.iter().map(Vec::as_slice), 1, [1.0; BLOCKS]);
        let key = crate::text_model::features::word_key;
        assert!(vocabulary.is_familiar(key("мышь")) && !vocabulary.is_familiar(key("почта")));
        assert!(vocabulary.row(key("почта")).is_some());
        let extended = vocabulary.extended(&[key("шнур")], &[vocabulary.rarest_familiar()]);
        assert!(extended.is_familiar(key("шнур")) && !extended.is_familiar(key("почта")));
    }

    #[test]
    fn an_empty_vocabulary_knows_nothing() {
        let vocabulary = Vocabulary::of(std::iter::empty(), 1, [1.0; BLOCKS]);
        assert_eq!((vocabulary.len(), vocabulary.row(7)), (0, None));
    }
}
