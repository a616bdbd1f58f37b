//! Settings: defaults → file → environment → flags, each value with where it came from.
//!
//! To add a setting: a field with its default in the section's file, and a check there if not every value makes sense.
//! To add a section: a file, a field in [`Config`], a line in [`Config::check`].

mod database;
mod layers;
mod limits;
mod log;
mod screens;
mod server;
mod staff;
mod storage;
mod triage;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use database::DatabaseSection;
pub use layers::{Origin, Setting};
pub use limits::LimitsSection;
pub use log::{LogFormat, LogSection};
pub use screens::ScreensSection;
pub use server::ServerSection;
pub use staff::StaffSection;
pub use storage::StorageSection;
pub use triage::TriageSection;

/// Prefix of environment variables: `REDBUTTON_COLLECTOR__SERVER__LISTEN` is `server.listen`.
pub const ENVIRONMENT_PREFIX: &str = "REDBUTTON_COLLECTOR__";
/// Read when no other file is named and it exists.
pub const DEFAULT_FILE: &str = "/etc/redbutton-collector/config.toml";

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where it listens.
    pub server: ServerSection,
    /// Where files lie.
    pub storage: StorageSection,
    /// Where rows lie.
    pub database: DatabaseSection,
    /// What it takes.
    pub limits: LimitsSection,
    /// Reading the text on screenshots.
    pub screens: ScreensSection,
    /// How staff sign in.
    pub staff: StaffSection,
    /// What is done with what triage finds.
    pub triage: TriageSection,
    /// What it logs.
    pub log: LogSection,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or not readable.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{path} is not TOML: {source}")]
    NotToml {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A value does not fit its setting, or there is no such setting.
    #[error("{key} = {value} (from {origin}): {problem}")]
    Invalid {
        /// Dotted name of the setting.
        key: String,
        /// Its value as given; masked if it may hold a secret.
        value: String,
        /// Where it came from.
        origin: Origin,
        /// What is wrong with it.
        problem: String,
    },
    /// `--set` without `=`.
    #[error("--set {0}: write it as key=value, for example --set limits.report=128KiB")]
    NotAnAssignment(String),
}

/// A problem with one value, found by a section.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Dotted name of the setting.
    pub key: &'static str,
    /// What is wrong.
    pub says: String,
}

impl Problem {
    fn new(key: &'static str, says: impl Into<String>) -> Self {
        Self { key, says: says.into() }
    }
}

/// A configuration and where each of its values came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Every setting, by name.
    pub settings: Vec<Setting>,
}

/// Where a configuration is read from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// A file named by the caller; [`DEFAULT_FILE`] is read when there is none and it exists.
    pub file: Option<PathBuf>,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// Assignments from flags: the flag as typed, key, value.
    pub flags: Vec<(String, String, String)>,
}

impl Config {
    /// Reads and checks a configuration.
    pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
        let file = match &sources.file {
            Some(file) => Some(file.clone()),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.exists()),
        };
        let layers = layers::Layers::collect(file.as_deref(), &sources.environment, &sources.flags)?;
        let config: Self = layers.build()?;
        if let Some(problem) = config.check().into_iter().next() {
            return Err(layers.invalid(problem.key, problem.says));
        }
        Ok(Loaded { config, settings: layers.settings() })
    }

    fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.server.check(&mut problems);
        self.storage.check(&mut problems);
        self.limits.check(&mut problems);
        self.screens.check(&mut problems);
        self.staff.check(&mut problems);
        problems
    }

    /// A collector with everything in `folder`, on a free port, for a first run or a test.
    pub fn in_folder(folder: &Path) -> Self {
        let mut config = Self::default();
        config.storage.data_dir = folder.to_owned();
        config
    }

    /// The data folder as an absolute path.
    pub fn data_dir(&self) -> PathBuf {
        // Fails for an empty path alone, which `check` refuses.
        std::path::absolute(&self.storage.data_dir).unwrap_or_else(|_| self.storage.data_dir.clone())
    }

    /// How the store is opened.
    pub fn store_options(&self) -> store::StoreOptions {
        store::StoreOptions::new(self.database_url(), self.data_dir().join("blobs"))
    }

    /// Where rows lie: as set, or a SQLite file in the data folder.
    pub fn database_url(&self) -> String {
        self.database.url.clone().map_or_else(
            || format!("sqlite://{}", self.data_dir().join("redbutton.db").display()),
            |url| url.reveal().to_owned(),
        )
    }
}

#[cfg(test)]
mod tests;
