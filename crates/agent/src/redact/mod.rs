//! What a person did not mean to send is taken out on the device, before anything touches disk or network.
//! It fails closed: what cannot be redacted is dropped, and the report says so.

mod rules;

use std::panic::{AssertUnwindSafe, catch_unwind};

use regex::{Captures, Regex};
use report::{Fact, FactOutcome, Unavailable};

use rules::{RULES, Rule, SECRET_KEY};

/// Longest text that is looked at, in bytes; a longer one is dropped.
const MAX_BYTES: usize = 128 * 1024;
/// Most text of one fact, in bytes.
const MAX_FACT_BYTES: usize = 4 * 1024 * 1024;
/// Deepest JSON that is looked at; the wire takes 32 in all.
const MAX_DEPTH: usize = 28;

/// The text was not redacted and must not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("redaction failed")]
pub struct RedactionError;

/// The rules, compiled once. Matching takes time linear in the text.
pub struct Redactor {
    rules: Vec<(Regex, &'static Rule)>,
    secret_key: Regex,
}

impl Redactor {
    /// Compiles the rules.
    ///
    /// # Errors
    /// [`RedactionError`] when a rule does not compile; then nothing leaves the device.
    pub fn new() -> Result<Self, RedactionError> {
        let compile = |pattern: &str| {
            Regex::new(pattern).map_err(|error| {
                tracing::error!(%error, "a redaction rule does not compile");
                RedactionError
            })
        };
        let rules = RULES.iter().map(|rule| Ok((compile(rule.pattern)?, rule))).collect::<Result<_, _>>()?;
        Ok(Self { rules, secret_key: compile(SECRET_KEY)? })
    }

    /// A text without what must not leave.
    ///
    /// # Errors
    /// [`RedactionError`] when the text is too long to be looked at.
    pub fn text(&self, text: &str) -> Result<String, RedactionError> {
        if text.len() > MAX_BYTES {
            return Err(RedactionError);
        }
        catch_unwind(AssertUnwindSafe(|| self.apply(text))).map_err(|_| RedactionError)
    }

    /// A fact without what must not leave: every text in its data and its detail. A fact that cannot be redacted
    /// keeps its name and loses its data.
    pub fn fact(&self, fact: Fact) -> Fact {
        let Fact { probe, outcome, took_ms, privacy } = fact;
        let redacted = catch_unwind(AssertUnwindSafe(|| match outcome {
            FactOutcome::Ok { data } => {
                let mut budget = MAX_FACT_BYTES;
                self.value(data, 0, &mut budget).map(|data| FactOutcome::Ok { data })
            }
            FactOutcome::Unavailable { reason, detail } => {
                let detail = detail.map(|detail| self.text(&detail)).transpose()?;
                Ok(FactOutcome::Unavailable { reason, detail })
            }
        }));
        let outcome = redacted.unwrap_or(Err(RedactionError)).unwrap_or_else(|_| {
            tracing::error!(probe, "a fact could not be redacted and was dropped");
            FactOutcome::Unavailable { reason: Unavailable::RedactionFailed, detail: None }
        });
        Fact { probe, outcome, took_ms, privacy }
    }

    fn value(
        &self,
        value: serde_json::Value,
        depth: usize,
        budget: &mut usize,
    ) -> Result<serde_json::Value, RedactionError> {
        use serde_json::Value;
        if depth > MAX_DEPTH {
            return Err(RedactionError);
        }
        let mut spend = |text: &str| -> Result<(), RedactionError> {
            *budget = budget.checked_sub(text.len()).ok_or(RedactionError)?;
            Ok(())
        };
        Ok(match value {
            Value::String(text) => {
                spend(&text)?;
                Value::String(self.text(&text)?)
            }
            Value::Array(items) => Value::Array(
                items.into_iter().map(|item| self.value(item, depth + 1, budget)).collect::<Result<_, _>>()?,
            ),
            Value::Object(members) => {
                let mut redacted = serde_json::Map::new();
                for (key, member) in members {
                    *budget = budget.checked_sub(key.len()).ok_or(RedactionError)?;
                    let member = match member {
                        Value::String(text) if !text.is_empty() && self.secret_key.is_match(&key) => {
                            Value::String("[secret]".to_owned())
                        }
                        other => self.value(other, depth + 1, budget)?,
                    };
                    redacted.insert(self.text(&key)?, member);
                }
                Value::Object(redacted)
            }
            other => other,
        })
    }

    fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (regex, rule) in &self.rules {
            if !regex.is_match(&text) {
                continue;
            }
            let replaced = regex.replace_all(&text, |found: &Captures<'_>| {
                let secret = found.name("x").map_or("", |part| part.as_str());
                if !(rule.really)(secret) {
                    return found[0].to_owned();
                }
                let part = |name| found.name(name).map_or("", |part| part.as_str());
                format!("{}{}{}", part("before"), rule.instead, part("after"))
            });
            text = replaced.into_owned();
        }
        text
    }
}

#[cfg(test)]
mod tests;
