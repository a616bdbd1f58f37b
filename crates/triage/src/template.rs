use report::{EvidenceRef, Language};
use serde_json::Value;

use crate::facts::KNOWN_PROBES;
use crate::flaw::Flaw;
use crate::scene::{Item, Scene};
use crate::words::WordLists;

/// Longest value shown inside a text or an evidence.
const MAX_VALUE_CHARS: usize = 120;

/// Where a value stands: a JSON pointer (RFC 6901) into a probe's data, or into the item a rule goes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointer {
    /// `None` is the item (`it`).
    probe: Option<String>,
    path: String,
}

impl Pointer {
    /// Reads `probe:/path`, or `it:/path` where the rule goes over a list.
    pub(crate) fn parse(text: &str, has_it: bool) -> Result<Self, Flaw> {
        let (probe, path) = text.split_once(':').ok_or_else(|| Flaw::NoPointer(text.to_owned()))?;
        if !path.is_empty() && !path.starts_with('/') {
            return Err(Flaw::PointerWithoutSlash(text.to_owned()));
        }
        if probe == "it" {
            return if has_it {
                Ok(Self { probe: None, path: path.to_owned() })
            } else {
                Err(Flaw::NeedsEach(text.to_owned()))
            };
        }
        if !KNOWN_PROBES.contains(&probe) {
            return Err(Flaw::UnknownProbe { text: text.to_owned(), probe: probe.to_owned() });
        }
        Ok(Self { probe: Some(probe.to_owned()), path: path.to_owned() })
    }

    /// Probe and full path of what it points to.
    fn place(&self, item: Option<&Item<'_>>) -> Option<(String, String)> {
        match &self.probe {
            Some(probe) => Some((probe.clone(), self.path.clone())),
            None => item.map(|item| (item.probe.to_owned(), format!("{}/{}{}", item.path, item.index, self.path))),
        }
    }

    /// The value, if it is there and not `null`.
    pub(crate) fn value<'a>(&self, scene: &Scene<'a>, item: Option<&Item<'a>>) -> Option<&'a Value> {
        match &self.probe {
            Some(probe) => scene.facts.pointer(probe, &self.path),
            None => item?.value.pointer(&self.path).filter(|value| !value.is_null()),
        }
    }

    /// The value as evidence.
    pub(crate) fn evidence<'a>(&self, scene: &Scene<'a>, item: Option<&Item<'a>>) -> Option<EvidenceRef> {
        let value = plain(self.value(scene, item)?);
        let (probe, pointer) = self.place(item)?;
        Some(EvidenceRef::Fact { probe, pointer, value })
    }
}

/// A text with `{…}` in it: `{probe:/pointer}`, `{it:/pointer}`, `{text:list}`, `{product}`, `{named}`,
/// each with an optional `|bytes`, `|duration`, `|seconds` or `|round`.
#[derive(Debug, Clone)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Literal(String),
    Value(Pointer, Format),
    Text(String),
    Product,
    Named,
}

#[derive(Debug, Clone, Copy)]
enum Format {
    Plain,
    Bytes,
    Duration,
    Seconds,
    Round,
}

impl Template {
    /// Reads a text; fails with a reason at a placeholder nobody could fill.
    pub(crate) fn parse(text: &str, lists: &WordLists, has_it: bool) -> Result<Self, Flaw> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            if !before.is_empty() {
                parts.push(Part::Literal(before.to_owned()));
            }
            let (inside, behind) = after.split_once('}').ok_or_else(|| Flaw::OpenPlaceholder(text.to_owned()))?;
            parts.push(part(inside, lists, has_it)?);
            rest = behind;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// The text, where it has no values.
    pub(crate) fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The text with its values; what is missing shows as an ellipsis.
    pub(crate) fn fill<'a>(&self, scene: &Scene<'a>, item: Option<&Item<'a>>, language: Language) -> String {
        self.0.iter().map(|part| part_text(part, scene, item, language).unwrap_or_else(|| "…".to_owned())).collect()
    }

    /// The text with its values, or nothing if one is missing.
    pub(crate) fn fill_whole<'a>(&self, scene: &Scene<'a>, item: Option<&Item<'a>>) -> Option<String> {
        self.0.iter().map(|part| part_text(part, scene, item, Language::En)).collect()
    }
}

fn part(inside: &str, lists: &WordLists, has_it: bool) -> Result<Part, Flaw> {
    let placeholder = || inside.to_owned();
    let (what, format) = inside.split_once('|').unwrap_or((inside, ""));
    let format = match format {
        "" => Format::Plain,
        "bytes" => Format::Bytes,
        "duration" => Format::Duration,
        "seconds" => Format::Seconds,
        "round" => Format::Round,
        other => return Err(Flaw::UnknownFormat { format: other.to_owned(), placeholder: placeholder() }),
    };
    match what {
        "product" => Ok(Part::Product),
        "named" => Ok(Part::Named),
        _ => match what.strip_prefix("text:") {
            Some(list) if lists.has(list) => Ok(Part::Text(list.to_owned())),
            Some(list) => Err(Flaw::UnknownList { list: list.to_owned(), placeholder: placeholder() }),
            None => Pointer::parse(what, has_it).map(|pointer| Part::Value(pointer, format)),
        },
    }
}

fn part_text<'a>(part: &Part, scene: &Scene<'a>, item: Option<&Item<'a>>, language: Language) -> Option<String> {
    match part {
        Part::Literal(text) => Some(text.clone()),
        Part::Value(pointer, format) => pointer.value(scene, item).map(|value| formatted(value, *format, language)),
        Part::Text(list) => scene.said.quote(list).or_else(|| scene.shown.quote(list)).map(str::to_owned),
        Part::Product => scene.product.map(|p| p.name.clone()),
        Part::Named => scene.named.map(|p| p.name.clone()),
    }
}

/// A value as people read it, cut at a limit.
fn plain(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(n) if !n.is_i64() && !n.is_u64() => format!("{:.1}", n.as_f64().unwrap_or_default()),
        other => other.to_string(),
    };
    match text.char_indices().nth(MAX_VALUE_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

fn formatted(value: &Value, format: Format, language: Language) -> String {
    let Some(number) = value.as_f64() else { return plain(value) };
    let ru = language == Language::Ru;
    match format {
        Format::Plain => plain(value),
        Format::Round => format!("{number:.0}"),
        Format::Bytes => bytes(number, ru),
        Format::Duration => duration(number, ru),
        Format::Seconds => duration((number / 1000.0).abs(), ru),
    }
}

/// Bytes in binary units, one digit after the point ("3.4 GB", «3,4 ГБ»).
fn bytes(bytes: f64, ru: bool) -> String {
    const UNITS: [(&str, &str); 5] = [("B", "Б"), ("KB", "КБ"), ("MB", "МБ"), ("GB", "ГБ"), ("TB", "ТБ")];
    let mut value = bytes;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && value < 100.0);
    let text = format!("{value:.digits$}");
    if ru { format!("{} {}", text.replace('.', ","), UNITS[unit].1) } else { format!("{text} {}", UNITS[unit].0) }
}

/// Seconds in the two largest units.
fn duration(seconds: f64, ru: bool) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and a report's times are small"
    )]
    let total = seconds.max(0.0) as u64;
    let (days, hours, minutes) = (total / 86_400, total / 3_600 % 24, total / 60 % 60);
    let [d, h, m, s] = if ru { ["дн.", "ч", "мин", "с"] } else { ["d", "h", "min", "s"] };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{total} {s}"),
        (0, 0, _) => format!("{minutes} {m}"),
        (0, _, 0) => format!("{hours} {h}"),
        (0, _, _) => format!("{hours} {h} {minutes} {m}"),
        (_, 0, _) => format!("{days} {d}"),
        _ => format!("{days} {d} {hours} {h}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_read_like_people_write_them() {
        assert_eq!(bytes(3.65e9, true), "3,4 ГБ");
        assert_eq!(bytes(512.0, false), "512 B");
        assert_eq!(duration(90_000.0, false), "1 d 1 h");
        assert_eq!(duration(59.0, true), "59 с");
    }

    #[test]
    fn refuses_what_nobody_could_fill() {
        let lists = WordLists::default();
        for bad in ["{nope:/x}", "{it:/x}", "{network:x}", "{text:none}", "{network:/x|loud}", "{network:/x"] {
            assert!(Template::parse(bad, &lists, false).is_err(), "{bad}");
        }
    }
}
