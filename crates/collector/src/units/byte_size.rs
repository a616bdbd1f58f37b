use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A number of bytes, written `512`, `256 KiB`, `20 MiB` or `1 GiB` (powers of 1024, IEC 80000-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ByteSize(pub u64);

const UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

impl ByteSize {
    /// The number of bytes as this machine counts memory.
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, size) =
            UNITS.iter().find(|(_, size)| self.0 >= *size && self.0.is_multiple_of(*size)).unwrap_or(&("B", 1));
        write!(f, "{} {unit}", self.0 / size)
    }
}

impl FromStr for ByteSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = (&text[..digits], text[digits..].trim());
        let size = if unit.is_empty() { Some(1) } else { UNITS.iter().find(|(name, _)| *name == unit).map(|u| u.1) };
        match (number.parse::<u64>(), size) {
            (Ok(number), Some(size)) => {
                number.checked_mul(size).map(Self).ok_or_else(|| format!("`{text}` is more than can be counted"))
            }
            _ => Err(format!("`{text}` is not a size; write it like `512 B`, `256 KiB`, `20 MiB` or `1 GiB`")),
        }
    }
}

impl From<ByteSize> for String {
    fn from(size: ByteSize) -> Self {
        size.to_string()
    }
}

impl TryFrom<String> for ByteSize {
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
        for (text, bytes) in [("0 B", 0), ("1000 B", 1000), ("256 KiB", 262_144), ("20 MiB", 20_971_520)] {
            assert_eq!(text.parse::<ByteSize>().unwrap(), ByteSize(bytes));
            assert_eq!(ByteSize(bytes).to_string(), text);
        }
        assert_eq!("512".parse::<ByteSize>().unwrap(), ByteSize(512));
    }

    #[test]
    fn refuses_other_units_and_overflow() {
        for text in ["", "MiB", "20 MB", "-1 B", "1.5 MiB", "99999999999 GiB"] {
            assert!(text.parse::<ByteSize>().is_err(), "{text:?} was taken");
        }
    }
}
