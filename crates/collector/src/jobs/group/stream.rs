//! What of the log the detector is shown, and as what.

use chrono::TimeDelta;
use report::{Factor, Notice, NoticeKind};
use sha2::{Digest, Sha256};
use store::{LoggedWhat, StoredReport, TimelineKind};
use triage::Input;
use triage::incidents::Settings;
use uuid::Uuid;

/// The report an entry is about, where its factors may have changed with it.
pub(super) fn report_of(what: &LoggedWhat) -> Option<Uuid> {
    match what {
        LoggedWhat::Ticket(
            _,
            TimelineKind::Opened { report_id }
            | TimelineKind::Joined { report_id }
            | TimelineKind::TextAdded { report_id, .. }
            | TimelineKind::VerdictRefined { report_id, .. },
        ) => Some(*report_id),
        _ => None,
    }
}

pub(super) fn is_arrival(what: &LoggedWhat) -> bool {
    matches!(what, LoggedWhat::Ticket(_, TimelineKind::Opened { .. } | TimelineKind::Joined { .. }))
}

/// Whether a press waited for so long that it says nothing of now.
pub(super) fn is_late(stored: &StoredReport, settings: &Settings) -> bool {
    stored.received_at - stored.report.pressed_at > TimeDelta::seconds(settings.longest_window_s())
}

/// Whether planned maintenance explains the report: it is no sign of anything. Either its user was told of it, or it was
/// over when the report came, and not when the button was pressed; `ended` has what is over.
pub(super) fn is_expected(stored: &StoredReport, factors: &[Factor], ended: &[Notice]) -> bool {
    if stored.notice.as_ref().is_some_and(|notice| notice.kind == NoticeKind::Maintenance) {
        return true;
    }
    let ended = ended.iter().filter(|notice| notice.ends_at.is_some_and(|end| end <= stored.received_at));
    let (input, pressed_at) = (Input::new(&stored.report), stored.report.pressed_at);
    triage::match_notice(&stored.verdict, factors, &input, ended, pressed_at).is_some()
}

/// A user of a device as the detector knows them: 64 bits of a hash, the same on every collector.
pub(super) fn person(stored: &StoredReport) -> u64 {
    let hash = Sha256::new_with_prefix(stored.device_id.as_bytes());
    let hash = hash.chain_update(stored.report.user.as_deref().unwrap_or_default()).finalize();
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use report::{AgentInfo, Category, Language, LocalText, NoticeOrigin, OsFamily, Report, SCHEMA_VERSION};

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-03-02T12:00:00Z".parse().unwrap()
    }

    /// Somebody without mail, whose press of `pressed_at` came at noon.
    fn stored(pressed_at: DateTime<Utc>) -> StoredReport {
        let report = Report {
            schema: SCHEMA_VERSION,
            id: Uuid::nil(),
            pressed_at,
            agent: AgentInfo { version: "0.1.0".into(), os: OsFamily::Linux },
            hostname: "desk-17".into(),
            user: None,
            language: Language::Ru,
            text: Some("не приходит почта".into()),
            facts: vec![],
            attachments: vec![],
            omissions: vec![],
        };
        StoredReport {
            verdict: triage::Classifier::shipped().unwrap().verdict(&Input::new(&report)),
            report,
            device_id: Uuid::nil(),
            received_at: noon(),
            ticket_number: 1,
            notice: None,
            withdrawn_at: None,
            attachments: vec![],
            screens: vec![],
            follow_ups: vec![],
        }
    }

    #[test]
    fn a_press_is_late_that_waited_longer_than_the_detector_looks_back() {
        let longest = TimeDelta::hours(8);
        let is_late = |waited| is_late(&stored(noon() - waited), &Settings::default());
        assert!(!is_late(longest));
        assert!(is_late(longest + TimeDelta::milliseconds(1)));
        assert!(!is_late(-TimeDelta::hours(20)), "its clock is ahead");
    }

    #[test]
    fn a_press_is_expected_from_within_maintenance_that_was_over_when_it_came() {
        let (begins, ends) = (noon() - TimeDelta::hours(4), noon() - TimeDelta::hours(1));
        let mail = Notice {
            id: Uuid::nil(),
            kind: NoticeKind::Maintenance,
            title: LocalText::new("Mail moves", "Переезд почты"),
            category: Category::Email,
            keywords: vec![],
            factors: vec![],
            ticket: None,
            origin: NoticeOrigin::Staff,
            starts_at: begins,
            ends_at: Some(ends),
            next_news_at: None,
            affected: 0,
        };
        let is_expected = |pressed_at, notice: &Notice| {
            let stored = stored(pressed_at);
            let factors = triage::factors(&stored.verdict, &stored.report, None);
            is_expected(&stored, &factors, std::slice::from_ref(notice))
        };
        let moment = TimeDelta::milliseconds(1);
        assert!(is_expected(begins, &mail) && is_expected(ends - moment, &mail));
        assert!(!is_expected(begins - moment, &mail) && !is_expected(ends, &mail));
        let printing = Notice { category: Category::Printing, ..mail.clone() };
        assert!(!is_expected(begins, &printing), "it explains something else");
        let goes_on = Notice { ends_at: Some(noon() + moment), ..mail.clone() };
        assert!(!is_expected(begins, &goes_on), "whom it concerned was told, unless they had said that it did not");
        let told = StoredReport { notice: Some(mail), ..stored(noon()) };
        assert!(super::is_expected(&told, &[], &[]));
    }
}
