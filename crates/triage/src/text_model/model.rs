use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::bytes::{ModelError, Reader, Writer};
use super::calibration::{TEMPERATURES, probabilities};
use super::cleaned::Cleaned;
use super::features::{BLOCKS, Occurrence, block_of, grams, keys, occurrences, word_key};
use super::measure::best;
use super::neighbours::{Likeness, Neighbours};
use super::solver::Line;
use super::vocabulary::{Vector, Vocabulary};
use crate::text::from_english_layout;

/// Most characters of a text that are read; what a message is about stands at its beginning.
pub(crate) const MAX_CHARS: usize = 2_000;
/// Shortest word, in letters, that may have been typed with the wrong layout on.
const MIN_MISTYPED: usize = 4;
/// Share of a word's n-grams that must be known for the word to be.
const KNOWN: f32 = 0.6;
/// First bytes of a model's file.
const MAGIC: &[u8; 4] = b"RBTM";
/// Raised when old files can no longer be read, or features change their meaning.
pub(crate) const FORMAT: u8 = 2;
/// Most classes, and features, a file may have.
const MAX_CLASSES: usize = 250;
const MAX_FEATURES: usize = 1 << 22;

/// Which class a text belongs to: one line per class over hashed features, in 8 bits a weight; and, where there were few
/// enough texts to keep, how like the text is to those of each class.
#[derive(Debug, Clone, PartialEq)]
pub struct TextModel {
    pub(super) classes: Vec<String>,
    pub(super) vocabulary: Vocabulary,
    /// Row after row, one weight per class; times its class's and block's scale.
    pub(super) weights: Vec<i8>,
    pub(super) scales: Vec<[f32; BLOCKS]>,
    pub(super) bias: Vec<f32>,
    pub(super) neighbours: Option<Neighbours>,
    /// Divides decisions before the softmax.
    pub(super) temperature: f32,
    /// SHA-256 of what it was trained from, given by the trainer.
    pub(super) origin: [u8; 32],
}

impl TextModel {
    /// From lines of full precision; each class and block gets the finest step that still holds its largest weight.
    pub(super) fn quantised(
        classes: Vec<String>,
        vocabulary: Vocabulary,
        lines: &[Line],
        neighbours: Option<Neighbours>,
        temperature: f32,
        origin: [u8; 32],
    ) -> Self {
        let mut scales = vec![[0.0_f32; BLOCKS]; lines.len()];
        for (line, scale) in lines.iter().zip(&mut scales) {
            for (key, weight) in vocabulary.keys().iter().zip(&line.weights) {
                let largest = &mut scale[block_of(*key)];
                *largest = largest.max(weight.abs() / f32::from(i8::MAX));
            }
        }
        Self::in_steps(classes, vocabulary, lines, scales, neighbours, temperature, origin)
    }

    /// From lines of full precision in given steps; a weight beyond 127 of them is cut off there.
    pub(super) fn in_steps(
        classes: Vec<String>,
        vocabulary: Vocabulary,
        lines: &[Line],
        scales: Vec<[f32; BLOCKS]>,
        neighbours: Option<Neighbours>,
        temperature: f32,
        origin: [u8; 32],
    ) -> Self {
        let mut weights = Vec::with_capacity(vocabulary.len() * lines.len());
        for (row, key) in vocabulary.keys().iter().enumerate() {
            for (line, scale) in lines.iter().zip(&scales) {
                let step = scale[block_of(*key)];
                let steps = if step > 0.0 { (line.weights[row] / step).round() } else { 0.0 };
                weights.push(steps.clamp(f32::from(-i8::MAX), f32::from(i8::MAX)) as i8);
            }
        }
        let bias = lines.iter().map(|line| line.bias).collect();
        Self { classes, vocabulary, weights, scales, bias, neighbours, temperature, origin }
    }

    /// The lines as they are after quantisation.
    pub(super) fn lines(&self) -> Vec<Line> {
        let of_class = |class: usize| Line {
            weights: (0..self.vocabulary.len()).map(|row| self.weight(row, class)).collect(),
            bias: self.bias[class],
        };
        (0..self.classes.len()).map(of_class).collect()
    }

    /// The neighbours as rows of a vocabulary that holds all of this one's features.
    pub(super) fn neighbours_in(&self, vocabulary: &Vocabulary) -> Option<Neighbours> {
        let row = |old: u32| vocabulary.row(self.vocabulary.keys()[old as usize]).unwrap_or_default();
        self.neighbours.as_ref().map(|neighbours| neighbours.moved(row, vocabulary))
    }

    /// Weight of a feature for a class.
    pub(super) fn weight(&self, row: usize, class: usize) -> f32 {
        let steps = self.weights[row * self.classes.len() + class];
        f32::from(steps) * self.scales[class][block_of(self.vocabulary.keys()[row])]
    }

    /// Names of the classes, in the order of every list of probabilities.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// How many features it knows.
    pub fn features(&self) -> usize {
        self.vocabulary.len()
    }

    /// SHA-256 of what it was trained from.
    pub fn origin(&self) -> &[u8; 32] {
        &self.origin
    }

    /// Probability of each class, calibrated; they add up to 1. A text without a known feature gets what the classes'
    /// biases say.
    pub fn probabilities(&self, text: &str) -> Vec<f32> {
        probabilities(&self.decisions(&keys(&self.read(text))), self.temperature)
    }

    /// Probability of each class, and how much each word of the text speaks for the most probable one.
    pub(super) fn judged(&self, read: &Cleaned) -> (Vec<f32>, Vec<f32>) {
        let found = occurrences(read);
        let keys: Vec<u32> = found.iter().map(|occurrence| occurrence.key).collect();
        let vector = self.vocabulary.vector(&keys);
        let likeness = self.likeness(&vector);
        let probabilities = probabilities(&self.at(&vector, likeness.as_ref()), self.temperature);
        let class = best(&probabilities).0;
        let words = self.contributions(&found, &vector, likeness.as_ref(), class, read.words.len());
        (probabilities, words)
    }

    fn likeness(&self, vector: &Vector) -> Option<Likeness> {
        self.neighbours.as_ref().map(|neighbours| neighbours.likeness(vector))
    }

    /// A text as it was meant: a word nobody wrote in training that is one with the Russian layout on is that one.
    pub(super) fn read(&self, text: &str) -> Cleaned {
        let mut read = Cleaned::of(text, MAX_CHARS);
        for word in
            read.words.iter_mut().filter(|word| word.text.len() >= MIN_MISTYPED && self.known_part(&word.text) < KNOWN)
        {
            if let Some(meant) = from_english_layout(&word.text)
                && self.known_part(&meant) >= KNOWN
            {
                word.text = meant;
            }
        }
        read
    }

    /// Share of a text's letters in words of which the model knows enough to judge by them, 0 to 1.
    pub(super) fn known_share(&self, read: &Cleaned) -> f32 {
        let (mut known, mut all) = (0.0, 0.0);
        for word in read.words.iter().filter(|word| !word.is_mask()) {
            let letters = word.text.chars().count() as f32;
            all += letters;
            let part = self.known_part(&word.text);
            known += if part >= KNOWN { letters * part } else { 0.0 };
        }
        if all > 0.0 { known / all } else { 0.0 }
    }

    /// Share of a word's n-grams that are familiar; 1 for a word known as such.
    fn known_part(&self, word: &str) -> f32 {
        if self.vocabulary.is_familiar(word_key(word)) {
            return 1.0;
        }
        let (mut known, mut all) = (0.0, 0.0);
        grams(word, |key| {
            all += 1.0;
            known += if self.vocabulary.is_familiar(key) { 1.0 } else { 0.0 };
        });
        known / f32::max(all, 1.0)
    }

    /// How much each word of a text speaks for a class rather than for the average of all.
    fn contributions(
        &self,
        found: &[Occurrence],
        vector: &Vector,
        likeness: Option<&Likeness>,
        class: usize,
        count: usize,
    ) -> Vec<f32> {
        let mut times: HashMap<u32, f32> = HashMap::new();
        for row in found.iter().filter_map(|occurrence| self.vocabulary.row(occurrence.key)) {
            *times.entry(row).or_default() += 1.0;
        }
        let classes = self.classes.len();
        let by_line = |(row, value): &(u32, f32)| {
            let average = (0..classes).map(|other| self.weight(*row as usize, other)).sum::<f32>() / classes as f32;
            (*row, value * (self.weight(*row as usize, class) - average))
        };
        let mut parts: HashMap<u32, f32> = vector.iter().map(by_line).collect();
        let by_likeness = self.neighbours.as_ref().zip(likeness).map(|(them, likeness)| them.told(likeness, class));
        for (row, part) in by_likeness.into_iter().flatten() {
            *parts.entry(row).or_default() += part;
        }
        let mut words = vec![0.0; count];
        for occurrence in found {
            let Some(row) = self.vocabulary.row(occurrence.key) else { continue };
            words[occurrence.word as usize] += parts[&row] / times[&row];
        }
        words
    }

    /// Value of each class's line at a text, and what the neighbours add.
    pub(super) fn decisions(&self, keys: &[u32]) -> Vec<f32> {
        let vector = self.vocabulary.vector(keys);
        self.at(&vector, self.likeness(&vector).as_ref())
    }

    fn at(&self, vector: &Vector, likeness: Option<&Likeness>) -> Vec<f32> {
        let count = self.classes.len();
        let mut sums = vec![[0.0_f32; BLOCKS]; count];
        for (row, value) in vector {
            let row = *row as usize;
            let block = block_of(self.vocabulary.keys()[row]);
            for (sum, steps) in sums.iter_mut().zip(&self.weights[row * count..(row + 1) * count]) {
                sum[block] += value * f32::from(*steps);
            }
        }
        let total = |class: usize| -> f32 {
            self.bias[class] + sums[class].iter().zip(&self.scales[class]).map(|(sum, scale)| sum * scale).sum::<f32>()
        };
        let lines = (0..count).map(total);
        match self.neighbours.as_ref().zip(likeness) {
            Some((them, likeness)) => lines.zip(them.additions(likeness)).map(|(line, added)| line + added).collect(),
            None => lines.collect(),
        }
    }

    /// As a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut file = Writer::default();
        file.bytes(MAGIC);
        file.bytes(&[FORMAT, u8::try_from(self.classes.len()).unwrap_or(u8::MAX)]);
        self.classes.iter().for_each(|class| file.text(class));
        file.bytes(&self.origin);
        file.numbers(&[self.temperature]);
        file.numbers(&self.vocabulary.blocks());
        self.scales.iter().for_each(|scale| file.numbers(scale));
        file.numbers(&self.bias);
        file.bytes(&[self.vocabulary.single()]);
        file.count(self.vocabulary.len());
        file.keys(self.vocabulary.keys());
        file.bytes(self.vocabulary.rarities());
        file.bytes(&self.weights.iter().map(|steps| steps.cast_unsigned()).collect::<Vec<u8>>());
        file.bytes(&[u8::from(self.neighbours.is_some())]);
        if let Some(neighbours) = &self.neighbours {
            neighbours.write(&mut file);
        }
        file.0
    }

    /// From a file of [`TextModel::to_bytes`]. Damaged bytes are refused, never a panic.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut file = Reader(bytes);
        if file.take(MAGIC.len())? != MAGIC {
            return Err(ModelError::Foreign("these bytes are no text model"));
        }
        if file.byte()? != FORMAT {
            return Err(ModelError::Foreign("another version of the format"));
        }
        let count = usize::from(file.byte()?);
        if count == 0 || count > MAX_CLASSES {
            return Err(ModelError::Damaged("no classes, or too many"));
        }
        let classes = (0..count).map(|_| file.text()).collect::<Result<Vec<_>, _>>()?;
        let origin = file.array()?;
        let temperature = file.number()?;
        if !TEMPERATURES.contains(&temperature) {
            return Err(ModelError::Damaged("the temperature is out of range"));
        }
        let blocks = file.array_of_numbers()?;
        let scales = (0..count).map(|_| file.array_of_numbers()).collect::<Result<Vec<_>, ModelError>>()?;
        let bias = file.numbers(count)?;
        let single = file.byte()?;
        let features = file.count(MAX_FEATURES)?;
        let keys = file.keys(features)?;
        let rarities = file.take(features)?.to_vec();
        let weights = file.take(features * count)?.iter().map(|byte| byte.cast_signed()).collect();
        let vocabulary = Vocabulary::from_parts(keys, rarities, blocks, single);
        let neighbours = match file.byte()? {
            0 => None,
            1 => Some(Neighbours::read(&mut file, &vocabulary, count)?),
            _ => return Err(ModelError::Damaged("neighbours are there or not")),
        };
        file.end()?;
        Ok(Self { classes, vocabulary, weights, scales, bias, neighbours, temperature, origin })
    }

    /// SHA-256 of its file.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_model::training::{Recipe, Row, fit};

    fn small() -> TextModel {
        let rows = [
            ("printing", "принтер не печатает"),
            ("printing", "принтер жует бумагу"),
            ("printing", "printer does not print"),
            ("email", "почта не приходит"),
            ("email", "почта не отправляется"),
            ("email", "mail does not arrive"),
        ];
        let rows = rows.map(|(label, text)| Row { label, text });
        fit(&rows, &Recipe { least: 1, ..Recipe::default() }, 0.5, [7; 32]).expect("two classes")
    }

    #[test]
    fn says_what_it_was_taught_and_the_file_says_the_same() {
        let model = small();
        let again = TextModel::from_bytes(&model.to_bytes()).expect("its own file");
        assert_eq!(again, model);
        assert_eq!(model.classes(), ["email", "printing"]);
        assert!(again.probabilities("принтера нет")[1] > 0.5);
        assert!(again.probabilities("письма почтой")[0] > 0.5);
    }

    #[test]
    fn damaged_files_are_refused_and_never_a_panic() {
        let bytes = small().to_bytes();
        for end in 0..bytes.len() {
            assert!(TextModel::from_bytes(&bytes[..end]).is_err());
        }
        let mut damaged = bytes.clone();
        for at in 0..bytes.len() {
            damaged[at] ^= 0xa5;
            if let Ok(model) = TextModel::from_bytes(&damaged) {
                let total: f32 = model.probabilities("принтер не печатает почта").iter().sum();
                assert!(total.is_nan() || total < 1.001, "{total}");
            }
            damaged[at] = bytes[at];
        }
        let mut longer = bytes;
        longer.push(0);
        assert!(TextModel::from_bytes(&longer).is_err());
    }
}
