//! Whether two sentences are nearly the same.

/// From this share of common word pieces on two sentences are nearly the same.
pub(super) const ALIKE_FROM: f64 = 0.6;
/// Fewer word pieces say nothing ("help").
const FEWEST_PIECES: usize = 8;

/// A sentence as it is compared: pieces of three letters of each word, its ends marked, each once; ё is е.
#[derive(Debug)]
pub(super) struct Words(Vec<u64>);

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let mut pieces = Vec::with_capacity(text.len());
        let mut before = [' ', ' '];
        for letter in text.chars().flat_map(char::to_lowercase).chain([' ']) {
            let letter = match letter {
                'ё' => 'е',
                other if other.is_alphanumeric() => other,
                _ => ' ',
            };
            if before[1] != ' ' {
                // A letter takes 21 bits.
                pieces.push([before[0], before[1], letter].iter().fold(0, |piece, one| piece << 21 | u64::from(*one)));
            }
            before = [before[1], letter];
        }
        pieces.sort_unstable();
        pieces.dedup();
        Self(pieces)
    }

    /// Share of pieces both have among those either has (Jaccard); 0 where one has too few to say anything.
    pub(super) fn alike(&self, other: &Self) -> f64 {
        let (few, many) = if self.0.len() <= other.0.len() { (&self.0, &other.0) } else { (&other.0, &self.0) };
        // Most differ too much in length to be compared.
        if few.len() < FEWEST_PIECES || (few.len() as f64) < ALIKE_FROM * many.len() as f64 {
            return 0.0;
        }
        let mut rest = many.iter().peekable();
        let both = few.iter().filter(|piece| {
            while rest.next_if(|other| other < piece).is_some() {}
            rest.next_if(|other| other == piece).is_some()
        });
        let both = both.count();
        both as f64 / (few.len() + many.len() - both) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: &str, b: &str) -> f64 {
        Words::of(a).alike(&Words::of(b))
    }

    #[test]
    fn a_slip_or_another_ending_is_nearly_the_same_and_other_words_are_not() {
        assert!(
            alike("Не открывается общая папка Бухгалтерия", "не открываеться общая папка бухгалтерия!") >= ALIKE_FROM
        );
        assert!(alike("Нет сети на третьем этаже", "На третьем этаже нет сети") >= ALIKE_FROM);
        assert!(alike("Не открывается общая папка", "Не открывается почта outlook") < ALIKE_FROM);
        assert!(alike("help", "help").abs() < f64::EPSILON, "too short to tell anything");
    }

    #[test]
    fn the_share_is_of_distinct_pieces_whatever_stands_between_the_words() {
        assert!((alike("ещё раз: Принтер, принтер!", "еще  раз принтер") - 1.0).abs() < f64::EPSILON);
        // abc def ghi: 3 pieces a word; abc def xyz: 6 of 12 in common.
        assert!((alike("abc def ghi", "abc def xyz") - 0.5).abs() < f64::EPSILON);
        let (nine, twelve) = (Words::of("abc def ghi"), Words::of("abc def ghi jkl"));
        assert!((nine.alike(&twelve) - 0.75).abs() < f64::EPSILON);
        assert!((twelve.alike(&nine) - 0.75).abs() < f64::EPSILON);
    }
}
