//! os-release(5): the same keys on every distribution, with shell quoting.

/// What os-release says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct OsRelease {
    /// `ID`, lower case: `debian`, `astra`, `altlinux`, `redos`, `rosa`.
    pub id: String,
    /// `VERSION_ID`; empty for a rolling distribution.
    pub version: String,
    /// `BUILD_ID`.
    pub build: Option<String>,
    /// `PRETTY_NAME`, else `NAME` and `VERSION`.
    pub pretty_name: String,
}

/// Reads the keys we want; unknown lines are skipped, as the specification asks.
pub(super) fn parse(text: &str) -> OsRelease {
    let mut release = OsRelease::default();
    let (mut name, mut version, mut pretty) = (String::new(), String::new(), String::new());
    for line in text.lines() {
        let Some((key, value)) = line.trim().split_once('=') else { continue };
        let value = unquote(value.trim());
        match key {
            "ID" => release.id = value.to_ascii_lowercase(),
            "VERSION_ID" => release.version = value,
            "BUILD_ID" => release.build = (!value.is_empty()).then_some(value),
            "PRETTY_NAME" => pretty = value,
            "NAME" => name = value,
            "VERSION" => version = value,
            _ => {}
        }
    }
    if release.id.is_empty() {
        release.id = "linux".to_owned();
    }
    release.pretty_name = if pretty.is_empty() { format!("{name} {version}").trim().to_owned() } else { pretty };
    release
}

/// Shell quoting as os-release allows it: one pair of quotes around the whole, backslash escapes within double ones.
fn unquote(value: &str) -> String {
    if let Some(inner) = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return inner.to_owned();
    }
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    let mut plain = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => plain.extend(letters.next()),
            _ => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_astra() {
        let release = parse(include_str!("recorded/astra-1.7.os-release"));
        assert_eq!(release.id, "astra");
        assert_eq!(release.version, "1.7_x86-64");
        assert_eq!(release.build.as_deref(), Some("1.7.5.16"));
        assert_eq!(release.pretty_name, "Astra Linux");
    }

    #[test]
    fn reads_alt() {
        let release = parse(include_str!("recorded/alt-p10.os-release"));
        assert_eq!(release.id, "altlinux");
        assert_eq!(release.version, "10.2");
        assert_eq!(release.pretty_name, "ALT Workstation 10.2 (Autolycus)");
    }

    #[test]
    fn reads_red_os() {
        let release = parse(include_str!("recorded/redos-7.3.os-release"));
        assert_eq!(release.id, "redos");
        assert_eq!(release.version, "7.3");
        assert_eq!(release.pretty_name, "RED OS MUROM (7.3.4)");
    }

    #[test]
    fn reads_rosa_and_debian() {
        let rosa = parse(include_str!("recorded/rosa-12.os-release"));
        assert_eq!((rosa.id.as_str(), rosa.version.as_str()), ("rosa", "12.4"));
        let debian = parse(include_str!("recorded/debian-12.os-release"));
        assert_eq!(debian.pretty_name, "Debian GNU/Linux 12 (bookworm)");
    }

    #[test]
    fn unquotes_as_a_shell_would_and_survives_nonsense() {
        let release = parse("# comment\nID='my os'\nNAME=\"The \\\"Quoted\\\" OS\"\nVERSION=3\nnonsense\n=\n\"\n");
        assert_eq!(release.id, "my os");
        assert_eq!(release.pretty_name, "The \"Quoted\" OS 3");
        assert_eq!(parse("").id, "linux");
        assert_eq!(parse("ID=\"").id, "\"");
    }
}
