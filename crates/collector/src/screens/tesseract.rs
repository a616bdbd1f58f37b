//! The recogniser: tesseract with Russian and English, as a program of its own for each picture.

use std::time::Duration;

use super::{
    flatten::Grey,
    limited_process::{Ended, run},
    word::{Word, words},
};

/// How long it may take to say what it is.
const ASKING: Duration = Duration::from_secs(10);
/// Languages it must have.
const LANGUAGES: [&str; 2] = ["eng", "rus"];

/// A tesseract that was found to work.
#[derive(Debug, Clone)]
pub struct Tesseract {
    command: String,
    /// Name and version, e.g. `tesseract 5.3.0`.
    pub version: String,
}

/// Which letters a text may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// Russian and English.
    Both,
    /// English: for codes, where a Cyrillic С is always a C.
    English,
}

/// How text stands on a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Anywhere, in pieces: a screen.
    Scattered,
    /// In lines, one under the other.
    Lines,
}

/// Why there is no recogniser to be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The program is not there.
    #[error("{0} is not installed")]
    NotInstalled(String),
    /// It is there, and does not work.
    #[error("{0}")]
    Broken(String),
    /// It lacks a language.
    #[error("{0} lacks {1}")]
    LacksLanguage(String, String),
}

impl Tesseract {
    /// Asks `command` what it is and which languages it has.
    pub async fn find(command: &str) -> Result<Self, Trouble> {
        let ask = async |argument: &str| match run(command, &[argument], Vec::new(), ASKING).await {
            Ok(answer) => Ok(String::from_utf8_lossy(&answer).into_owned()),
            Err(Ended::NotStarted(_)) => Err(Trouble::NotInstalled(command.to_owned())),
            Err(ended) => Err(Trouble::Broken(format!("{command} {ended}"))),
        };
        let version = ask("--version").await?.lines().next().unwrap_or_default().trim().to_owned();
        let listed = ask("--list-langs").await?;
        let lacks = |language: &&str| !listed.lines().any(|line| line.trim() == *language);
        let missing: Vec<&str> = LANGUAGES.into_iter().filter(lacks).collect();
        if !missing.is_empty() {
            return Err(Trouble::LacksLanguage(command.to_owned(), missing.join(", ")));
        }
        Ok(Self { command: command.to_owned(), version })
    }

    /// The words on a picture, in reading order.
    pub async fn words(
        &self,
        grey: &Grey,
        dpi: u32,
        letters: Letters,
        layout: Layout,
        limit: Duration,
    ) -> Result<Vec<Word>, Ended> {
        let dpi = dpi.to_string();
        let languages = match letters {
            Letters::Both => "rus+eng",
            Letters::English => "eng",
        };
        let segmentation = match layout {
            Layout::Scattered => "11",
            Layout::Lines => "6",
        };
        let arguments = ["stdin", "stdout", "-l", languages, "--psm", segmentation, "--dpi", &dpi, "tsv"];
        let table = run(&self.command, &arguments, portable_grey_map(grey), limit).await?;
        Ok(words(&String::from_utf8_lossy(&table)))
    }
}

/// The simplest format there is (Netpbm's PGM): nothing is packed only to be unpacked.
fn portable_grey_map(grey: &Grey) -> Vec<u8> {
    let mut file = format!("P5\n{} {}\n255\n", grey.width, grey.height).into_bytes();
    file.extend_from_slice(&grey.pixels);
    file
}
