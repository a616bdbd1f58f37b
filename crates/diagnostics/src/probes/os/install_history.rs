//! Property lists of macOS: /System/Library/CoreServices/SystemVersion.plist and /Library/Receipts/InstallHistory.plist.

use chrono::{DateTime, Utc};
use plist::Value;

/// Name, version and build.
pub(super) fn system_version(bytes: &[u8]) -> Option<(String, String, String)> {
    let list = Value::from_reader(std::io::Cursor::new(bytes)).ok()?;
    let list = list.as_dictionary()?;
    let text = |key: &str| list.get(key)?.as_string().map(str::to_owned);
    Some((text("ProductName")?, text("ProductVersion")?, text("ProductBuildVersion")?))
}

/// When the system last updated itself; programs people install stand in the same list.
pub(super) fn last_update(bytes: &[u8]) -> Option<DateTime<Utc>> {
    let list = Value::from_reader(std::io::Cursor::new(bytes)).ok()?;
    list.as_array()?
        .iter()
        .filter_map(|entry| {
            let entry = entry.as_dictionary()?;
            let by = entry.get("processName")?.as_string()?;
            let date = entry.get("date")?.as_date()?;
            matches!(by, "softwareupdated" | "macOS Installer" | "OS X Installer" | "SoftwareUpdate")
                .then(|| DateTime::<Utc>::from(std::time::SystemTime::from(date)))
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_name_version_and_build() {
        let list = br#"<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>
            <key>ProductBuildVersion</key><string>23D60</string><key>ProductName</key><string>macOS</string>
            <key>ProductVersion</key><string>14.3.1</string></dict></plist>"#;
        assert_eq!(system_version(list), Some(("macOS".to_owned(), "14.3.1".to_owned(), "23D60".to_owned())));
        assert_eq!(system_version(b"nonsense"), None);
    }

    #[test]
    fn the_last_update_is_the_systems_own() {
        let list = br#"<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><array>
            <dict><key>date</key><date>2026-02-10T08:00:00Z</date><key>processName</key><string>softwareupdated</string></dict>
            <dict><key>date</key><date>2026-01-01T08:00:00Z</date><key>processName</key><string>macOS Installer</string></dict>
            <dict><key>date</key><date>2026-03-01T08:00:00Z</date><key>processName</key><string>installer</string></dict>
            <dict><key>displayName</key><string>broken</string></dict></array></plist>"#;
        assert_eq!(last_update(list).unwrap().to_rfc3339(), "2026-02-10T08:00:00+00:00");
    }
}
