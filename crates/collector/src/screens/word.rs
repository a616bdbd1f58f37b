//! Words as the recogniser finds them, each with its place; and lines made of them.

/// Words of less confidence, in percent, are strokes and icons taken for letters.
const LEAST_CONFIDENCE: f32 = 20.0;

/// A word on the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// As it was recognised.
    pub text: String,
    /// Left, top, width, height in pixels.
    pub place: [usize; 4],
    /// Block, paragraph and line it stands in.
    line: [u32; 3],
}

/// Words of the recogniser's table: twelve columns, separated by tabs; level 5 is a word.
pub fn words(table: &str) -> Vec<Word> {
    table.lines().filter_map(word).collect()
}

fn word(row: &str) -> Option<Word> {
    let columns: Vec<&str> = row.splitn(12, '\t').collect();
    let ["5", _, block, paragraph, line, _, left, top, width, height, confidence, text] = columns.as_slice() else {
        return None;
    };
    let text = text.trim();
    if text.is_empty() || confidence.parse::<f32>().ok()? < LEAST_CONFIDENCE {
        return None;
    }
    let place = [left.parse().ok()?, top.parse().ok()?, width.parse().ok()?, height.parse().ok()?];
    let line = [block.parse().ok()?, paragraph.parse().ok()?, line.parse().ok()?];
    Some(Word { text: text.to_owned(), place, line })
}

/// Whether two words are neighbours in one line, nearer than a letter is high.
pub fn are_near(left: &Word, right: &Word) -> bool {
    let gap = right.place[0].saturating_sub(left.place[0] + left.place[2]);
    left.line == right.line && gap < left.place[3].max(right.place[3])
}

/// Puts the word after `at` to the one at it.
pub fn join_next(words: &mut Vec<Word>, at: usize) {
    let next = words.remove(at + 1);
    let word = &mut words[at];
    word.text.push_str(&next.text);
    let [left, top, width, height] = word.place;
    let right = (left + width).max(next.place[0] + next.place[2]);
    let bottom = (top + height).max(next.place[1] + next.place[3]);
    let (left, top) = (left.min(next.place[0]), top.min(next.place[1]));
    word.place = [left, top, right - left, bottom - top];
}

/// The words as text: one line of the picture, one line.
pub fn text(words: &[Word]) -> String {
    let mut text = String::new();
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            text.push(if words[at - 1].line == word.line { ' ' } else { '\n' });
        }
        text.push_str(&word.text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
        1\t1\t0\t0\t0\t0\t0\t0\t860\t560\t-1\t\n\
        5\t1\t1\t1\t1\t1\t24\t20\t80\t22\t96.1\tСетевая\n\
        5\t1\t1\t1\t1\t2\t110\t20\t70\t22\t95.0\tошибка\n\
        5\t1\t1\t1\t1\t3\t190\t20\t7\t9\t12.0\t|\n\
        5\t1\t2\t1\t1\t1\t24\t90\t160\t22\t88.5\t0x80070035\n";

    #[test]
    fn a_table_becomes_lines_without_what_is_no_text() {
        let words = words(TABLE);
        assert_eq!(text(&words), "Сетевая ошибка\n0x80070035");
        assert_eq!(words[2].place, [24, 90, 160, 22]);
    }

    #[test]
    fn a_table_cut_in_the_middle_gives_the_words_before() {
        let half = &TABLE[..TABLE.len() - 30];
        assert_eq!(words(half).len(), 2);
        assert!(words("nonsense\n5\t1").is_empty());
    }
}
