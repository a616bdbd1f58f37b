use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Problem;
use crate::units::ByteSize;

/// Where files lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StorageSection {
    /// Folder of the SQLite file and the attachments; made when missing.
    pub data_dir: PathBuf,
    /// `doctor` warns when less than this is free.
    pub warn_free: ByteSize,
}

impl Default for StorageSection {
    fn default() -> Self {
        Self { data_dir: PathBuf::from("redbutton-data"), warn_free: ByteSize(1 << 30) }
    }
}

impl StorageSection {
    pub(super) fn check(&self, problems: &mut Vec<Problem>) {
        if self.data_dir.as_os_str().is_empty() {
            problems.push(Problem::new("storage.data_dir", "is empty"));
        }
    }
}
