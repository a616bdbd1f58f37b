//! Files of labelled texts.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, ensure};

/// First bytes of a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Labels and texts of a file: `label<TAB>text`, further columns are not read; gzip is told by its first bytes. The first
/// line is a header, unless `is_row` says by its first field that it is none.
pub fn read(path: &Path, is_row: impl Fn(&str) -> bool) -> anyhow::Result<Vec<(String, String)>> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut text = String::new();
    if bytes.starts_with(&GZIP) {
        flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text)
    } else {
        bytes.as_slice().read_to_string(&mut text)
    }
    .with_context(|| format!("{} is not UTF-8 text, plain or gzip", path.display()))?;
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let mut rows = Vec::new();
    for (at, line) in lines {
        let line = line.trim_end_matches('\r');
        let mut fields = line.split('\t');
        let (label, text) = (fields.next().unwrap_or_default(), fields.next());
        if (at == 0 && !is_row(label)) || line.is_empty() {
            continue;
        }
        let text = text.with_context(|| format!("{}:{}: no tab between label and text", path.display(), at + 1))?;
        rows.push((label.to_owned(), text.to_owned()));
    }
    ensure!(!rows.is_empty(), "{} has no rows", path.display());
    Ok(rows)
}
