//! Facts as text for people at a terminal. Goes by the units in the key names, so a new probe needs nothing here.

use std::fmt::Write as _;

use report::{Fact, FactOutcome, Language, Unavailable};
use serde_json::{Map, Value};

/// Every fact, an empty line between them.
pub fn facts(facts: &[Fact], language: Language) -> String {
    facts.iter().map(|one| fact(one, language)).collect::<Vec<_>>().join("\n")
}

/// One fact: its name and time, then its data in aligned columns, or why there is none. Ends with a newline.
pub fn fact(fact: &Fact, language: Language) -> String {
    let mut text = format!("{}  ({})\n", fact.probe, milliseconds(f64::from(fact.took_ms), language));
    match &fact.outcome {
        FactOutcome::Ok { data: Value::Object(map) } => object(&mut text, map, 1, language),
        FactOutcome::Ok { data } => {
            let _ = writeln!(text, "  {}", scalar("", data, language));
        }
        FactOutcome::Unavailable { reason, detail } => {
            let _ = write!(text, "  {}", reason_text(*reason, language));
            if let Some(detail) = detail {
                let _ = write!(text, ": {}", one_line(detail));
            }
            text.push('\n');
        }
    }
    text
}

/// What a reason means, for people.
pub fn reason_text(reason: Unavailable, language: Language) -> &'static str {
    let (en, ru) = match reason {
        Unavailable::TimedOut => ("no answer in time", "нет ответа за отведённое время"),
        Unavailable::Panicked => ("the probe failed from within", "внутренняя ошибка пробы"),
        Unavailable::NotPresent => ("not present on this machine", "на этом компьютере такого нет"),
        Unavailable::AccessDenied => ("the system does not allow it", "система не разрешает"),
        Unavailable::NotSupported => ("not supported on this system", "не поддерживается в этой системе"),
        Unavailable::OffByPolicy => ("turned off by policy", "выключено политикой"),
        Unavailable::RedactionFailed => ("dropped: redaction failed", "отброшено: не удалось скрыть личные данные"),
        Unavailable::Failed => ("the system answered with an error", "система вернула ошибку"),
        Unavailable::TooLarge => ("dropped: the report would be too large", "отброшено: отчёт стал бы слишком большим"),
    };
    choose(language, en, ru)
}

fn choose<'a>(language: Language, en: &'a str, ru: &'a str) -> &'a str {
    match language {
        Language::En => en,
        Language::Ru => ru,
    }
}

fn object(text: &mut String, map: &Map<String, Value>, depth: usize, language: Language) {
    let label_of = |key| label_among(key, map.keys().map(String::as_str));
    let width = map.keys().map(|key| label_of(key).chars().count()).max().unwrap_or(0);
    let indent = "  ".repeat(depth);
    for (key, value) in map {
        let label = label_of(key);
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                let _ = writeln!(text, "{indent}{label}");
                object(text, inner, depth + 1, language);
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                let _ = writeln!(text, "{indent}{label}");
                rows(text, items, depth + 1, language);
            }
            Value::Array(items) if !items.is_empty() => {
                let joined = items.iter().map(|item| scalar(key, item, language)).collect::<Vec<_>>().join(", ");
                let _ = writeln!(text, "{indent}{label:width$}  {joined}");
            }
            value => {
                let _ = writeln!(text, "{indent}{label:width$}  {}", scalar(key, value, language));
            }
        }
    }
}

/// Objects of one shape as a table: a column per key, those without any value left out.
fn rows(text: &mut String, items: &[Value], depth: usize, language: Language) {
    const MAX_CELL_CHARS: usize = 80;
    let mut keys: Vec<&String> = Vec::new();
    for map in items.iter().filter_map(Value::as_object) {
        for (key, value) in map {
            if !value.is_null() && !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    // What a row is about stands first.
    keys.sort_by_key(|key| FIRST.iter().position(|first| first == key).unwrap_or(FIRST.len()));
    let heading = |key: &&String| label_among(key, keys.iter().map(|other| other.as_str())).to_owned();
    let mut table: Vec<Vec<String>> = vec![keys.iter().map(heading).collect()];
    for item in items {
        table.push(
            keys.iter()
                .map(|key| match &item[key.as_str()] {
                    Value::Array(values) => {
                        values.iter().map(|value| scalar(key, value, language)).collect::<Vec<_>>().join(" ")
                    }
                    value => scalar(key, value, language),
                })
                .map(|cell| shorten(&cell, MAX_CELL_CHARS))
                .collect(),
        );
    }
    let widths: Vec<usize> =
        (0..keys.len()).map(|column| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    for row in table {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let _ = writeln!(text, "{}{}", "  ".repeat(depth), cells.join("  ").trim_end());
    }
}

/// Columns that come first, in this order.
const FIRST: &[&str] = &["name", "mount", "provider", "id", "level", "count"];

/// A key's label, or the whole key where two would read the same (`free_bytes`, `free_percent`).
fn label_among<'a>(key: &'a str, mut all: impl Iterator<Item = &'a str>) -> &'a str {
    let short = label(key);
    if all.any(|other| other != key && label(other) == short) { key } else { short }
}

/// A key without its unit, which the value shows.
fn label(key: &str) -> &str {
    UNITS.iter().find_map(|(suffix, _)| key.strip_suffix(suffix)).unwrap_or(key)
}

type Unit = fn(f64, Language) -> String;

const UNITS: &[(&str, Unit)] = &[
    ("_bytes", bytes),
    ("_percent", |value, _| format!("{} %", number(value))),
    ("_ms", milliseconds),
    ("_s", seconds),
    ("_dbm", |value, language| format!("{} {}", number(value), choose(language, "dBm", "дБм"))),
    ("_mbps", |value, language| format!("{} {}", number(value), choose(language, "Mbit/s", "Мбит/с"))),
    ("_ghz", |value, language| format!("{} {}", number(value), choose(language, "GHz", "ГГц"))),
    ("_days", |value, language| format!("{} {}", number(value), choose(language, "d", "дн"))),
    ("_minutes", |value, language| format!("{} {}", number(value), choose(language, "min", "мин"))),
];

fn scalar(key: &str, value: &Value, language: Language) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => choose(language, "yes", "да").to_owned(),
        Value::Bool(false) => choose(language, "no", "нет").to_owned(),
        Value::String(text) => one_line(text),
        Value::Number(value) => {
            let value = value.as_f64().unwrap_or_default();
            // `bytes` and `percent` stand alone in rows.
            let unit = UNITS.iter().find(|(suffix, _)| key.ends_with(suffix) || key == &suffix[1..]);
            unit.map_or_else(|| number(value), |(_, show)| show(value, language))
        }
        Value::Array(_) | Value::Object(_) => choose(language, "none", "нет").to_owned(),
    }
}

/// Control characters out of logs must not reach a terminal.
fn one_line(text: &str) -> String {
    text.split_whitespace()
        .map(|word| word.chars().filter(|letter| !letter.is_control()).collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most - 1).collect();
    short.push('…');
    short
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{}", (value * 100.0).round() / 100.0) }
}

fn bytes(value: f64, language: Language) -> String {
    const UNITS_EN: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    const UNITS_RU: [&str; 5] = ["Б", "КиБ", "МиБ", "ГиБ", "ТиБ"];
    let (mut value, mut step) = (value, 0);
    while value >= 1024.0 && step < 4 {
        value /= 1024.0;
        step += 1;
    }
    let unit = choose(language, UNITS_EN[step], UNITS_RU[step]);
    if step == 0 { format!("{value:.0} {unit}") } else { format!("{value:.1} {unit}") }
}

fn milliseconds(value: f64, language: Language) -> String {
    if value.abs() >= 10_000.0 {
        return seconds(value / 1000.0, language);
    }
    format!("{} {}", number(value), choose(language, "ms", "мс"))
}

fn seconds(value: f64, language: Language) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole seconds of a duration")]
    let whole = value.abs().round() as u64;
    let (days, hours, minutes, rest) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60, whole % 60);
    let units = match language {
        Language::En => ["d", "h", "min", "s"],
        Language::Ru => ["дн", "ч", "мин", "с"],
    };
    let parts = [(days, units[0]), (hours, units[1]), (minutes, units[2]), (rest, units[3])];
    // The two largest units are as exact as anybody wants it.
    let shown: Vec<String> = parts
        .iter()
        .skip_while(|(count, _)| *count == 0)
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if shown.is_empty() { format!("0 {}", units[3]) } else { format!("{sign}{}", shown.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::Privacy;
    use serde_json::json;

    fn shown(data: Value, language: Language) -> String {
        fact(
            &Fact {
                probe: "load".to_owned(),
                outcome: FactOutcome::Ok { data },
                took_ms: 12,
                privacy: Privacy::Technical,
            },
            language,
        )
    }

    #[test]
    fn values_carry_the_units_of_their_keys_in_aligned_columns() {
        let data = json!({"cpu_percent": 12.5, "memory_total_bytes": 8_589_934_592_u64, "on": true, "up": null});
        assert_eq!(
            shown(data.clone(), Language::En),
            "load  (12 ms)\n  cpu           12.5 %\n  memory_total  8.0 GiB\n  on            yes\n  up            –\n"
        );
        assert!(shown(data, Language::Ru).contains("8.0 ГиБ\n"));
    }

    #[test]
    fn lists_of_objects_become_tables_without_empty_columns() {
        let data = json!({"top_memory": [
            {"name": "firefox", "bytes": 1_073_741_824, "note": null},
            {"name": "x", "bytes": 512, "note": null},
        ]});
        assert_eq!(
            shown(data, Language::En),
            "load  (12 ms)\n  top_memory\n    name     bytes\n    firefox  1.0 GiB\n    x        512 B\n"
        );
    }

    #[test]
    fn keys_that_differ_in_their_unit_alone_stay_whole() {
        let data = json!({"free_bytes": 512, "free_percent": 5});
        assert_eq!(shown(data, Language::En), "load  (12 ms)\n  free_bytes    512 B\n  free_percent  5 %\n");
    }

    #[test]
    fn a_reason_is_told_in_both_languages() {
        let missing = Fact {
            probe: "wifi".to_owned(),
            outcome: FactOutcome::Unavailable {
                reason: Unavailable::NotPresent,
                detail: Some("no\x1b[31m adapter".to_owned()),
            },
            took_ms: 0,
            privacy: Privacy::Personal,
        };
        assert_eq!(fact(&missing, Language::En), "wifi  (0 ms)\n  not present on this machine: no[31m adapter\n");
        assert!(fact(&missing, Language::Ru).contains("на этом компьютере такого нет"));
    }

    #[test]
    fn durations_show_their_two_largest_units() {
        assert_eq!(seconds(93_784.0, Language::En), "1 d 2 h");
        assert_eq!(seconds(59.0, Language::Ru), "59 с");
        assert_eq!(seconds(0.0, Language::En), "0 s");
        assert_eq!(milliseconds(-450_000.0, Language::En), "-7 min 30 s");
    }
}
