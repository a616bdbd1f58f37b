use super::bytes::{ModelError, Reader, Writer};
use super::vocabulary::{Vector, Vocabulary};

/// Votes a class has without a single text like the one asked about, so that no class is ever impossible.
const NO_VOTES: f32 = 1e-4;
/// Of a long text this many features are compared, those that weigh most, and none that more texts than this hold: what a
/// comparison takes stays bounded however many texts there are.
const MAX_COMPARED: usize = 256;
const MAX_HOLDERS: usize = 256;
/// Most texts kept.
const MAX_TEXTS: usize = 1 << 20;

/// The texts a model learnt from. Each votes for its class by how like it is to the text asked about: the cosine to the
/// fifth power, so that a few near ones outweigh many that share a word. Where texts are few, this tells what no line
/// through all of them can.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Neighbours {
    /// How much the logarithm of a class's share of the votes adds to its line; above 0.
    weight: f32,
    classes: usize,
    /// Class of each text.
    labels: Vec<u8>,
    /// Rows of each text's features, ascending, as often as they occur; text after text.
    rows: Vec<u32>,
    /// Where the rows of each text end.
    ends: Vec<usize>,
    /// By row: where what holds it begins in `holders`; one more than there are rows.
    starts: Vec<usize>,
    /// A text and the value of the row in it, the text having length 1; none for a row that too many hold.
    holders: Vec<(u32, f32)>,
}

/// A text beside all neighbours.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Likeness {
    /// Its features that were compared, the text having length 1.
    compared: Vector,
    /// Its cosine with each of them.
    cosines: Vec<f32>,
    /// By class, never 0.
    votes: Vec<f32>,
}

impl Neighbours {
    /// From texts as ascending rows of the vocabulary, with the index of their class below `classes`.
    pub(crate) fn of<'t>(
        texts: impl Iterator<Item = (usize, &'t [u32])>,
        vocabulary: &Vocabulary,
        classes: usize,
        weight: f32,
    ) -> Self {
        let (mut labels, mut rows, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        for (label, text) in texts {
            labels.push(u8::try_from(label).unwrap_or(u8::MAX));
            rows.extend_from_slice(text);
            ends.push(rows.len());
        }
        Self::from_parts(weight, classes, labels, rows, ends, vocabulary)
    }

    fn from_parts(
        weight: f32,
        classes: usize,
        labels: Vec<u8>,
        rows: Vec<u32>,
        ends: Vec<usize>,
        vocabulary: &Vocabulary,
    ) -> Self {
        let begins = std::iter::once(0).chain(ends.iter().copied());
        let vectors: Vec<Vector> =
            begins.zip(&ends).map(|(begin, end)| vocabulary.weighed(&rows[begin..*end])).collect();
        let mut starts = vec![0; vocabulary.len() + 1];
        vectors.iter().flatten().for_each(|(row, _)| starts[*row as usize + 1] += 1);
        let compared = |row: u32, starts: &[usize]| starts[row as usize + 1] <= MAX_HOLDERS;
        let vectors: Vec<Vector> = vectors
            .into_iter()
            .map(|vector| vector.into_iter().filter(|(row, _)| compared(*row, &starts)).collect())
            .collect();
        starts.iter_mut().filter(|count| **count > MAX_HOLDERS).for_each(|count| *count = 0);
        for row in 1..starts.len() {
            starts[row] += starts[row - 1];
        }
        let mut next = starts.clone();
        let mut holders = vec![(0, 0.0); next.last().copied().unwrap_or_default()];
        for (text, vector) in (0_u32..).zip(&vectors) {
            let length = length(vector);
            for (row, value) in vector {
                let at = &mut next[*row as usize];
                holders[*at] = (text, value / length);
                *at += 1;
            }
        }
        Self { weight, classes, labels, rows, ends, starts, holders }
    }

    /// The same texts with every row where `row` says it went.
    pub(crate) fn moved(&self, row: impl Fn(u32) -> u32, vocabulary: &Vocabulary) -> Self {
        let rows = self.rows.iter().map(|old| row(*old)).collect();
        Self::from_parts(self.weight, self.classes, self.labels.clone(), rows, self.ends.clone(), vocabulary)
    }

    /// How like a text is to each of them.
    pub(crate) fn likeness(&self, vector: &Vector) -> Likeness {
        let compared = self.compared(vector);
        let mut cosines = vec![0.0_f32; self.labels.len()];
        for (row, value) in &compared {
            for (text, other) in self.holders_of(*row) {
                cosines[*text as usize] += value * other;
            }
        }
        let mut votes = vec![NO_VOTES; self.classes];
        for (cosine, label) in cosines.iter().zip(&self.labels) {
            votes[usize::from(*label)] += cosine * fourth_power(*cosine);
        }
        Likeness { compared, cosines, votes }
    }

    /// What they add to each class's line at a text: the logarithm of its share of the votes over an equal share, times
    /// their weight.
    pub(crate) fn additions(&self, likeness: &Likeness) -> Vec<f32> {
        let all: f32 = likeness.votes.iter().sum();
        likeness.votes.iter().map(|own| self.weight * (own / all * self.classes as f32).ln()).collect()
    }

    /// How much each row of a text adds to a class's line rather than to the average of all, by the likeness it makes
    /// with the class's texts. Rows that make none are left out.
    pub(crate) fn told(&self, likeness: &Likeness, class: usize) -> Vec<(u32, f32)> {
        let logarithms: Vec<f32> = likeness.votes.iter().map(|votes| votes.ln()).collect();
        let beyond_average = logarithms[class] - logarithms.iter().sum::<f32>() / self.classes as f32;
        let of_row = |(row, value): &(u32, f32)| {
            let own = self.holders_of(*row).iter().filter(|(text, _)| self.label(*text) == class);
            let part = own.map(|(text, other)| value * other * fourth_power(likeness.cosines[*text as usize]));
            (*row, part.sum::<f32>())
        };
        let mut parts: Vec<(u32, f32)> = likeness.compared.iter().map(of_row).filter(|(_, part)| *part > 0.0).collect();
        let whole: f32 = parts.iter().map(|(_, part)| part).sum();
        parts.iter_mut().for_each(|(_, part)| *part *= self.weight * beyond_average / whole);
        parts
    }

    /// The features of a text that are compared, the text having length 1.
    fn compared(&self, vector: &Vector) -> Vector {
        let is_held = |(row, _): &&(u32, f32)| !self.holders_of(*row).is_empty();
        let mut compared: Vector = vector.iter().filter(is_held).copied().collect();
        let length = length(&compared);
        compared.iter_mut().for_each(|(_, value)| *value /= length);
        if compared.len() > MAX_COMPARED {
            compared.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            compared.truncate(MAX_COMPARED);
            compared.sort_unstable_by_key(|(row, _)| *row);
        }
        compared
    }

    fn label(&self, text: u32) -> usize {
        usize::from(self.labels[text as usize])
    }

    fn holders_of(&self, row: u32) -> &[(u32, f32)] {
        &self.holders[self.starts[row as usize]..self.starts[row as usize + 1]]
    }

    pub(crate) fn write(&self, file: &mut Writer) {
        file.numbers(&[self.weight]);
        file.count(self.labels.len());
        file.bytes(&self.labels);
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        for (begin, end) in begins.zip(&self.ends) {
            file.rows(&self.rows[begin..*end]);
        }
    }

    pub(crate) fn read(file: &mut Reader<'_>, vocabulary: &Vocabulary, classes: usize) -> Result<Self, ModelError> {
        let weight = file.number()?;
        if weight <= 0.0 {
            return Err(ModelError::Damaged("a weight is out of range"));
        }
        let count = file.count(MAX_TEXTS)?;
        let labels = file.take(count)?.to_vec();
        if labels.iter().any(|label| usize::from(*label) >= classes) {
            return Err(ModelError::Damaged("a text is of no class"));
        }
        let (mut rows, mut ends) = (Vec::new(), Vec::with_capacity(count));
        for _ in 0..count {
            file.rows(vocabulary.len(), &mut rows)?;
            ends.push(rows.len());
        }
        Ok(Self::from_parts(weight, classes, labels, rows, ends, vocabulary))
    }
}

fn fourth_power(value: f32) -> f32 {
    (value * value) * (value * value)
}

/// Never 0, so that it divides.
fn length(vector: &Vector) -> f32 {
    vector.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_model::cleaned::Cleaned;
    use crate::text_model::features::keys;

    const TEXTS: [(usize, &str); 4] =
        [(0, "принтер жует бумагу"), (0, "картридж пуст"), (1, "почта не приходит"), (1, "бумагу принес")];

    fn read(text: &str) -> Vec<u32> {
        keys(&Cleaned::of(text, 2_000))
    }

    fn neighbours() -> (Vocabulary, Neighbours) {
        let texts = TEXTS.map(|(_, text)| read(text));
        let vocabulary = Vocabulary::of(texts.iter().map(Vec::as_slice), 1, [0.5, 0.5, 1.0, 0.0]);
        let rows = texts.map(|text| vocabulary.rows(&text));
        let labelled = TEXTS.iter().map(|(class, _)| *class).zip(rows.iter().map(Vec::as_slice));
        let neighbours = Neighbours::of(labelled, &vocabulary, 2, 0.5);
        (vocabulary, neighbours)
    }

    #[test]
    fn the_nearest_text_outweighs_one_that_shares_a_word() {
        let (vocabulary, neighbours) = neighbours();
        let additions =
            neighbours.additions(&neighbours.likeness(&vocabulary.vector(&read("принтер жует бумагу опять"))));
        assert!(additions[0] > additions[1] + 1.0, "{additions:?}");
        let total: f32 = additions.iter().map(|added| (added / 0.5).exp() / 2.0).sum();
        assert!((total - 1.0).abs() < 1e-4, "shares add up to 1: {total}");
    }

    #[test]
    fn a_text_like_none_leaves_every_class_the_same() {
        let (vocabulary, neighbours) = neighbours();
        let likeness = neighbours.likeness(&vocabulary.vector(&read("xyz")));
        assert_eq!(neighbours.additions(&likeness), [0.0, 0.0]);
        assert!(neighbours.told(&likeness, 0).is_empty());
    }

    #[test]
    fn what_the_rows_tell_is_what_is_added_beyond_the_average() {
        let (vocabulary, neighbours) = neighbours();
        let likeness = neighbours.likeness(&vocabulary.vector(&read("принтер принес почта")));
        let additions = neighbours.additions(&likeness);
        for class in 0..2 {
            let told: f32 = neighbours.told(&likeness, class).iter().map(|(_, part)| part).sum();
            let beyond = additions[class] - (additions[0] + additions[1]) / 2.0;
            assert!((told - beyond).abs() < 1e-4, "{told} {beyond}");
        }
    }

    #[test]
    fn of_a_long_text_the_weightiest_features_are_compared() {
        let words: Vec<String> = ('а'..='я').flat_map(|a| ('а'..='я').map(move |b| format!("{a}{b}"))).collect();
        let text = read(&words[..200].join(" "));
        let vocabulary = Vocabulary::of(std::iter::once(text.as_slice()), 1, [0.5, 0.5, 1.0, 0.0]);
        let rows = vocabulary.rows(&text);
        let neighbours = Neighbours::of(std::iter::once((0, rows.as_slice())), &vocabulary, 2, 0.5);
        let vector = vocabulary.vector(&text);
        let kept = neighbours.compared(&vector);
        assert!(vector.len() > MAX_COMPARED, "{} features", vector.len());
        assert_eq!(kept.len(), MAX_COMPARED);
        assert!(kept.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let least = kept.iter().map(|(_, value)| *value).fold(f32::INFINITY, f32::min);
        let heavier = vector.iter().filter(|(_, value)| value / length(&vector) > least * 1.001).count();
        assert!(heavier <= MAX_COMPARED, "{heavier} weigh more than the least that was kept");
    }

    #[test]
    fn what_nearly_every_text_holds_is_not_compared() {
        let texts: Vec<Vec<u32>> = (0..MAX_HOLDERS + 1).map(|n| read(&format!("опять номер{n}"))).collect();
        let vocabulary = Vocabulary::of(texts.iter().map(Vec::as_slice), 1, [0.5, 0.5, 1.0, 0.0]);
        let rows: Vec<Vec<u32>> = texts.iter().map(|text| vocabulary.rows(text)).collect();
        let neighbours = Neighbours::of(rows.iter().map(|rows| (0, rows.as_slice())), &vocabulary, 2, 0.5);
        assert!(neighbours.compared(&vocabulary.vector(&read("опять"))).is_empty());
        let one = neighbours.likeness(&vocabulary.vector(&texts[7]));
        assert!((one.cosines[7] - 1.0).abs() < 1e-3, "a text is like itself: {}", one.cosines[7]);
    }

    #[test]
    fn they_come_back_from_a_file_and_impossible_rows_and_classes_are_refused() {
        let (vocabulary, neighbours) = neighbours();
        let mut file = Writer::default();
        neighbours.write(&mut file);
        let mut reader = Reader(&file.0);
        assert_eq!(Neighbours::read(&mut reader, &vocabulary, 2).unwrap(), neighbours);
        assert!(reader.end().is_ok());
        assert!(Neighbours::read(&mut Reader(&file.0), &vocabulary, 1).is_err());
        let smaller = Vocabulary::of(std::iter::once(read("принтер").as_slice()), 1, [1.0; 4]);
        assert!(Neighbours::read(&mut Reader(&file.0), &smaller, 2).is_err());
    }
}
