//! Reports for the tests, made of a sentence and a few facts.
#![expect(dead_code, reason = "each test file uses the part it needs")]

use std::sync::LazyLock;

use report::{AgentInfo, Category, Fact, FactOutcome, Language, OsFamily, Privacy, Report, SCHEMA_VERSION, Verdict};
use serde_json::Value;
use triage::{Classifier, Input};
use uuid::Uuid;

/// The shipped rules, compiled once for the tests of one binary.
pub static SHIPPED: LazyLock<Classifier> = LazyLock::new(|| Classifier::shipped().unwrap_or_else(|e| panic!("{e}")));

/// A report with this sentence and these facts.
pub fn report(text: Option<&str>, facts: &Value) -> Report {
    let facts = facts.as_object().into_iter().flatten().map(|(probe, data)| Fact {
        probe: probe.clone(),
        outcome: FactOutcome::Ok { data: data.clone() },
        took_ms: 1,
        privacy: Privacy::Technical,
    });
    Report {
        schema: SCHEMA_VERSION,
        id: Uuid::from_u128(1),
        pressed_at: "2026-03-02T09:00:00Z".parse().expect("a moment"),
        agent: AgentInfo { version: "0.1.0".into(), os: OsFamily::Windows },
        hostname: "ws-1".into(),
        user: None,
        language: Language::Ru,
        text: text.map(str::to_owned),
        facts: facts.collect(),
        attachments: vec![],
        omissions: vec![],
    }
}

/// The verdict on a sentence alone.
pub fn verdict_on(text: &str) -> Verdict {
    SHIPPED.verdict(&Input::new(&report(Some(text), &Value::Null)))
}

/// The verdict on a sentence and facts.
pub fn verdict_with(text: Option<&str>, facts: &Value) -> Verdict {
    SHIPPED.verdict(&Input::new(&report(text, facts)))
}

/// A category by its name.
pub fn category(name: &str) -> Category {
    serde_json::from_value(Value::from(name)).unwrap_or_else(|_| panic!("no category `{name}`"))
}
