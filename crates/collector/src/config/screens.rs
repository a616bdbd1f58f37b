use serde::{Deserialize, Serialize};

use super::Problem;
use crate::{limits, units::Span};

/// Reading the text on screenshots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScreensSection {
    /// Whether it is read at all.
    pub enabled: bool,
    /// The recogniser: `tesseract`, or its path.
    pub command: String,
    /// How many pictures are read at the same time.
    pub workers: u32,
    /// How long one picture may take; then the recogniser is killed.
    pub time_limit: Span,
    /// Larger pictures are not read.
    pub max_megapixels: u32,
}

impl Default for ScreensSection {
    fn default() -> Self {
        Self {
            enabled: true,
            command: "tesseract".to_owned(),
            workers: 1,
            time_limit: Span(limits::SCREEN_TIME),
            max_megapixels: limits::SCREEN_MEGAPIXELS,
        }
    }
}

impl ScreensSection {
    pub(super) fn check(&self, problems: &mut Vec<Problem>) {
        if self.command.trim().is_empty() {
            problems.push(Problem::new("screens.command", "is empty; set screens.enabled to false to read none"));
        }
        if !(1..=64).contains(&self.workers) {
            problems.push(Problem::new("screens.workers", "is not between 1 and 64"));
        }
        if self.time_limit.0.as_secs() == 0 || self.time_limit.0 > limits::SCREEN_TIME_MOST {
            let says = format!("is not between 1s and {}", Span(limits::SCREEN_TIME_MOST));
            problems.push(Problem::new("screens.time_limit", says));
        }
        if self.max_megapixels == 0 {
            problems.push(Problem::new("screens.max_megapixels", "would read nothing"));
        }
    }
}
