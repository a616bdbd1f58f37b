use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

/// A length of time, written `500ms`, `30s`, `15m`, `12h`, `7d` or `1h 30m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Span(pub Duration);

impl Span {
    /// `seconds` seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The same as chrono counts it; saturates after some 292 million years.
    pub fn as_delta(self) -> chrono::TimeDelta {
        chrono::TimeDelta::from_std(self.0).unwrap_or(chrono::TimeDelta::MAX)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_duration(self.0).fmt(f)
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        humantime::parse_duration(text)
            .map(Self)
            .map_err(|error| format!("`{text}` is not a length of time ({error}); write it like `30s`, `15m` or `7d`"))
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for (text, seconds) in [("0s", 0), ("30s", 30), ("15m", 900), ("7days", 604_800), ("1h 30m", 5_400)] {
            assert_eq!(text.parse::<Span>().unwrap(), Span::seconds(seconds));
            assert_eq!(Span::seconds(seconds).to_string(), text);
        }
        assert_eq!("7d".parse::<Span>().unwrap(), Span::seconds(604_800));
        assert!("soon".parse::<Span>().is_err());
    }
}
