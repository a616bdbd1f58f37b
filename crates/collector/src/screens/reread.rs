//! Codes are read a second time, as English: with two alphabets at hand the recogniser writes `0х8007010А` half in Cyrillic
//! and takes В for 8. Every word that may be a code is cut out, all are set under each other, and read at once.

use super::{
    flatten::Grey,
    word::{Word, are_near, join_next},
};

/// Digits of the longest code after its `0x`: that of a 32-bit value.
const DIGITS: usize = 8;
/// Most words read again; a screen full of figures has no more codes for it.
const MOST: usize = 60;
/// Cyrillic letters that are no other letter or digit: with two of them a word is Russian, whatever else is in it.
const RUSSIAN_ALONE: &str = "гджийлпфцчшщъыэюяГДЖИЙЛПФЦЧШЩЪЫЭЮЯ";
/// White around each word, in pixels.
const MARGIN: usize = 12;

/// Places of the words that may be codes.
pub fn candidates(words: &[Word]) -> Vec<usize> {
    let mut found: Vec<usize> = (0..words.len()).filter(|at| may_be_code(&words[*at].text)).collect();
    // Those that begin like a code first, where there are too many.
    found.sort_by_key(|at| !begins_like_code(&words[*at].text));
    found.truncate(MOST);
    found.sort_unstable();
    found
}

/// Codes with wide digits fall in two: `0x000001 1b`. Their parts are joined again.
pub fn join_parts(words: &mut Vec<Word>) {
    let mut at = 0;
    while at + 1 < words.len() {
        let (code, next) = (core(&words[at].text), core(&words[at + 1].text));
        let digits = code.chars().count().saturating_sub(2) + next.chars().count();
        let ends_open = words[at].text.ends_with(|c: char| c.is_ascii_hexdigit());
        let goes_on = words[at + 1].text.starts_with(|c: char| c.is_ascii_hexdigit());
        let is_part = next.chars().all(|c| c.is_ascii_hexdigit()) && next.contains(|c: char| c.is_ascii_digit());
        if begins_like_code(code)
            && ends_open
            && goes_on
            && is_part
            && digits <= DIGITS
            && are_near(&words[at], &words[at + 1])
        {
            join_next(words, at);
        } else {
            at += 1;
        }
    }
}

fn core(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn begins_like_code(word: &str) -> bool {
    let mut letters = core(word).chars();
    matches!(letters.next(), Some('0' | 'O' | 'o' | 'О' | 'о' | '@'))
        && matches!(letters.next(), Some('x' | 'X' | 'х' | 'Х'))
}

/// A letter and a digit, or words joined by `_`; not a plain number, which reads the same in both languages.
fn may_be_code(word: &str) -> bool {
    let word = core(word);
    let length = word.chars().count();
    let digits = word.chars().filter(|c| c.is_numeric()).count();
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let russian = word.chars().filter(|c| RUSSIAN_ALONE.contains(*c)).count();
    (4..=48).contains(&length)
        && russian < 2
        && ((digits > 0 && letters > 0) || word.contains('_') || begins_like_code(word))
}

/// The words `chosen`, one under the other.
pub fn sheet(grey: &Grey, words: &[Word], chosen: &[usize]) -> Grey {
    let boxes: Vec<[usize; 4]> = chosen.iter().map(|at| within(words[*at].place, grey)).collect();
    let width = boxes.iter().map(|[_, _, width, _]| width + 2 * MARGIN).max().unwrap_or(1);
    let mut pixels = Vec::new();
    for [left, top, wide, high] in boxes {
        pixels.resize(pixels.len() + width * MARGIN, 255);
        for y in top..top + high {
            let row = &grey.pixels[y * grey.width + left..][..wide];
            pixels.resize(pixels.len() + MARGIN, 255);
            pixels.extend_from_slice(row);
            pixels.resize(pixels.len() + width - MARGIN - wide, 255);
        }
        pixels.resize(pixels.len() + width * MARGIN, 255);
    }
    Grey { width, height: pixels.len() / width, pixels }
}

/// A place with a few pixels around it: a stroke at the edge belongs to the word.
fn within([left, top, width, height]: [usize; 4], grey: &Grey) -> [usize; 4] {
    const AROUND: usize = 4;
    let (right, bottom) = ((left + width + AROUND).min(grey.width), (top + height + AROUND).min(grey.height));
    let (left, top) = (left.saturating_sub(AROUND).min(right), top.saturating_sub(AROUND).min(bottom));
    [left, top, right - left, bottom - top]
}

/// Puts what was read again in place of the first reading, where it looks like a code.
pub fn correct(words: &mut [Word], chosen: &[usize], grey: &Grey, again: &[Word]) {
    let mut top = 0;
    for at in chosen {
        let height = within(words[*at].place, grey)[3] + 2 * MARGIN;
        let here = again.iter().filter(|word| {
            let middle = word.place[1] + word.place[3] / 2;
            (top..top + height).contains(&middle)
        });
        let text: String = here.map(|word| word.text.as_str()).collect();
        top += height;
        if is_code(&text) {
            words[*at].text = with_digits(text);
        }
    }
}

fn is_code(text: &str) -> bool {
    let word = core(text);
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:()/".contains(c));
    plain && (word.contains(|c: char| c.is_ascii_digit()) || word.contains('_'))
}

/// Among hexadecimal digits after `0x` the letter O is a zero, and I and l are ones: in many faces they look the same.
fn with_digits(text: String) -> String {
    let start = text.len() - text.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
    let mut letters = text[start..].chars();
    let prefixed = matches!(letters.next(), Some('0' | 'O' | 'o')) && matches!(letters.next(), Some('x' | 'X'));
    let rest = letters.as_str();
    let (run, after) = rest.split_at(rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()));
    let digit = |c: char| match c {
        'O' | 'o' => '0',
        'I' | 'l' => '1',
        other => other,
    };
    let digits: String = run.chars().map(digit).collect();
    let is_code = prefixed && !digits.is_empty() && digits.chars().all(|c| c.is_ascii_hexdigit());
    if is_code { format!("{}0x{digits}{after}", &text[..start]) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screens::word::words;

    fn found(texts: &[&str]) -> Vec<Word> {
        let row = |(at, text): (usize, &&str)| format!("5\t1\t1\t1\t1\t1\t10\t{}\t20\t10\t90\t{text}", 10 + at * 20);
        words(&texts.iter().enumerate().map(row).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn codes_are_read_again_and_words_and_numbers_are_not() {
        let words = found(&[
            "1С:Предприятие",
            "(0х8007010А).",
            "03.03.2026",
            "1662.99",
            "CAA50021",
            "IRQL_NOT_LESS",
            "Ох80070035",
        ]);
        assert_eq!(candidates(&words), [1, 4, 5, 6]);
    }

    #[test]
    fn what_was_read_again_stands_in_place_of_its_word_alone() {
        let grey = Grey { width: 60, height: 80, pixels: vec![255; 4_800] };
        let mut first = found(&["код", "0х8007010А", "КВ5034765"]);
        let chosen = candidates(&first);
        let sheet = sheet(&grey, &first, &chosen);
        assert_eq!(sheet.pixels.len(), sheet.width * sheet.height);
        let row = |top: usize, text: &str| format!("5\t1\t1\t1\t1\t1\t12\t{top}\t20\t10\t90\t{text}");
        let again = words(&[row(16, "0x8007010A"), row(58, "wHaT?")].join("\n"));
        correct(&mut first, &chosen, &grey, &again);
        let texts: Vec<&str> = first.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["код", "0x8007010A", "КВ5034765"]);
    }

    #[test]
    fn a_code_in_two_parts_becomes_one() {
        let row =
            |left: usize, width: usize, text: &str| format!("5\t1\t1\t1\t1\t1\t{left}\t10\t{width}\t20\t90\t{text}");
        let table =
            [row(0, 60, "ошибка"), row(70, 80, "0x000001"), row(155, 20, "1b)."), row(300, 30, "42")].join("\n");
        let mut words = words(&table);
        join_parts(&mut words);
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["ошибка", "0x0000011b).", "42"]);
        assert_eq!(words[1].place, [70, 10, 105, 20]);
    }

    #[test]
    fn letters_that_look_like_digits_are_digits_in_codes_alone() {
        for (read, meant) in [
            ("OxC004F213", "0xC004F213"),
            ("(ox80070035).", "(0x80070035)."),
            ("Oxford", "Oxford"),
            ("0x800CCCOE)", "0x800CCC0E)"),
            ("0xCl0000l4.", "0xC1000014."),
            ("Ox", "Ox"),
            ("0x204", "0x204"),
            ("", ""),
        ] {
            assert_eq!(with_digits(read.to_owned()), meant);
        }
    }

    #[test]
    fn a_place_at_or_over_the_edge_is_cut() {
        let grey = Grey { width: 15, height: 12, pixels: vec![255; 180] };
        let words = found(&["0x80070035"]);
        assert_eq!(sheet(&grey, &words, &[0]).width, 9 + 2 * MARGIN);
    }
}
