use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

/// A drawn picture and what stands on it.
#[derive(Debug, Deserialize)]
pub struct Picture {
    /// Its file, beside `truth.json`.
    pub file: String,
    /// `cropped` or `desktop`.
    pub kind: String,
    /// `ru` or `en`.
    pub language: String,
    /// `light` or `dark`.
    pub theme: String,
    /// Percent.
    pub scale: u32,
    /// The title of the dialog.
    pub title: String,
    /// Error codes a person could copy from it.
    pub codes: Vec<String>,
    /// What the first line would file it under.
    pub category: String,
}

/// Reads `truth.json` of a folder.
pub fn read(folder: &Path) -> anyhow::Result<Vec<Picture>> {
    let path = folder.join("truth.json");
    let text = std::fs::read(&path).with_context(|| path.display().to_string())?;
    Ok(serde_json::from_slice(&text)?)
}
