//! Small files of /proc, /sys and /etc, which are texts of unknown length.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Longest file read, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// The file's text (invalid UTF-8 replaced), at most its first mebibyte.
pub(crate) fn read(path: impl AsRef<Path>) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The file's text without white space around it; `None` if it cannot be read or is empty.
pub(crate) fn read_trimmed(path: impl AsRef<Path>) -> Option<String> {
    let text = read(path).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The file's whole content as a number.
pub(crate) fn read_number<T: std::str::FromStr>(path: impl AsRef<Path>) -> Option<T> {
    read_trimmed(path)?.parse().ok()
}
