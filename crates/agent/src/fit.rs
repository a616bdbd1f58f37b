//! A report stays within its limit: the largest facts give up their data until it does.

use report::{FactOutcome, MAX_REPORT_BYTES, Omission, OmissionReason, Report, Unavailable};

/// The report's JSON, at most [`MAX_REPORT_BYTES`] long.
///
/// # Errors
/// What serde says; a report of ours always serialises.
pub(crate) fn to_json(report: &mut Report) -> serde_json::Result<String> {
    loop {
        let json = serde_json::to_string(report)?;
        if json.len() <= MAX_REPORT_BYTES {
            return Ok(json);
        }
        let sizes = report.facts.iter().map(|fact| fact.data().map_or(0, |data| data.to_string().len()));
        match sizes.enumerate().max_by_key(|(_, size)| *size).filter(|(_, size)| *size > 0) {
            Some((largest, _)) => {
                report.facts[largest].outcome =
                    FactOutcome::Unavailable { reason: Unavailable::TooLarge, detail: None };
            }
            // Facts without data are small and a sentence has its own limit, so this is a last resort.
            None if report.text.take().is_some() => {
                report.omissions.push(Omission { item: "text".to_owned(), reason: OmissionReason::TooLarge });
            }
            None => return Ok(json),
        }
    }
}

#[cfg(test)]
mod tests {
    use report::{Fact, Language, Privacy, SCHEMA_VERSION};

    use super::*;

    #[test]
    fn the_largest_facts_give_way_first_and_say_so() {
        let fact = |probe: &str, bytes: usize| Fact {
            probe: probe.into(),
            outcome: FactOutcome::Ok { data: serde_json::json!({"text": "x".repeat(bytes)}) },
            took_ms: 1,
            privacy: Privacy::Technical,
        };
        let mut report = Report {
            schema: SCHEMA_VERSION,
            id: uuid::Uuid::now_v7(),
            pressed_at: chrono::Utc::now(),
            agent: crate::device::agent_info(),
            hostname: "pc-1".into(),
            user: None,
            language: Language::Ru,
            text: Some("не печатает".into()),
            facts: vec![fact("small", 1_000), fact("huge", 300_000), fact("large", 150_000), fact("middle", 120_000)],
            attachments: Vec::new(),
            omissions: Vec::new(),
        };
        let json = to_json(&mut report).unwrap();
        assert!(json.len() <= MAX_REPORT_BYTES);
        let lost: Vec<_> = report.facts.iter().filter(|fact| fact.data().is_none()).map(|f| f.probe.as_str()).collect();
        assert_eq!(lost, ["huge", "large"]);
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    }
}
