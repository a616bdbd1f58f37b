use report::{Dimension, Factor, LocalText};

use crate::text::Tokens;

/// Hashes of a sketch.
const SKETCH: usize = 32;
/// Fewest words two texts need for their likeness to count by itself.
const FEW_WORDS: usize = 3;
/// Likeness of words from which a text is named as a reason.
const NEAR_SAME: f64 = 0.5;
/// Weight of texts that are word for word the same.
const TEXT_WEIGHT: f64 = 6.0;
/// Score at which two tickets are as likely one thing as not.
const EVEN: f64 = 4.0;
/// Fewest people a share is judged by.
const LEAST_SEEN: f64 = 20.0;

/// A text's words in little room: MinHash (Broder 1997) of its words and pairs of words, with how many words it had.
/// Ready to be stored; sketches of different versions of the crate are comparable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sketch(pub Vec<u32>);

/// Sketches a sentence: the number of its words, then the least hash of each of 32 functions. Empty for a text without
/// words. Case, ё, look-alike letters and order of sentences hardly matter.
pub fn text_sketch(text: &str) -> Sketch {
    let words: Vec<String> =
        Tokens::of_limited(text, crate::MAX_READ_CHARS).words.into_iter().map(|token| stem(token.word)).collect();
    if words.is_empty() {
        return Sketch::default();
    }
    let pairs = words.windows(2).map(|pair| pair.join(" "));
    let mut least = [u32::MAX; SKETCH];
    for shingle in words.iter().cloned().chain(pairs) {
        let hash =
            shingle.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        for (i, least) in least.iter_mut().enumerate() {
            *least = (*least).min(nth_hash(hash, i as u64));
        }
    }
    let count = u32::try_from(words.len()).unwrap_or(u32::MAX);
    Sketch(std::iter::once(count).chain(least).collect())
}

/// Russian and English endings matter little for what is meant; six letters tell nearly all words apart.
fn stem(word: String) -> String {
    if word.chars().any(|c| c.is_ascii_digit()) { word } else { word.chars().take(6).collect() }
}

fn nth_hash(hash: u64, n: u64) -> u32 {
    let mut x = hash ^ n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x >> 32) as u32
}

impl Sketch {
    /// Estimated share of words and pairs of words two texts have in common, 0 to 1; 0 where either is empty.
    pub fn likeness(&self, other: &Self) -> f64 {
        match (self.0.split_first(), other.0.split_first()) {
            (Some((_, a)), Some((_, b))) if a.len() == b.len() && !a.is_empty() => {
                a.iter().zip(b).filter(|(x, y)| x == y).count() as f64 / a.len() as f64
            }
            _ => 0.0,
        }
    }

    fn words(&self) -> usize {
        self.0.first().map_or(0, |n| *n as usize)
    }
}

/// How alike two tickets are, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    /// Chance-like, 0 to 1; from 0.5 worth suggesting.
    pub score: f64,
    /// Why, for staff: what they share and how rare it is. Empty where nothing is shared.
    pub reason: LocalText,
}

/// Compares two tickets by the factors they share, each weighing as much as it is rare, and by their words.
///
/// `holders` tells of a factor how many of the organisation's recent reports have it, and `recent` how many there are.
pub fn alike(
    a: (&[Factor], &Sketch),
    b: (&[Factor], &Sketch),
    recent: usize,
    holders: impl Fn(&Factor) -> usize,
) -> Alike {
    let all = recent as f64 + LEAST_SEEN;
    let mut shared: Vec<(f64, &Factor)> =
        a.0.iter()
            .filter(|factor| b.0.contains(factor))
            .map(|factor| ((all / (holders(factor) as f64 + 1.0)).ln().max(0.0), factor))
            .collect();
    shared.sort_by(|x, y| y.0.total_cmp(&x.0).then_with(|| x.1.cmp(y.1)));
    // The second factor often follows from the first (a gateway from its site), so it counts half, the third a third.
    let by_factors: f64 = shared.iter().enumerate().map(|(i, (weight, _))| weight / (i + 1) as f64).sum();
    let clashes = a.0.iter().any(|x| is_what(x) && !b.0.contains(x) && b.0.iter().any(|y| y.dimension == x.dimension));
    let likeness = a.1.likeness(b.1);
    let enough = a.1.words().min(b.1.words()) >= FEW_WORDS;
    let by_words = if enough { likeness * TEXT_WEIGHT } else { 0.0 };
    let points = (by_factors + by_words) * if clashes { 0.5 } else { 1.0 };
    let score = points * points / (points * points + EVEN * EVEN);

    let mut reason = LocalText::new(String::new(), String::new());
    let mut add = |en: String, ru: String| {
        for (text, part) in [(&mut reason.en, en), (&mut reason.ru, ru)] {
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.push_str(&part);
        }
    };
    for (_, factor) in shared.iter().filter(|(weight, _)| *weight >= 1.0).take(3) {
        let (en, ru) = crate::incidents::dimension_name(factor.dimension);
        let (value, n) = (&factor.value, holders(factor));
        add(
            format!("same {en} {value} ({n} of {recent} recent reports have it)"),
            format!("совпадает: {ru} {value} (есть у {n} из {recent} недавних обращений)"),
        );
    }
    if enough && likeness >= NEAR_SAME {
        add("nearly the same words".to_owned(), "почти те же слова".to_owned());
    }
    Alike { score, reason }
}

/// Whether two values of it mean two different troubles.
fn is_what(factor: &Factor) -> bool {
    matches!(factor.dimension, Dimension::Category | Dimension::Rung)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(dimension: Dimension, value: &str) -> Factor {
        Factor { dimension, value: value.to_owned() }
    }

    #[test]
    fn near_same_sentences_are_alike_and_others_are_not() {
        let a = text_sketch("Не открывается отчёт по продажам в 1С, ошибка базы");
        let near = text_sketch("не открываеться отчет по продажам в 1с ошибка базы!!");
        let far = text_sketch("принтер на втором этаже жуёт бумагу с утра");
        assert!(a.likeness(&near) > 0.8, "{}", a.likeness(&near));
        assert!(a.likeness(&far) < 0.1, "{}", a.likeness(&far));
        assert_eq!(text_sketch(" …! ").likeness(&text_sketch("")), 0.0);
    }

    #[test]
    fn a_rare_code_weighs_more_than_a_common_category() {
        let empty = Sketch::default();
        let holders = |f: &Factor| if f.dimension == Dimension::Category { 300 } else { 2 };
        let category = [factor(Dimension::Category, "email")];
        let code = [factor(Dimension::Category, "email"), factor(Dimension::Code, "0x8004010f")];
        let wide = alike((&category, &empty), (&category, &empty), 1000, holders);
        let narrow = alike((&code, &empty), (&code, &empty), 1000, holders);
        assert!(wide.score < 0.2 && narrow.score > 0.6, "{} {}", wide.score, narrow.score);
        assert_eq!(
            narrow.reason.en,
            "same error code 0x8004010f (2 of 1000 recent reports have it); same category email (300 of 1000 recent reports have it)"
        );
        assert!(narrow.reason.ru.starts_with("совпадает: код ошибки 0x8004010f (есть у 2 из 1000"));
    }

    #[test]
    fn the_same_words_about_another_category_are_suggested_less() {
        let sketch = text_sketch("ничего не работает с самого утра помогите");
        let mail = [factor(Dimension::Category, "email")];
        let print = [factor(Dimension::Category, "printing")];
        let same = alike((&mail, &sketch), (&mail, &sketch), 100, |_| 30);
        let other = alike((&mail, &sketch), (&print, &sketch), 100, |_| 30);
        assert!(same.score > 0.6 && other.score < 0.5, "{} {}", same.score, other.score);
        assert!(same.reason.ru.contains("почти те же слова"));
    }
}
