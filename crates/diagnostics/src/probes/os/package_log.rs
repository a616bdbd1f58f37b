//! When packages were last upgraded, by the logs of dpkg and dnf (their times are local).

use chrono::NaiveDateTime;

/// The last `upgrade` or `install` of dpkg.log: `2026-02-27 09:12:44 upgrade libc6:amd64 2.36-9 2.36-10`.
pub(super) fn last_of_dpkg_log(text: &str) -> Option<NaiveDateTime> {
    text.lines().rev().find_map(|line| {
        let (time, rest) = line.split_at_checked(19)?;
        let action = rest.split_whitespace().next()?;
        matches!(action, "upgrade" | "install")
            .then(|| NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M:%S").ok())
            .flatten()
    })
}

/// The last `Upgraded:`, `Upgrade:` or `Installed:` of dnf.rpm.log (`2026-02-27T09:12:44+0300 SUBDEBUG Upgraded: …`;
/// older versions write a `Z` after local time, so the zone is left out).
pub(super) fn last_of_dnf_log(text: &str) -> Option<NaiveDateTime> {
    text.lines().rev().find_map(|line| {
        let (time, rest) = line.split_at_checked(19)?;
        ["Upgraded:", "Upgrade:", "Installed:"]
            .iter()
            .any(|word| rest.contains(word))
            .then(|| NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S").ok())
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_last_change_dpkg_made() {
        let log = "2026-02-20 08:00:00 upgrade openssl:amd64 3.0.11 3.0.13\n\
                   2026-02-27 09:12:44 install linux-image-6.1.0-18:amd64 <none> 6.1.76\n\
                   2026-02-28 10:00:00 status installed man-db:amd64 2.11\n\
                   2026-02-28 10:00:01 remove foo:amd64 1 <none>\nshort\n";
        assert_eq!(last_of_dpkg_log(log).unwrap().to_string(), "2026-02-27 09:12:44");
        assert_eq!(last_of_dpkg_log("кириллица вместо журнала, без дат"), None);
    }

    #[test]
    fn finds_the_last_change_dnf_made() {
        let log = "2026-01-15T11:02:03+0300 INFO --- logging initialized ---\n\
                   2026-01-15T11:02:40+0300 SUBDEBUG Upgraded: openssl-3.0.12-1.red80.x86_64\n\
                   2026-01-16T11:00:00Z SUBDEBUG Erase: foo-1\n";
        assert_eq!(last_of_dnf_log(log).unwrap().to_string(), "2026-01-15 11:02:40");
    }
}
