/// Most characters that may stand between two letters of one name: `ERR_ NAME`, a hyphen and a line break.
const MAX_GAP: usize = 4;

/// A text without separators, its letters folded so that what looks alike is alike: `O`, `0` and Cyrillic `О`; `l`, `1`
/// and `I`; `S` and `5`; `B`, `8` and `В`; `б` and `6`; `З` and `3`. One byte a letter.
///
/// Names and messages survive line breaks, lost underscores, mixed alphabets and misread letters in this form.
pub(super) struct Skeleton {
    pub bytes: Vec<u8>,
    /// Position among the text's characters of each byte.
    pub at: Vec<usize>,
}

impl Skeleton {
    pub(super) fn of(text: &str) -> Self {
        Self::of_chars(text.chars())
    }

    pub(super) fn of_chars(text: impl Iterator<Item = char>) -> Self {
        let (mut bytes, mut at) = (Vec::new(), Vec::new());
        for (position, c) in text.enumerate() {
            if let Some(byte) = fold(c) {
                bytes.push(byte);
                at.push(position);
            }
        }
        Self { bytes, at }
    }

    /// Whether `start..end` of the skeleton stands together in the text, not scattered over it.
    pub(super) fn is_together(&self, start: usize, end: usize) -> bool {
        self.at[start..end].windows(2).all(|pair| pair[1] - pair[0] <= MAX_GAP + 1)
    }
}

/// A Cyrillic letter as the Latin letter or the digit it looks like, in lower case.
pub(super) fn latin_look_alike(c: char) -> char {
    match c {
        'а' | 'А' => 'a',
        'в' | 'В' => 'b',
        'е' | 'Е' | 'ё' | 'Ё' => 'e',
        'к' | 'К' => 'k',
        'м' | 'М' => 'm',
        'н' | 'Н' => 'h',
        'о' | 'О' => 'o',
        'р' | 'Р' => 'p',
        'с' | 'С' => 'c',
        'т' | 'Т' => 't',
        'у' | 'У' => 'y',
        'х' | 'Х' | '×' => 'x',
        'і' | 'І' => 'i',
        'ѕ' | 'Ѕ' => 's',
        'б' => '6',
        'з' | 'З' => '3',
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

fn fold(c: char) -> Option<u8> {
    let c = latin_look_alike(c.to_lowercase().next().unwrap_or(c));
    match c {
        '0' => Some(b'o'),
        '1' | 'i' => Some(b'l'),
        '5' => Some(b's'),
        '8' => Some(b'b'),
        'й' => fold_cyrillic('и'),
        'щ' => fold_cyrillic('ш'),
        'а'..='я' => fold_cyrillic(c),
        _ if c.is_ascii_alphanumeric() => u8::try_from(c).ok(),
        _ if c.is_alphanumeric() => Some(0xff),
        _ => None,
    }
}

/// The letters of Russian that look like no Latin one, from 0x80 on.
fn fold_cyrillic(c: char) -> Option<u8> {
    u8::try_from(u32::from(c) - u32::from('а') + 0x80).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_alike() {
        let name = Skeleton::of("ERR_NAME_NOT_RESOLVED").bytes;
        for damaged in ["ERR NAME NOT RESOLVED", "ERR_NАМЕ_N0Т_RE50LVED", "err-name-\nnot-resolved"] {
            assert_eq!(Skeleton::of(damaged).bytes, name, "{damaged}");
        }
        assert_ne!(Skeleton::of("5.7.6").bytes, Skeleton::of("5.7.8").bytes);
    }

    #[test]
    fn what_is_scattered_is_not_together() {
        assert!(Skeleton::of("a - b").is_together(0, 2));
        assert!(!Skeleton::of("a ..... b").is_together(0, 2));
    }
}
