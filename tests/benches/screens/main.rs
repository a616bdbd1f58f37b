//! `cargo xtask bench screens`: how much of rendered error dialogs is read, in Russian and English, light and dark, at 100 to
//! 200 % scaling, cropped and on a whole desktop; beside the same tesseract without any preparation. `ui/e2e/dialogs.mjs`
//! draws the pictures and writes what stands on them.

mod score;
mod truth;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context as _, bail, ensure};
use serde::{Deserialize, Serialize};

use score::{Figures, Reading, Row, rows};

#[derive(Debug, Default)]
struct Options {
    json: bool,
    pictures: Option<PathBuf>,
    every: usize,
    misses: bool,
}

#[derive(Serialize)]
struct Summary {
    pictures: usize,
    /// Pictures the collector gave up, as it would in service: nothing of them was read.
    given_up: usize,
    engine: String,
    prepared: Figures,
    plain: Figures,
    rows: Vec<Row>,
}

/// What `read-screen --json` prints.
#[derive(Deserialize)]
struct Read {
    text: String,
    category: String,
    took_ms: u64,
    engine: String,
}

fn main() -> anyhow::Result<()> {
    let options = Options::read(std::env::args().skip(1))?;
    let folder = tempfile::tempdir()?;
    let drawn = match &options.pictures {
        Some(drawn) => drawn.clone(),
        None => draw(folder.path())?,
    };
    let collector = collector()?;
    let mut readings = Vec::new();
    let mut given_up = 0;
    let mut engine = String::new();
    for picture in truth::read(&drawn)?.into_iter().step_by(options.every.max(1)) {
        let file = drawn.join(&picture.file);
        let packed = if picture.kind == "desktop" { as_sent(&file, folder.path())? } else { file.clone() };
        let read = match prepared(&collector, &packed)? {
            Prepared::Read(read) => read,
            Prepared::GivenUp(read) => {
                given_up += 1;
                read
            }
        };
        let (plain, plain_ms) = plain(&file)?;
        if !read.engine.is_empty() {
            engine = read.engine;
        }
        let reading = Reading::new(picture, &read.text, &read.category, read.took_ms, &plain, plain_ms);
        if options.misses {
            reading.tell_misses();
        }
        readings.push(reading);
    }
    ensure!(!readings.is_empty(), "there are no pictures");
    let all: Vec<&Reading> = readings.iter().collect();
    let summary = Summary {
        pictures: readings.len(),
        given_up,
        engine,
        prepared: Figures::of(&all, |reading| &reading.prepared),
        plain: Figures::of(&all, |reading| &reading.plain),
        rows: rows(&readings),
    };
    if options.json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        println!("{}", table(&summary));
    }
    Ok(())
}

impl Options {
    fn read(mut words: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut options = Self { every: 1, ..Self::default() };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--json" => options.json = true,
                // Cargo adds it to every benchmark.
                "--bench" => {}
                "--misses" => options.misses = true,
                "--pictures" => options.pictures = Some(words.next().context("--pictures needs a folder")?.into()),
                "--every" => options.every = words.next().context("--every needs a number")?.parse()?,
                other => bail!("unknown flag {other}; there are --json --pictures FOLDER --every N --misses"),
            }
        }
        Ok(options)
    }
}

/// Draws the pictures with the browser of the tests.
fn draw(folder: &Path) -> anyhow::Result<PathBuf> {
    let drawn = folder.join("pictures");
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui");
    let output = Command::new("node").arg("e2e/dialogs.mjs").arg(&drawn).current_dir(ui).output()?;
    ensure!(output.status.success(), "drawing failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(drawn)
}

/// The picture as the agent packs it: lossless WebP.
fn as_sent(file: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let packed = folder.join("screen.webp");
    image::open(file)?.to_rgb8().save_with_format(&packed, image::ImageFormat::WebP)?;
    Ok(packed)
}

/// What the collector made of a picture.
enum Prepared {
    Read(Read),
    /// It took longer than the collector allows; nothing was read.
    GivenUp(Read),
}

fn prepared(collector: &Path, file: &Path) -> anyhow::Result<Prepared> {
    let begun = Instant::now();
    let output = Command::new(collector).args(["--json", "read-screen"]).arg(file).output()?;
    if output.status.success() {
        return Ok(Prepared::Read(serde_json::from_slice(&output.stdout)?));
    }
    let says = String::from_utf8_lossy(&output.stderr);
    ensure!(says.contains("the recogniser took more than"), "read-screen: {says}");
    let took_ms = u64::try_from(begun.elapsed().as_millis())?;
    let (text, category, engine) = (String::new(), String::new(), String::new());
    Ok(Prepared::GivenUp(Read { text, category, took_ms, engine }))
}

/// The floor: what tesseract makes of the file as it is, with its own defaults.
fn plain(file: &Path) -> anyhow::Result<(String, u64)> {
    let begun = Instant::now();
    let mut command = Command::new("tesseract");
    command.arg(file).args(["stdout", "-l", "rus+eng"]).env("OMP_THREAD_LIMIT", "1");
    let output = command.output().context("tesseract is not installed")?;
    ensure!(output.status.success(), "tesseract: {}", output.status);
    let took = u64::try_from(begun.elapsed().as_millis())?;
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), took))
}

fn collector() -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("REDBUTTON_COLLECTOR_BIN") {
        return Ok(path.into());
    }
    let here = std::env::current_exe()?;
    let path = here.parent().and_then(Path::parent).context("no target folder")?.join("redbutton-collector");
    path.exists().then_some(path).context("build it first: cargo build --release -p collector")
}

fn table(summary: &Summary) -> String {
    let line = |name: &str, count: usize, prepared: &Figures, plain: &Figures| {
        format!(
            "{name:18} {count:>5} {:>16} {:>16} {:>9.3} {:>9.3} {:>9.3} {:>13}",
            format!("{:.3} ({})", prepared.codes_read, prepared.codes),
            format!("{:.3}", plain.codes_read),
            prepared.titles,
            plain.titles,
            prepared.categories.unwrap_or(0.0),
            format!("{} / {}", prepared.p50_ms, prepared.p95_ms),
        )
    };
    let head = format!(
        "{} pictures, {} given up, {}\n{:18} {:>5} {:>16} {:>16} {:>9} {:>9} {:>9} {:>13}",
        summary.pictures,
        summary.given_up,
        summary.engine,
        "",
        "count",
        "codes (of)",
        "floor: codes",
        "titles",
        "floor",
        "category",
        "p50/p95 ms"
    );
    let all = line("all", summary.pictures, &summary.prepared, &summary.plain);
    let rows = summary.rows.iter().map(|row| line(&row.of, row.pictures, &row.prepared, &row.plain));
    [head, all].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}
