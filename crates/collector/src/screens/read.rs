use std::time::{Duration, Instant};

use super::{
    limited_process::Ended,
    prepare::{Unreadable, prepare},
    reread,
    tesseract::{Layout, Letters, Tesseract},
    word::text,
};

/// What stands on a picture.
#[derive(Debug)]
pub struct Screen {
    /// Its text, one line of the picture a line; empty where there is none.
    pub text: String,
    /// Width and height in pixels.
    pub size: (u32, u32),
}

/// Why a picture was not read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// It never will be.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The recogniser failed; another try may do better.
    #[error("the recogniser {0}")]
    Recogniser(#[from] Ended),
}

/// Reads a PNG or WebP. Takes at most `limit` beside the unpacking, which the number of pixels bounds.
pub async fn read(
    tesseract: &Tesseract,
    file: Vec<u8>,
    max_megapixels: u32,
    limit: Duration,
) -> Result<Screen, NotRead> {
    // A decoder that panics has met a picture it cannot unpack.
    let prepared = tokio::task::spawn_blocking(move || prepare(&file, max_megapixels)).await;
    let prepared = prepared.unwrap_or(Err(Unreadable::Broken))?;
    let (grey, dpi) = (&prepared.grey, prepared.dpi);
    let begun = Instant::now();
    let mut words = tesseract.words(grey, dpi, Letters::Both, Layout::Scattered, limit).await?;
    reread::join_parts(&mut words);
    let chosen = reread::candidates(&words);
    if !chosen.is_empty() {
        let sheet = reread::sheet(grey, &words, &chosen);
        let left = limit.saturating_sub(begun.elapsed());
        match tesseract.words(&sheet, dpi, Letters::English, Layout::Lines, left).await {
            Ok(again) => reread::correct(&mut words, &chosen, grey, &again),
            // The first reading is there, and better than none.
            Err(ended) => tracing::debug!(%ended, "codes were not read a second time"),
        }
    }
    Ok(Screen { text: text(&words), size: prepared.size })
}
