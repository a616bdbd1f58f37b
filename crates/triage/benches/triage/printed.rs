//! Figures as lines a person reads.

use serde_json::Value;

/// One line per figure, inner ones indented; a target says whether it is met.
pub fn lines(figures: &Value) -> String {
    let mut lines = String::new();
    print(figures, 0, &mut lines);
    lines
}

fn print(figures: &Value, depth: usize, into: &mut String) {
    let indent = "  ".repeat(depth);
    let Value::Object(object) = figures else { return };
    for (name, value) in object {
        let name = name.replace('_', " ");
        match value {
            Value::Object(target) if target.contains_key("met") => {
                let is_met = target["met"] == true;
                let (bound, sign) = match target.get("at_most") {
                    Some(most) => (most, "≤"),
                    None => (&target["at_least"], "≥"),
                };
                let met = if is_met { "met" } else { "MISSED" };
                into.push_str(&format!(
                    "{indent}{name:<44} {:>12} {sign} {}: {met}\n",
                    number(&target["is"]),
                    number(bound)
                ));
            }
            Value::Object(_) => {
                into.push_str(&format!("{indent}{name}\n"));
                print(value, depth + 1, into);
            }
            Value::Array(rows) if rows.iter().any(Value::is_object) => {
                into.push_str(&format!("{indent}{name}\n"));
                for row in rows {
                    let fields =
                        row.as_object().into_iter().flatten().map(|(key, value)| format!("{key} {}", number(value)));
                    into.push_str(&format!("{indent}  {}\n", fields.collect::<Vec<_>>().join("  ")));
                }
            }
            _ => into.push_str(&format!("{indent}{name:<44} {:>12}\n", number(value))),
        }
    }
}

fn number(value: &Value) -> String {
    match value {
        Value::Number(n) if n.is_f64() => format!("{:.3}", n.as_f64().unwrap_or_default()),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(number).collect::<Vec<_>>().join("/"),
        other => other.to_string(),
    }
}
