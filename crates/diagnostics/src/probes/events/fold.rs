//! Folding: a thousand events are seldom more than a dozen different ones.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Event, Level};

/// Most groups told.
const MAX_GROUPS: usize = 40;
/// Longest message told, in Unicode scalar values.
const MAX_MESSAGE_CHARS: usize = 300;

/// Events of one provider and id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Group {
    /// Who said it: an event provider, a unit or a program.
    pub provider: String,
    /// What kind of event: the provider's own number, a message id, or `~` and a fingerprint of the text.
    pub id: String,
    /// The worst among them: `critical` or `error`.
    pub level: Level,
    /// How many.
    pub count: u64,
    /// The earliest in the window.
    pub first_at: DateTime<Utc>,
    /// The latest.
    pub last_at: DateTime<Utc>,
    /// What the latest said, at most 300 characters.
    pub message: String,
}

/// Groups, worst first, then most frequent, then latest.
pub(super) fn fold(events: Vec<Event>) -> Vec<Group> {
    let mut groups: HashMap<(String, String), Group> = HashMap::new();
    for event in events {
        let message = || event.message.trim().chars().take(MAX_MESSAGE_CHARS).collect();
        groups
            .entry((event.provider.clone(), event.id.clone()))
            .and_modify(|group| {
                group.count += 1;
                group.level = group.level.max(event.level);
                group.first_at = group.first_at.min(event.at);
                // Only the first of a kind may carry its text (formatting is dear on Windows).
                if event.at >= group.last_at && !event.message.is_empty() || group.message.is_empty() {
                    group.message = message();
                }
                group.last_at = group.last_at.max(event.at);
            })
            .or_insert_with(|| Group {
                level: event.level,
                count: 1,
                first_at: event.at,
                last_at: event.at,
                message: message(),
                provider: event.provider,
                id: event.id,
            });
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by(|a, b| {
        (b.level, b.count, b.last_at)
            .cmp(&(a.level, a.count, a.last_at))
            .then_with(|| (&a.provider, &a.id).cmp(&(&b.provider, &b.id)))
    });
    groups.truncate(MAX_GROUPS);
    groups
}

/// An id for events that carry none: equal for texts that differ in numbers and addresses alone.
#[cfg_attr(all(windows, not(test)), expect(dead_code, reason = "events of Windows carry numbers"))]
pub(super) fn fingerprint(message: &str) -> String {
    let mut pattern = String::with_capacity(message.len());
    for word in message.split_whitespace() {
        // Numbers, addresses, ids: words with a digit in them change from event to event.
        if word.chars().any(|letter| letter.is_ascii_digit()) {
            pattern.push('#');
        } else {
            pattern.push_str(word);
        }
        pattern.push(' ');
    }
    format!("~{}", hex::encode(&Sha256::digest(pattern.as_bytes())[..4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(provider: &str, id: &str, level: Level, minute: u32, message: &str) -> Event {
        Event {
            provider: provider.to_owned(),
            id: id.to_owned(),
            level,
            at: format!("2026-03-02T09:{minute:02}:00Z").parse().unwrap(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn events_of_one_provider_and_id_become_one_group_with_its_span() {
        let groups = fold(vec![
            event("disk", "7", Level::Error, 3, "second"),
            event("disk", "7", Level::Error, 1, "first"),
            event("disk", "7", Level::Error, 5, "latest"),
            event("disk", "11", Level::Error, 5, "other"),
            event("Kernel-Power", "41", Level::Critical, 0, "lost power"),
        ]);
        assert_eq!(groups.iter().map(|group| group.id.as_str()).collect::<Vec<_>>(), ["41", "7", "11"]);
        assert_eq!(groups[1].count, 3);
        assert_eq!(groups[1].message, "latest");
        assert_eq!(groups[1].first_at.to_rfc3339(), "2026-03-02T09:01:00+00:00");
        assert_eq!(groups[1].last_at.to_rfc3339(), "2026-03-02T09:05:00+00:00");
    }

    #[test]
    fn a_text_is_kept_when_later_events_of_the_kind_carry_none() {
        let groups = fold(vec![event("a", "1", Level::Error, 1, "the text"), event("a", "1", Level::Error, 2, "")]);
        assert_eq!(groups[0].message, "the text");
    }

    #[test]
    fn long_messages_and_many_groups_are_cut() {
        let long = "ы".repeat(1000);
        let groups = fold((0..100).map(|n| event("p", &n.to_string(), Level::Error, 1, &long)).collect());
        assert_eq!(groups.len(), MAX_GROUPS);
        assert_eq!(groups[0].message.chars().count(), MAX_MESSAGE_CHARS);
    }

    #[test]
    fn texts_that_differ_in_numbers_alone_have_one_fingerprint() {
        assert_eq!(
            fingerprint("I/O error, dev sda, sector 1234 op 0x0"),
            fingerprint("I/O error, dev sda, sector 99 op 0x1")
        );
        assert_ne!(fingerprint("usb 1-2: device not accepting address 5"), fingerprint("nfs: server not responding"));
    }
}
