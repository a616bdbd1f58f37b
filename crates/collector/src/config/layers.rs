use std::{collections::BTreeMap, fmt, path::Path};

use serde::{Serialize, de::DeserializeOwned};
use toml::{Table, Value};

use super::{Config, ConfigError, ENVIRONMENT_PREFIX};

/// Where a value came from; later ones win.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "from", content = "name", rename_all = "lowercase")]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A file.
    File(String),
    /// An environment variable.
    Environment(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(name) => write!(f, "file {name}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// One setting, ready to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Dotted name.
    pub key: String,
    /// Its value in TOML; masked if it may hold a secret.
    pub value: String,
    /// Where it came from.
    pub origin: Origin,
}

/// Settings that have no value unless somebody sets one; printed all the same, so that they are found.
const UNSET: &[&str] = &["database.url", "server.metrics_listen", "server.public_url"];
/// Settings that may hold a secret; printed masked.
const CONFIDENTIAL: &[&str] = &["database.url"];

/// Values by dotted name, each with its origin.
pub(super) struct Layers(BTreeMap<String, (Value, Origin)>);

impl Layers {
    pub(super) fn collect(
        file: Option<&Path>,
        environment: &[(String, String)],
        flags: &[(String, String, String)],
    ) -> Result<Self, ConfigError> {
        let mut layers = Self(BTreeMap::new());
        let defaults = Table::try_from(Config::default()).unwrap_or_default();
        layers.lay("", defaults, &Origin::Default);
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
            let table: Table = text
                .parse()
                .map_err(|source| ConfigError::NotToml { path: path.to_owned(), source: Box::new(source) })?;
            layers.lay("", table, &Origin::File(path.display().to_string()));
        }
        for (name, text) in environment {
            if let Some(key) = name.strip_prefix(ENVIRONMENT_PREFIX) {
                let key = key.to_ascii_lowercase().replace("__", ".");
                layers.set_text(&key, text, Origin::Environment(name.clone()));
            }
        }
        for (flag, key, text) in flags {
            layers.set_text(key, text, Origin::Flag(flag.clone()));
        }
        Ok(layers)
    }

    fn lay(&mut self, prefix: &str, table: Table, origin: &Origin) {
        for (name, value) in table {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                Value::Table(inner) => self.lay(&key, inner, origin),
                value => {
                    self.0.insert(key, (value, origin.clone()));
                }
            }
        }
    }

    /// A text takes the type its default has: `60` is a number for a limit and a text for a name.
    fn set_text(&mut self, key: &str, text: &str, origin: Origin) {
        let value = match self.0.get(key).map(|(default, _)| default) {
            Some(Value::Integer(_)) => text.trim().parse().map(Value::Integer).ok(),
            Some(Value::Boolean(_)) => text.trim().parse().map(Value::Boolean).ok(),
            Some(Value::Array(_)) => Some(Value::Array(
                text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(|t| Value::String(t.to_owned())).collect(),
            )),
            _ => None,
        };
        self.0.insert(key.to_owned(), (value.unwrap_or_else(|| Value::String(text.to_owned())), origin));
    }

    pub(super) fn build<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        let mut root = Table::new();
        for (key, (value, _)) in &self.0 {
            if let Err(problem) = insert(&mut root, key, value.clone()) {
                return Err(self.invalid(key, problem));
            }
        }
        serde_path_to_error::deserialize(Value::Table(root)).map_err(|error| {
            let path = error.path().to_string();
            let problem = error.inner().message().to_owned();
            match self.find(&path, &problem) {
                Some(key) => self.invalid(&key, problem),
                None => self.invalid(&path, problem),
            }
        })
    }

    /// The setting an error speaks of: at its path, or the unknown one below it.
    fn find(&self, path: &str, problem: &str) -> Option<String> {
        if self.0.contains_key(path) {
            return Some(path.to_owned());
        }
        let unknown = problem.strip_prefix("unknown field `")?.split('`').next()?;
        let prefix = path.trim_start_matches('.');
        let full = match prefix.is_empty() || prefix.ends_with(unknown) {
            true if prefix.is_empty() => unknown.to_owned(),
            true => prefix.to_owned(),
            false => format!("{prefix}.{unknown}"),
        };
        self.0.keys().find(|key| **key == full || key.starts_with(&format!("{full}."))).cloned()
    }

    pub(super) fn invalid(&self, key: &str, problem: impl Into<String>) -> ConfigError {
        let (value, origin) = match self.0.get(key) {
            Some((value, origin)) => (shown(key, value), origin.clone()),
            None => ("(nothing)".to_owned(), Origin::Default),
        };
        ConfigError::Invalid { key: key.to_owned(), value, origin, problem: problem.into() }
    }

    pub(super) fn settings(&self) -> Vec<Setting> {
        let set = self.0.iter().map(|(key, (value, origin))| Setting {
            key: key.clone(),
            value: shown(key, value),
            origin: origin.clone(),
        });
        let unset = UNSET.iter().filter(|key| !self.0.contains_key(**key)).map(|key| Setting {
            key: (*key).to_owned(),
            value: "(not set)".to_owned(),
            origin: Origin::Default,
        });
        let mut all: Vec<Setting> = set.chain(unset).collect();
        all.sort_by(|a, b| a.key.cmp(&b.key));
        all
    }
}

fn shown(key: &str, value: &Value) -> String {
    if CONFIDENTIAL.contains(&key) { "\"…\"".to_owned() } else { value.to_string() }
}

fn insert(table: &mut Table, key: &str, value: Value) -> Result<(), String> {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
            Ok(())
        }
        Some((section, rest)) => {
            let inner = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            match inner {
                Value::Table(inner) => insert(inner, rest, value),
                _ => Err(format!("`{section}` is a section, not a value")),
            }
        }
    }
}
