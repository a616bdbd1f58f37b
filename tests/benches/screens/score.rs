use serde::Serialize;

use crate::truth::Picture;

/// A picture, read twice.
pub struct Reading {
    picture: Picture,
    /// By the collector.
    pub prepared: Scored,
    /// By tesseract alone.
    pub plain: Scored,
}

/// How one reading went.
pub struct Scored {
    codes: usize,
    missed: Vec<String>,
    title: f64,
    category: Option<bool>,
    took_ms: u64,
}

/// How readings went.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// Codes on the pictures.
    pub codes: usize,
    /// Share of them that stands in the text letter by letter; upper and lower case count as one.
    pub codes_read: f64,
    /// Mean similarity of the title with the part of the text most like it: 1 less edits over length.
    pub titles: f64,
    /// Share of pictures whose category triage says from the text alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<f64>,
    /// Median time of a picture in milliseconds.
    pub p50_ms: u64,
    /// What 95 % do not exceed.
    pub p95_ms: u64,
}

/// Figures of the pictures that have something in common.
#[derive(Serialize)]
pub struct Row {
    /// What.
    pub of: String,
    /// How many.
    pub pictures: usize,
    /// By the collector.
    pub prepared: Figures,
    /// By tesseract alone.
    pub plain: Figures,
}

impl Reading {
    /// Compares both readings with the truth.
    pub fn new(picture: Picture, text: &str, category: &str, took_ms: u64, plain: &str, plain_ms: u64) -> Self {
        let prepared = Scored::new(&picture, text, Some(category == picture.category), took_ms);
        let plain = Scored::new(&picture, plain, None, plain_ms);
        Self { picture, prepared, plain }
    }

    /// Says what was not read.
    pub fn tell_misses(&self) {
        let Scored { missed, title, category, .. } = &self.prepared;
        if !missed.is_empty() || *title < 0.9 || *category == Some(false) {
            eprintln!("{}: missed {missed:?}, title {title:.2}, category right: {category:?}", self.picture.file);
        }
    }
}

impl Scored {
    fn new(picture: &Picture, text: &str, category: Option<bool>, took_ms: u64) -> Self {
        let folded = text.to_lowercase();
        let missed = picture.codes.iter().filter(|code| !folded.contains(&code.to_lowercase()));
        let missed = missed.cloned().collect();
        Self { codes: picture.codes.len(), missed, title: similarity(&picture.title, text), category, took_ms }
    }
}

impl Figures {
    /// Of one side of some readings.
    pub fn of(readings: &[&Reading], side: fn(&Reading) -> &Scored) -> Self {
        let scored: Vec<&Scored> = readings.iter().map(|reading| side(reading)).collect();
        let count = scored.len().max(1) as f64;
        let codes: usize = scored.iter().map(|one| one.codes).sum();
        let missed: usize = scored.iter().map(|one| one.missed.len()).sum();
        let mut times: Vec<u64> = scored.iter().map(|one| one.took_ms).collect();
        times.sort_unstable();
        let quantile = |q: f64| times.get(((times.len() as f64 * q).ceil() as usize).saturating_sub(1)).copied();
        let judged: Vec<bool> = scored.iter().filter_map(|one| one.category).collect();
        Self {
            codes,
            codes_read: (codes - missed) as f64 / codes.max(1) as f64,
            titles: scored.iter().map(|one| one.title).sum::<f64>() / count,
            categories: (!judged.is_empty())
                .then(|| judged.iter().filter(|right| **right).count() as f64 / judged.len() as f64),
            p50_ms: quantile(0.5).unwrap_or(0),
            p95_ms: quantile(0.95).unwrap_or(0),
        }
    }
}

/// By size, language, theme and scaling; the last two for each size apart.
pub fn rows(readings: &[Reading]) -> Vec<Row> {
    type Key = fn(&Picture) -> String;
    let keys: [Key; 4] = [
        |picture| picture.kind.clone(),
        |picture| format!("{} {}", picture.kind, picture.language),
        |picture| format!("{} {}", picture.kind, picture.theme),
        |picture| format!("{} {:>3} %", picture.kind, picture.scale),
    ];
    let mut rows = Vec::new();
    for key in keys {
        let mut names: Vec<String> = readings.iter().map(|reading| key(&reading.picture)).collect();
        names.sort();
        names.dedup();
        rows.extend(names.into_iter().map(|of| {
            let here: Vec<&Reading> = readings.iter().filter(|reading| key(&reading.picture) == of).collect();
            Row {
                pictures: here.len(),
                prepared: Figures::of(&here, |reading| &reading.prepared),
                plain: Figures::of(&here, |reading| &reading.plain),
                of,
            }
        }));
    }
    rows
}

/// Of `wanted` with the part of a line of `text` that is most like it, 0 to 1.
fn similarity(wanted: &str, text: &str) -> f64 {
    let letters = |text: &str| text.trim().to_lowercase().chars().collect::<Vec<char>>();
    let wanted = letters(wanted);
    let mut best = 0.0_f64;
    for line in text.lines().map(letters).filter(|line| !line.is_empty()) {
        let length = wanted.len().min(line.len());
        for part in line.windows(length) {
            let longest = wanted.len().max(part.len()).max(1);
            best = best.max(1.0 - edits(&wanted, part) as f64 / longest as f64);
        }
    }
    best
}

/// Levenshtein's distance.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
