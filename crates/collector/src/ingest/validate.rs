//! What a schema cannot say about a report.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use report::{
    AttachmentKind, AttachmentPlan, ErrorCode, Fact, MAX_ATTACHMENTS, MAX_FACTS, MAX_TEXT_CHARS, MediaType, Report,
};
use serde_json::Value;

use crate::{config::LimitsSection, error::ApiError, limits};

fn invalid(path: &str, problem: impl std::fmt::Display) -> ApiError {
    ApiError::with_detail(ErrorCode::InvalidReport, format!("{path}: {problem}"))
}

/// Checks the values of a report against their limits and each other.
pub fn report(report: &Report, set: &LimitsSection) -> Result<(), ApiError> {
    if report.id.get_version_num() != 7 || report.id.get_variant() != uuid::Variant::RFC4122 {
        return Err(invalid("id", "is not a UUIDv7"));
    }
    required("hostname", &report.hostname, limits::HOSTNAME_CHARS)?;
    required("agent.version", &report.agent.version, limits::NAME_CHARS)?;
    optional("user", report.user.as_deref(), limits::NAME_CHARS)?;
    optional("text", report.text.as_deref(), MAX_TEXT_CHARS)?;
    facts(&report.facts)?;
    if report.attachments.len() > MAX_ATTACHMENTS {
        return Err(invalid("attachments", format_args!("more than {MAX_ATTACHMENTS}")));
    }
    let places: BTreeSet<u8> = report.attachments.iter().map(|plan| plan.n).collect();
    if !places.iter().copied().eq((0..).take(report.attachments.len())) {
        return Err(invalid("attachments", "n does not count from 0 without gaps"));
    }
    for plan in &report.attachments {
        attachment(plan, set)?;
    }
    if report.omissions.len() > limits::OMISSIONS {
        return Err(invalid("omissions", format_args!("more than {}", limits::OMISSIONS)));
    }
    for (n, omission) in report.omissions.iter().enumerate() {
        required(&format!("omissions[{n}].item"), &omission.item, limits::NAME_CHARS)?;
    }
    Ok(())
}

/// Checks that the device's clock is near enough to ours; the answer's `Date` tells it the time.
pub fn clocks(report: &Report, headers: &HeaderMap, now: DateTime<Utc>) -> Result<(), ApiError> {
    let skew = |problem: &str| Err(ApiError::with_detail(ErrorCode::ClockSkew, problem));
    if report.pressed_at > now + limits::CLOCK_AHEAD {
        return skew("pressed_at: is more than 24 hours ahead");
    }
    if report.pressed_at < now - limits::CLOCK_BEHIND {
        return skew("pressed_at: is more than 90 days behind");
    }
    let date = headers.get(header::DATE).and_then(|value| DateTime::parse_from_rfc2822(value.to_str().ok()?).ok());
    if date.is_some_and(|date| date > now + limits::CLOCK_AHEAD) {
        return skew("Date: is more than 24 hours ahead");
    }
    Ok(())
}

fn facts(facts: &[Fact]) -> Result<(), ApiError> {
    if facts.len() > MAX_FACTS {
        return Err(invalid("facts", format_args!("more than {MAX_FACTS}")));
    }
    let mut probes = BTreeSet::new();
    for (n, fact) in facts.iter().enumerate() {
        let name = &fact.probe;
        let well_formed = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.len() <= 64
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !well_formed {
            return Err(invalid(&format!("facts[{n}].probe"), "is not the name of a probe"));
        }
        if !probes.insert(name) {
            return Err(invalid(&format!("facts[{n}].probe"), "was answered before"));
        }
        if fact.data().is_some_and(has_nul) {
            return Err(invalid(&format!("facts[{n}].outcome.data"), "has a NUL character"));
        }
    }
    Ok(())
}

fn attachment(plan: &AttachmentPlan, set: &LimitsSection) -> Result<(), ApiError> {
    let path = |field: &str| format!("attachments[{}].{field}", plan.n);
    if plan.bytes == 0 || plan.bytes > set.attachment.0 {
        return Err(invalid(&path("bytes"), format_args!("is not between 1 and {}", set.attachment.0)));
    }
    if plan.sha256.len() != 64 || !plan.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(invalid(&path("sha256"), "is not 64 lower-case hex digits"));
    }
    optional(&path("monitor"), plan.monitor.as_deref(), limits::NAME_CHARS)?;
    match (plan.kind, plan.media_type, plan.size) {
        (AttachmentKind::Screenshot, MediaType::Json, _) => Err(invalid(&path("media_type"), "is not a picture's")),
        (AttachmentKind::Screenshot, _, None) => Err(invalid(&path("size"), "is missing")),
        (AttachmentKind::Screenshot, _, Some((width, height))) => {
            let pixels = u64::from(width) * u64::from(height);
            if (1..=limits::PICTURE_PIXELS).contains(&pixels) {
                return Ok(());
            }
            Err(invalid(&path("size"), format_args!("is not between 1 and {} pixels", limits::PICTURE_PIXELS)))
        }
        (AttachmentKind::Probes, MediaType::Json, None) => Ok(()),
        (AttachmentKind::Probes, ..) => Err(invalid(&path("media_type"), "answers of probes are JSON, without a size")),
    }
}

fn required(path: &str, text: &str, max_chars: usize) -> Result<(), ApiError> {
    if text.trim().is_empty() {
        return Err(invalid(path, "is empty"));
    }
    optional(path, Some(text), max_chars)
}

fn optional(path: &str, text: Option<&str>, max_chars: usize) -> Result<(), ApiError> {
    let Some(text) = text else { return Ok(()) };
    if text.chars().count() > max_chars {
        return Err(invalid(path, format_args!("has more than {max_chars} characters")));
    }
    if text.contains('\0') {
        return Err(invalid(path, "has a NUL character"));
    }
    Ok(())
}

/// PostgreSQL keeps no NUL in a text, and a fact's values end up in findings, which are texts.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use report::{AgentInfo, FactOutcome, Language, Omission, OmissionReason, OsFamily, Privacy};
    use uuid::Uuid;

    use super::*;

    fn fact(probe: &str, data: Value) -> Fact {
        let outcome = FactOutcome::Ok { data };
        Fact { probe: probe.to_owned(), outcome, took_ms: 1, privacy: Privacy::Technical }
    }

    fn plan(n: u8) -> AttachmentPlan {
        AttachmentPlan {
            n,
            kind: AttachmentKind::Screenshot,
            media_type: MediaType::Webp,
            bytes: 10,
            sha256: "0".repeat(64),
            size: Some((1920, 1080)),
            monitor: None,
        }
    }

    fn sound() -> Report {
        Report {
            schema: SCHEMA,
            id: Uuid::now_v7(),
            pressed_at: DateTime::UNIX_EPOCH,
            agent: AgentInfo { version: "1".into(), os: OsFamily::Linux },
            hostname: "pc".into(),
            user: None,
            language: Language::En,
            text: None,
            facts: vec![fact("uptime", serde_json::json!({}))],
            attachments: vec![plan(0), plan(1)],
            omissions: vec![],
        }
    }

    const SCHEMA: u16 = report::SCHEMA_VERSION;

    fn problem(change: impl FnOnce(&mut Report)) -> String {
        let mut changed = sound();
        change(&mut changed);
        let error = report(&changed, &LimitsSection::default()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidReport);
        error.detail().unwrap().to_owned()
    }

    #[test]
    fn a_sound_report_passes() {
        assert!(report(&sound(), &LimitsSection::default()).is_ok());
    }

    #[test]
    fn each_limit_is_named_by_its_path() {
        assert!(problem(|r| r.id = Uuid::new_v4()).starts_with("id:"));
        assert!(problem(|r| r.hostname = " ".into()).starts_with("hostname:"));
        assert!(problem(|r| r.hostname = "x".repeat(256)).starts_with("hostname:"));
        assert!(problem(|r| r.text = Some("я".repeat(4001))).starts_with("text:"));
        assert!(problem(|r| r.text = Some("a\0b".into())).starts_with("text:"));
        assert!(problem(|r| r.user = Some("x".repeat(257))).starts_with("user:"));
        assert!(
            problem(|r| r.facts = (0..65).map(|n| fact(&format!("p{n}"), Value::Null)).collect()).starts_with("facts:")
        );
        assert!(problem(|r| r.facts.push(fact("uptime", Value::Null))).starts_with("facts[1].probe:"));
        assert!(problem(|r| r.facts.push(fact("../x", Value::Null))).starts_with("facts[1].probe:"));
        assert!(problem(|r| r.facts.push(fact("x", serde_json::json!({"a": ["\0"]})))).starts_with("facts[1].outcome"));
        assert!(problem(|r| r.attachments.push(plan(3))).starts_with("attachments:"));
        assert!(problem(|r| r.attachments[1].n = 0).starts_with("attachments:"));
        assert!(problem(|r| r.attachments = (0..17).map(plan).collect()).starts_with("attachments:"));
        assert!(problem(|r| r.attachments[0].bytes = 0).starts_with("attachments[0].bytes:"));
        assert!(problem(|r| r.attachments[0].bytes = 20 * 1024 * 1024 + 1).starts_with("attachments[0].bytes:"));
        assert!(problem(|r| r.attachments[1].sha256 = "F".repeat(64)).starts_with("attachments[1].sha256:"));
        assert!(problem(|r| r.attachments[0].size = None).starts_with("attachments[0].size:"));
        assert!(problem(|r| r.attachments[0].size = Some((8001, 8000))).starts_with("attachments[0].size:"));
        assert!(problem(|r| r.attachments[0].media_type = MediaType::Json).starts_with("attachments[0].media_type:"));
        let omission = Omission { item: String::new(), reason: OmissionReason::TooLarge };
        assert!(problem(|r| r.omissions.push(omission)).starts_with("omissions[0].item:"));
    }

    #[test]
    fn clocks_may_differ_by_a_day_ahead_and_ninety_days_behind() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let pressed = |hours: i64| {
            let mut report = sound();
            report.pressed_at = now + chrono::TimeDelta::hours(hours);
            clocks(&report, &HeaderMap::new(), now).map_err(|e| e.code())
        };
        assert_eq!(pressed(24), Ok(()));
        assert_eq!(pressed(25), Err(ErrorCode::ClockSkew));
        assert_eq!(pressed(-90 * 24), Ok(()));
        assert_eq!(pressed(-90 * 24 - 1), Err(ErrorCode::ClockSkew));
        let mut headers = HeaderMap::new();
        let later = now + chrono::TimeDelta::hours(25);
        headers.insert(header::DATE, later.format("%a, %d %b %Y %T GMT").to_string().parse().unwrap());
        let report = Report { pressed_at: now, ..sound() };
        assert_eq!(clocks(&report, &headers, now).unwrap_err().code(), ErrorCode::ClockSkew);
    }
}
