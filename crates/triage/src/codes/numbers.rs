//! Numbers that may be codes, as people type them and as OCR reads them.

use super::skeleton::latin_look_alike;

/// Digits of a full 32-bit value.
const FULL_DIGITS: usize = 8;
/// Most digits of a short decimal code.
const MAX_SHORT_DIGITS: usize = 6;
/// Longest run of separators inside a split code: a hyphen, a line break, an indent.
const MAX_SEPARATORS: usize = 4;
/// Digits of a mail server's reply code.
const REPLY_DIGITS: usize = 3;
/// Longest list of a stop code's parameters.
const MAX_PARAMETERS: usize = 160;

/// Shortest word before a hyphen that is not part of the code itself: `error-502`, but `W-01`.
const MIN_LEADING_WORD: usize = 3;

/// What a spelling is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    /// A 32-bit value.
    Value(u32),
    /// A short spelling, as [`short_key`] writes it.
    Short(String),
}

/// How a number was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `0x80070005`; `digits` it has.
    Hex { digits: usize },
    /// `80070005` with a letter among its digits, or in groups joined by `_`.
    BareHex,
    /// `80070005`: digits alone, which may be anything.
    BareDigits,
    /// `-2147024891`.
    Negative,
    /// `2147942405`.
    Decimal,
    /// `80070005` in groups set apart by spaces.
    Groups,
    /// `502`, `-36`, `5.7.1`.
    Short,
}

/// A number in a text.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub number: Number,
    pub form: Form,
    /// Other values it may have been before OCR read `B` for `8` or the other way round.
    pub instead: Vec<u32>,
    /// Whether it is half of a mail server's answer, the reply code and the enhanced status together: `550 5.1.1`.
    pub is_reply: bool,
    /// Characters it takes, first and one past the last.
    pub start: usize,
    pub end: usize,
}

/// What a spelling in a file is, `None` if it is no number.
pub(super) fn read(spelling: &str) -> Option<Number> {
    let trimmed = spelling.trim();
    if let Some(hex) = trimmed.strip_prefix("0x").or_else(|| trimmed.strip_prefix("0X")) {
        return u32::from_str_radix(hex, 16).ok().map(Number::Value);
    }
    let digits = trimmed.strip_prefix('-').unwrap_or(trimmed);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if digits.len() <= MAX_SHORT_DIGITS {
        return Some(Number::Short(trimmed.to_owned()));
    }
    decimal(trimmed).map(Number::Value)
}

/// A short spelling in the form it is compared in.
pub(super) fn short_key(spelling: &str) -> String {
    spelling.chars().map(latin_look_alike).collect()
}

fn decimal(text: &str) -> Option<u32> {
    match text.parse::<i64>().ok()? {
        negative @ -0x8000_0000..=-1 => Some(u32::from_ne_bytes(i32::try_from(negative).ok()?.to_ne_bytes())),
        positive => u32::try_from(positive).ok(),
    }
}

/// Every number of a text that may be a code.
pub(super) fn written(text: &[char]) -> Vec<Written> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if !is_word(text[at]) || (at > 0 && is_word(text[at - 1])) {
            at += 1;
            continue;
        }
        match hex(text, at).or_else(|| bare(text, at)).or_else(|| grouped(text, at)).or_else(|| chain(text, at)) {
            Some(number) => {
                at = past_parameters(text, number.end.max(at + 1));
                found.push(number);
            }
            None => at += 1,
        }
    }
    mark_replies(&mut found);
    found
}

/// Behind the parameters of a stop code, `0x0000007B (0xF78D2524, 0xC0000034, …)` or `3B, {c0000005, …}`: they are no
/// codes of their own.
fn past_parameters(text: &[char], end: usize) -> usize {
    let gap = text[end..].iter().take(MAX_SEPARATORS).take_while(|c| c.is_whitespace() || **c == ',').count();
    let open = end + gap;
    let close = match text.get(open) {
        Some('(') => ')',
        Some('{') => '}',
        _ => return end,
    };
    let inside = text[open..].iter().take(MAX_PARAMETERS);
    match inside.clone().position(|c| *c == close) {
        Some(length) if inside.take(length).any(|c| *c == ',') => open + length,
        _ => end,
    }
}

/// Marks reply codes (RFC 5321) that stand right before an enhanced status (RFC 3463) of their class, and the status.
fn mark_replies(found: &mut [Written]) {
    for at in 1..found.len() {
        let (Number::Short(reply), Number::Short(status)) = (&found[at - 1].number, &found[at].number) else {
            continue;
        };
        let is_next = found[at].start == found[at - 1].end + 1;
        if is_next && is_reply_code(reply) && is_enhanced_status(status) && reply[..1] == status[..1] {
            found[at - 1].is_reply = true;
            found[at].is_reply = true;
        }
    }
}

fn is_reply_code(short: &str) -> bool {
    short.len() == REPLY_DIGITS && short.bytes().all(|b| b.is_ascii_digit()) && short.starts_with(['4', '5'])
}

fn is_enhanced_status(short: &str) -> bool {
    let parts: Vec<&str> = short.split('.').collect();
    parts.len() == 3
        && matches!(parts[0], "4" | "5")
        && parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
}

/// A short code with letters OCR put for its digits: `69l` is 691, `8o9` is 809. `None` where nothing was to repair.
pub(super) fn repaired(short: &str) -> Option<String> {
    let digits = short.bytes().filter(u8::is_ascii_digit).count();
    let is_misread = digits < short.len() && digits * 2 > short.len() && short.len() >= 3;
    let repaired =
        short.chars().map(|c| hex_digit(c).filter(|digit| *digit < 10)).map(|digit| digit?.to_string().pop());
    is_misread.then(|| repaired.collect()).flatten()
}

/// A short code without the part that tells a case of it apart: `404.0` of IIS is 404, `13.20.00` of a printer 13.20.
pub(super) fn coarser(short: &str) -> Option<&str> {
    let (rest, _) = short.rsplit_once('.')?;
    match rest.matches('.').count() {
        0 => (rest.len() == 3).then_some(rest),
        1 => Some(rest),
        _ => None,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A hexadecimal digit, repaired where it stands among others: `O` is 0, `l` is 1, `S` is 5, `б` is 6, `Ь` is b.
fn hex_digit(c: char) -> Option<u32> {
    match latin_look_alike(c) {
        'o' => Some(0),
        'l' | 'i' | '|' | '!' => Some(1),
        's' => Some(5),
        'ь' => Some(0xb),
        plain => plain.to_digit(16),
    }
}

/// `0x…` and what OCR makes of it.
fn hex(text: &[char], start: usize) -> Option<Written> {
    let zero = matches!(latin_look_alike(*text.get(start)?), '0' | 'o');
    if !zero || latin_look_alike(*text.get(start + 1)?) != 'x' {
        return None;
    }
    let mut from = start + 2;
    while text.get(from).is_some_and(|c| *c == ' ') && from < start + 4 {
        from += 1;
    }
    let (mut digits, mut end) = run(text, from, false)?;
    // `0x80070005L` of a header: the letter is no digit.
    if digits.len() == FULL_DIGITS + 1 && matches!(text[end - 1], 'l' | 'L') {
        digits.truncate(FULL_DIGITS);
        end -= 1;
    }
    // Whole in one piece, or in groups that make up exactly a full value.
    let (digits, end) = match digits.len() {
        FULL_DIGITS => (digits, end),
        short if short < FULL_DIGITS => match run(text, from, true) {
            Some((joined, end)) if joined.len() == FULL_DIGITS && ends_here(text, end) => (joined, end),
            _ if ends_here(text, end) => (digits, end),
            _ => return None,
        },
        // A sign-extended value on a 64-bit blue screen.
        16 if digits[..8].iter().all(|digit| *digit == 15) => (digits[8..].to_vec(), end),
        _ => return None,
    };
    let has_suffix = || matches!(text[end], 'h' | 'H' | 'l' | 'L') && ends_here(text, end + 1);
    if !ends_here(text, end) && !has_suffix() {
        return None;
    }
    let form = Form::Hex { digits: digits.len() };
    Some(Written {
        number: Number::Value(value(&digits)),
        form,
        instead: instead(&digits),
        is_reply: false,
        start,
        end,
    })
}

/// Eight hexadecimal digits in one piece without `0x`, the first of an error: `80070005`, `C0000005`.
fn bare(text: &[char], start: usize) -> Option<Written> {
    let (digits, end) = run(text, start, false)?;
    if digits.len() != FULL_DIGITS
        || !matches!(digits[0], 8 | 0xc | 0xd)
        || !ends_here(text, end)
        || touches_digits(text, start, end)
    {
        return None;
    }
    let written = &text[start..end];
    let plain = written.iter().filter(|c| c.is_ascii_digit()).count();
    // Mostly digits, or it is a word such as "baseball" read with goodwill.
    if plain < FULL_DIGITS / 2 {
        return None;
    }
    let form = if plain == written.len() { Form::BareDigits } else { Form::BareHex };
    Some(Written {
        number: Number::Value(value(&digits)),
        form,
        instead: instead(&digits),
        is_reply: false,
        start,
        end,
    })
}

/// `8007 0005`: two groups of four.
fn grouped(text: &[char], start: usize) -> Option<Written> {
    let (first, middle) = run(text, start, false)?;
    if first.len() != 4 || first[0] != 8 || touches_before(text, start) {
        return None;
    }
    let (joined, end) = run(text, start, true)?;
    if joined.len() != FULL_DIGITS || end != middle + 5 || !ends_here(text, end) || touches_digits(text, start, end) {
        return None;
    }
    Some(Written {
        number: Number::Value(value(&joined)),
        form: Form::Groups,
        instead: vec![],
        is_reply: false,
        start,
        end,
    })
}

/// Letters and digits with points and hyphens inside: decimal values and short codes.
fn chain(text: &[char], start: usize) -> Option<Written> {
    let mut end = start;
    while end < text.len() {
        let inner = matches!(text[end], '.' | '-') && text.get(end + 1).is_some_and(|c| is_word(*c)) && end > start;
        if !is_word(text[end]) && !inner || (inner && text[end] == '-' && is_next_apart(text, start, end)) {
            break;
        }
        end += 1;
    }
    let word: String = text[start..end].iter().map(|c| latin_look_alike(*c)).collect();
    if !word.contains(|c: char| c.is_ascii_digit()) && !word.contains('_') {
        return None;
    }
    let before = start.checked_sub(1).map(|at| text[at]);
    let is_negative = before.is_some_and(|c| matches!(c, '-' | '−' | '–'))
        && start.checked_sub(2).is_none_or(|at| !is_word(text[at]));
    let is_number = word.bytes().all(|b| b.is_ascii_digit());
    let is_reply = text.get(end) == Some(&'-') && is_next_apart(text, start, end);
    if is_number && !is_reply && touches_digits(text, start, end) {
        return None;
    }
    let signed = if is_negative && is_number { format!("-{word}") } else { word };
    let start = if is_negative && is_number { start - 1 } else { start };
    let written = |number, form| Some(Written { number, form, instead: vec![], is_reply: false, start, end });
    if is_number && signed.trim_start_matches('-').len() == 10 {
        let form = if is_negative { Form::Negative } else { Form::Decimal };
        return decimal(&signed)
            .filter(|value| *value >= 0x8000_0000)
            .and_then(|value| written(Number::Value(value), form));
    }
    // "error-502", "HTTP-502": the number is the part after the words.
    if let Some((words, number)) = signed.rsplit_once('-')
        && words.len() >= MIN_LEADING_WORD
        && !words.contains(|c: char| c.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit())
    {
        let from = end - number.len();
        return Some(Written {
            number: Number::Short(number.to_owned()),
            form: Form::Short,
            instead: vec![],
            is_reply: false,
            start: from,
            end,
        });
    }
    written(Number::Short(signed), Form::Short)
}

/// Whether what stands behind a hyphen is a number of its own: `ошибка-0x80070005`, `550-5.7.26`.
fn is_next_apart(text: &[char], start: usize, hyphen: usize) -> bool {
    // Looked at only where it is as long as a reply code, so that a long chain of hyphens costs no more.
    let is_reply = || {
        let before: String = text[start..hyphen].iter().collect();
        let after = text[hyphen + 1..].iter().take_while(|c| is_word(**c) || **c == '.');
        is_reply_code(&before) && is_enhanced_status(&after.take(MAX_SHORT_DIGITS + 2).collect::<String>())
    };
    hex(text, hyphen + 1).is_some() || (hyphen - start == REPLY_DIGITS && is_reply())
}

/// Hexadecimal digits from `start`; `joined` takes groups set apart by short separators, up to a full value.
fn run(text: &[char], start: usize, joined: bool) -> Option<(Vec<u32>, usize)> {
    let mut digits = Vec::new();
    let (mut at, mut end) = (start, start);
    while let Some(c) = text.get(at) {
        if let Some(digit) = hex_digit(*c) {
            digits.push(digit);
            at += 1;
            end = at;
            if joined && digits.len() == FULL_DIGITS {
                break;
            }
        } else if *c == '_' && !digits.is_empty() {
            // `8007_0005` is one piece.
            at += 1;
        } else if joined && !digits.is_empty() && is_separator(*c) && at - end < MAX_SEPARATORS {
            at += 1;
        } else {
            break;
        }
    }
    (!digits.is_empty() && digits.len() <= 16).then_some((digits, end))
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '‐' | '\u{ad}')
}

fn ends_here(text: &[char], end: usize) -> bool {
    text.get(end).is_none_or(|c| !is_word(*c))
}

/// Whether a number is part of something longer: a sum, a date, a time, a phone, an address, a share.
fn touches_digits(text: &[char], start: usize, end: usize) -> bool {
    touches_before(text, start) || touches_after(text, end)
}

/// The same behind it alone.
pub(super) fn touches_after(text: &[char], end: usize) -> bool {
    let after = text.get(end);
    after.is_some_and(|c| matches!(c, '%' | '$' | '€' | '₽' | '°'))
        || (after.is_some_and(joins) && text.get(end + 1).is_some_and(char::is_ascii_digit) && !is_apart(text, end))
}

/// Whether a space sets apart what is no group of thousands: `550 5.1.1` is two codes, `550 000` one sum.
fn is_apart(text: &[char], end: usize) -> bool {
    let digits = text[end + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
    text[end].is_whitespace() && digits != 3
}

/// The same before it alone.
pub(super) fn touches_before(text: &[char], start: usize) -> bool {
    let Some(before) = start.checked_sub(1).and_then(|at| text.get(at)) else { return false };
    let farther = start.checked_sub(2).and_then(|at| text.get(at));
    matches!(before, '+' | '#' | '$' | '€' | '₽' | '/' | '\\' | '@')
        || (joins(before) && farther.is_some_and(char::is_ascii_digit))
}

/// What stands between the parts of one number.
fn joins(c: &char) -> bool {
    matches!(c, '.' | ',' | ':' | '/' | '-' | '+' | '(' | ')' | ' ' | '\u{a0}' | '*')
}

fn value(digits: &[u32]) -> u32 {
    digits.iter().fold(0, |value, digit| value << 4 | digit)
}

/// The values with one or two of the `B` and `8` swapped.
fn instead(digits: &[u32]) -> Vec<u32> {
    let swapped = |digits: &[u32], at: usize| -> Vec<u32> {
        let mut other = digits.to_vec();
        other[at] = if other[at] == 8 { 0xb } else { 8 };
        other
    };
    let doubtful: Vec<usize> = (0..digits.len()).filter(|at| matches!(digits[*at], 8 | 0xb)).collect();
    let mut values = Vec::new();
    for (n, at) in doubtful.iter().enumerate() {
        let one = swapped(digits, *at);
        values.push(value(&one));
        values.extend(doubtful[n + 1..].iter().map(|next| value(&swapped(&one, *next))));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<u32> {
        let chars: Vec<char> = text.chars().collect();
        let numbers = written(&chars).into_iter();
        numbers.filter_map(|w| if let Number::Value(value) = w.number { Some(value) } else { None }).collect()
    }

    #[test]
    fn one_value_is_read_from_many_spellings() {
        for text in [
            "0x80070005",
            "0X80070005",
            "80070005",
            "-2147024891",
            "2147942405",
            "8007_0005",
            "0X8007 0005",
            "HRESULT: 0x80070005.",
            "код 0х80070005",
            "(0x80070005)",
            "0x8007-\n0005",
            "0x80070\n005",
            "Ox8OO7OOO5",
            "0хВ0070005",
            "0x80О7ООО5",
            "0x 80070005",
            "8007 0005",
            "−2147024891",
            "0xFFFFFFFF80070005",
        ] {
            let found = values(text);
            let ok = found == [0x8007_0005] || text.contains('В');
            assert!(ok, "{text}: {found:x?}");
        }
    }

    #[test]
    fn a_misread_eight_is_offered_beside_what_stands_there() {
        let chars: Vec<char> = "0xВ007000B".chars().collect();
        let number = &written(&chars)[0];
        assert_eq!(number.number, Number::Value(0xb007_000b));
        assert!(number.instead.contains(&0x8007_000b) && number.instead.contains(&0x8007_0008));
    }

    #[test]
    fn phones_dates_sums_addresses_and_tax_numbers_are_no_values() {
        for text in [
            "+7 800 700-05-00",
            "8 (800) 700-00-05",
            "8-800-555-35-35",
            "12.05.2024",
            "10.2.0.1",
            "80 070 005,00",
            "7707083893",
            "01:02:03",
            "1 800 700",
            "88007000050",
            "0x",
            "0xZZ",
            "50%",
            "192.168.100.200:8080",
            "5.0.0.1",
        ] {
            assert_eq!(values(text), [0_u32; 0], "{text}");
        }
    }
}
