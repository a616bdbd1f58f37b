use std::{path::PathBuf, time::Instant};

use anyhow::{Context, bail};
use clap::Args;
use report::{AgentInfo, Category, Language, OsFamily, Report, SCHEMA_VERSION};
use serde::Serialize;
use triage::{Classifier, Input, ScreenText};
use uuid::Uuid;

use crate::{
    cli::Output,
    clock::Clock,
    config::Config,
    screens::{self, Tesseract},
};

/// Rules that stand for a known code begin like this.
const CODE_RULE: &str = "code.";

/// Flags of `read-screen`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A PNG or WebP.
    file: PathBuf,
}

#[derive(Serialize)]
struct Found {
    text: String,
    codes: Vec<String>,
    category: Category,
    confidence: f32,
    width: u32,
    height: u32,
    took_ms: u64,
    engine: String,
}

/// Reads one picture as the service does, and says what triage makes of its text alone.
pub(crate) async fn run(output: Output, config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let set = &config.screens;
    let path = arguments.file.display().to_string();
    let length = tokio::fs::metadata(&arguments.file).await.with_context(|| path.clone())?.len();
    if length > config.limits.attachment.0 {
        bail!("{path} has {length} bytes; no attachment may have more than {}", config.limits.attachment);
    }
    let file = tokio::fs::read(&arguments.file).await.with_context(|| path.clone())?;
    let classifier = Classifier::shipped().context("reading the rules")?;
    let tesseract = Tesseract::find(&set.command).await?;
    let begun = Instant::now();
    let screen = screens::read(&tesseract, file, set.max_megapixels, set.time_limit.0).await.context(path)?;
    let took = begun.elapsed();
    let report = silent_report();
    let shown = [ScreenText { attachment: 0, text: &screen.text }];
    let verdict = classifier.verdict(&Input { screen_texts: &shown, ..Input::new(&report) });
    let rules = verdict.findings.iter().filter_map(|finding| finding.rule.strip_prefix(CODE_RULE));
    let found = Found {
        codes: rules.map(str::to_owned).collect(),
        category: verdict.category.value,
        confidence: verdict.category.confidence,
        width: screen.size.0,
        height: screen.size.1,
        took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        engine: tesseract.version,
        text: screen.text,
    };
    output.print(&found, || {
        let codes = if found.codes.is_empty() { "none".to_owned() } else { found.codes.join(", ") };
        format!(
            "{}\n\n{} × {} pixels in {} ms, {}\ncodes known: {codes}\ncategory: {} ({:.0} %)",
            found.text,
            found.width,
            found.height,
            found.took_ms,
            found.engine,
            found.category.as_str(),
            found.confidence * 100.0
        )
    })
}

/// A press about which nothing is known but its screen.
fn silent_report() -> Report {
    Report {
        schema: SCHEMA_VERSION,
        id: Uuid::nil(),
        pressed_at: Clock::system().now(),
        agent: AgentInfo { version: env!("CARGO_PKG_VERSION").to_owned(), os: OsFamily::Windows },
        hostname: String::new(),
        user: None,
        language: Language::En,
        text: None,
        facts: Vec::new(),
        attachments: Vec::new(),
        omissions: Vec::new(),
    }
}
