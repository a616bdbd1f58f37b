use std::collections::HashMap;

use report::{Category, EvidenceRef, LocalText, ProbableCause, Severity};

use super::decode::{canonical, decode, from_win32};
use super::known::{Codes, FULL_VALUE, KnownCode};
use super::near::{Around, NearWords};
use super::numbers::{Form, Number, Written, coarser, repaired, touches_after, touches_before, written};
use super::skeleton::Skeleton;
use crate::text::Tokens;
use crate::words::Source;

/// Most codes taken from one text; a dump full of them says no more.
const MAX_CODES: usize = 12;

/// How well a short number fits a code: its own words beside it, "error" with them around, "error" alone.
const FIT_BESIDE: u8 = 3;
const FIT_ABOUT: u8 = 2;
const FIT_ERROR: u8 = 1;
/// A word of `near` that codes of mail servers have.
const MAIL: &str = "smtp";
/// A word of `near` that stop codes have.
const BUGCHECK: &str = "bugcheck";

/// A code that stands in a text.
#[derive(Debug)]
pub(crate) struct FoundCode<'k> {
    /// As it is written by convention.
    pub code: String,
    pub meaning: LocalText,
    pub category: Option<Category>,
    pub weight: f32,
    pub severity: Severity,
    pub cause: Option<&'k ProbableCause>,
    pub evidence: EvidenceRef,
}

/// What stands somewhere: a code of the files by its index, or one that could only be taken apart.
enum Hit {
    Known(usize),
    Decoded(u32, LocalText),
}

impl Codes {
    /// Codes that stand in texts, each once, in the order they stand there.
    pub(crate) fn find<'t>(&self, texts: impl Iterator<Item = (Source, &'t Tokens)>) -> Vec<FoundCode<'_>> {
        let mut found: Vec<FoundCode<'_>> = Vec::new();
        let mut seen: HashMap<String, ()> = HashMap::new();
        for (source, tokens) in texts {
            for (hit, start, end) in self.hits(tokens).into_iter().take(MAX_CODES) {
                let quote = tokens.between(start, end).to_owned();
                let evidence = match source {
                    Source::Sentence => EvidenceRef::Text { quote },
                    Source::Screen(attachment) => EvidenceRef::Screen { attachment, quote },
                };
                let code = match hit {
                    Hit::Known(index) => of_known(&self.known[index], evidence),
                    Hit::Decoded(value, meaning) => FoundCode {
                        code: format!("{value:#010x}"),
                        meaning,
                        category: None,
                        weight: 0.0,
                        severity: Severity::Info,
                        cause: None,
                        evidence,
                    },
                };
                if seen.insert(code.code.clone(), ()).is_none() {
                    found.push(code);
                }
            }
        }
        found
    }

    /// Codes of one text with the bytes they take, in order.
    fn hits(&self, tokens: &Tokens) -> Vec<(Hit, usize, usize)> {
        let text = tokens.original();
        let (mut offsets, chars): (Vec<usize>, Vec<char>) = text.char_indices().unzip();
        offsets.push(text.len());
        let mut hits: Vec<(Hit, usize, usize)> = self.named(&chars);
        for number in written(&chars) {
            if hits.iter().any(|(_, start, end)| number.start < *end && *start < number.end) {
                continue;
            }
            let around = Around::of(tokens, offsets[number.start], offsets[number.end]);
            if let Some(hit) = self.meant(&number, &around) {
                hits.push((hit, number.start, number.end));
            }
        }
        hits.sort_by_key(|(_, start, _)| *start);
        hits.into_iter().map(|(hit, start, end)| (hit, offsets[start], offsets[end])).collect()
    }

    /// Names and messages, the longest where several begin or end inside each other. Characters they take.
    fn named(&self, chars: &[char]) -> Vec<(Hit, usize, usize)> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let skeleton = Skeleton::of_chars(chars.iter().copied());
        let is_word =
            |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphanumeric() || *c == '_');
        let mut matches: Vec<(usize, usize, usize)> = automaton
            .find_overlapping_iter(&skeleton.bytes)
            .filter_map(|found| {
                let phrase = &self.phrases[found.pattern().as_usize()];
                let (start, end) = (skeleton.at[found.start()], skeleton.at[found.end() - 1] + 1);
                let inside_number = (chars[start].is_ascii_digit() && touches_before(chars, start))
                    || (chars[end - 1].is_ascii_digit() && touches_after(chars, end));
                let whole =
                    !inside_number && !is_word(start.checked_sub(1)) && (phrase.open_end || !is_word(Some(end)));
                (whole && skeleton.is_together(found.start(), found.end())).then_some((phrase.code, start, end))
            })
            .collect();
        matches.sort_by_key(|(_, start, end)| (std::cmp::Reverse(end - start), *start));
        let mut kept: Vec<(Hit, usize, usize)> = Vec::new();
        for (code, start, end) in matches {
            if !kept.iter().any(|(_, s, e)| start < *e && *s < end) {
                kept.push((Hit::Known(code), start, end));
            }
        }
        kept
    }

    /// The code a number is, if it is one.
    fn meant(&self, number: &Written, around: &Around<'_>) -> Option<Hit> {
        match &number.number {
            Number::Short(short) => self.short(short, number.is_reply, around),
            Number::Value(value) if *value < FULL_VALUE => self.small(*value, number.form, around),
            Number::Value(value) => self.full(*value, number, around),
        }
    }

    /// A short spelling: as it stands, with misread digits repaired, or without the part that tells a case apart.
    fn short(&self, short: &str, is_reply: bool, around: &Around<'_>) -> Option<Hit> {
        let as_is = || self.spelt(short, is_reply, around, FIT_ERROR);
        let repaired = || self.spelt(&repaired(short)?, false, around, FIT_ERROR);
        let coarser = || self.spelt(coarser(short)?, false, around, FIT_ABOUT);
        let stop = || around.is_bugcheck().then(|| self.stop(short)).flatten();
        as_is().or_else(repaired).or_else(coarser).or_else(stop).map(Hit::Known)
    }

    /// The code a short spelling is, if it fits at least so well.
    fn spelt(&self, short: &str, is_reply: bool, around: &Around<'_>, least: u8) -> Option<usize> {
        let codes = self.by_short.get(short)?;
        if codes.iter().all(|code| self.known[*code].near.is_empty()) {
            return codes.first().copied();
        }
        if is_reply && let Some(code) = codes.iter().find(|code| self.known[**code].near.has(MAIL)) {
            return Some(*code);
        }
        if around.is_taken() {
            return None;
        }
        let (has_error, is_counted) = (around.has_error_word(), around.is_counted());
        let ranked = codes.iter().filter_map(|code| {
            let known = &self.known[*code];
            // "404 страница не найдена" counts no pages where the page is what the code is about.
            if is_counted && !around.is_before(&known.near) {
                return None;
            }
            rank(known, around, has_error).filter(|rank| *rank >= least).map(|rank| (rank, *code))
        });
        // Of equals the first in the files.
        ranked.max_by_key(|(rank, code)| (*rank, std::cmp::Reverse(*code))).map(|(_, code)| code)
    }

    /// A stop code in hexadecimal without `0x`, as debuggers write it.
    fn stop(&self, short: &str) -> Option<usize> {
        let codes = self.by_value.get(&u32::from_str_radix(short, 16).ok()?)?;
        codes.iter().copied().find(|code| self.known[*code].near.has(BUGCHECK))
    }

    /// A full 32-bit value: known, known but for a misread digit, or at least well-formed.
    fn full(&self, value: u32, number: &Written, around: &Around<'_>) -> Option<Hit> {
        let told = || around.has_error_word();
        let known = |value: u32| self.by_value.get(&canonical(value)).and_then(|codes| codes.first()).copied();
        // Without `0x` the same digits are a phone or an invoice as often as a code.
        let is_free = || !around.is_taken() && !around.is_counted();
        let is_plain = match number.form {
            Form::Hex { .. } => true,
            Form::BareHex | Form::Negative => is_free(),
            Form::BareDigits | Form::Decimal => is_free() && (told() || known(value).is_some()),
            Form::Groups | Form::Short => is_free() && told(),
        };
        if !is_plain {
            return None;
        }
        let repaired = || number.instead.iter().find_map(|value| known(*value));
        if let Some(code) = known(value).or_else(repaired) {
            return Some(Hit::Known(code));
        }
        if !matches!(number.form, Form::Hex { .. }) && !told() {
            return None;
        }
        let meaning = decode(value)?;
        Some(Hit::Decoded(canonical(value), meaning))
    }

    /// A small value in hexadecimal: a stop code, a printer's code, or a Win32 code.
    fn small(&self, value: u32, form: Form, around: &Around<'_>) -> Option<Hit> {
        let Form::Hex { digits } = form else { return None };
        let has_error = around.has_error_word();
        let whole = digits == 8;
        let mut best: Option<(u8, usize)> = None;
        for code in self.by_value.get(&value).into_iter().flatten() {
            let known = &self.known[*code];
            let rank = if known.near.is_empty() {
                4
            } else if around.is_about(&known.near) {
                3
            } else if whole || has_error {
                1
            } else {
                continue;
            };
            if best.is_none_or(|(other, _)| rank > other) {
                best = Some((rank, *code));
            }
        }
        // A program that puts its Win32 code in hexadecimal, mostly the printing one.
        let win32 = from_win32(value).and_then(|value| self.by_value.get(&value)).and_then(|codes| codes.first());
        let prints = around.is_about(&printing_words());
        if let Some(code) = win32
            && (whole || has_error)
            && best.is_none_or(|(rank, _)| rank < if prints { 3 } else { 1 })
        {
            return Some(Hit::Known(*code));
        }
        best.map(|(_, code)| Hit::Known(code))
    }
}

/// How well a short number fits a code, if at all.
fn rank(known: &KnownCode, around: &Around<'_>, has_error: bool) -> Option<u8> {
    if around.is_beside(&known.near) {
        Some(FIT_BESIDE)
    } else if has_error && (around.is_about(&known.near) || around.is_about(&known.about)) {
        Some(FIT_ABOUT)
    } else {
        (has_error && known.about.is_empty()).then_some(FIT_ERROR)
    }
}

fn of_known(known: &KnownCode, evidence: EvidenceRef) -> FoundCode<'_> {
    FoundCode {
        code: known.code.clone(),
        meaning: known.meaning.clone(),
        category: known.category,
        weight: known.weight,
        severity: known.severity,
        cause: known.cause.as_ref(),
        evidence,
    }
}

/// Words around a Win32 code in hexadecimal, so that 0x0000007e of a printer is no blue screen.
fn printing_words() -> NearWords {
    NearWords::of(&["принтер*", "печат*", "print*", "operation", "операц*"].map(str::to_owned))
}
