//! Tracing into one file of the state folder. Events carry codes, counts and ids; texts and names of people never.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::Mutex,
};

use tracing_subscriber::EnvFilter;

/// The file is turned over at this length; one older file is kept.
const MAX_BYTES: u64 = 1024 * 1024;

/// Starts logging into `{name}.log` in `folder` and notes panics there. `REDBUTTON_LOG` takes a tracing filter
/// (`debug`, `agent=trace`); the default is `info` for the project's own crates and `warn` for the rest.
///
/// # Errors
/// Fails where the file cannot be made; the app then runs without a log.
pub fn start(folder: &Path, name: &str) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let file = CappedFile::open(folder.join(format!("{name}.log")))?;
    let filter = EnvFilter::try_from_env("REDBUTTON_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,redbutton=info,agent=info,diagnostics=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Mutex::new(file)).init();

    let as_before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // The place, not the message: a message may quote what it choked on.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current();
        tracing::error!(place, thread = thread.name().unwrap_or("unnamed"), "panicked");
        as_before(panic);
    }));
    Ok(())
}

/// A log file that turns itself over.
struct CappedFile {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl CappedFile {
    fn open(path: PathBuf) -> std::io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let bytes = file.metadata()?.len();
        Ok(Self { path, file, bytes })
    }
}

impl Write for CappedFile {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        if self.bytes >= MAX_BYTES {
            std::fs::rename(&self.path, self.path.with_extension("old.log"))?;
            *self = Self::open(std::mem::take(&mut self.path))?;
        }
        let written = self.file.write(line)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_keeps_one_older_file_and_stays_small() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = CappedFile::open(folder.path().join("tray.log")).unwrap();
        let line = [b'x'; 64 * 1024];
        for _ in 0..40 {
            log.write_all(&line).unwrap();
        }
        let mut sizes: Vec<u64> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [8 * 64 * 1024, 16 * 64 * 1024]);
    }
}
