//! Files that are whole or absent, whatever happens in between, and that survive a power cut once written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Names of files that are still being written begin with this.
pub(crate) const UNFINISHED: &str = ".unfinished-";

/// Makes a folder, with its parents, that nobody else may look into.
pub(crate) fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    // On Windows the folders of a profile are private by their inherited access list.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Puts `bytes` under `path`: a temporary file, fsync, rename. The name itself is durable after [`sync_folder`].
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = write_unfinished(path, bytes)?;
    fs::rename(&unfinished, path).inspect_err(|_| drop(fs::remove_file(&unfinished)))
}

/// Like [`write`], but leaves a file that is there already as it is and says so by `AlreadyExists`.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = write_unfinished(path, bytes)?;
    // A link fails when the name is taken, which a rename does not.
    let outcome = fs::hard_link(&unfinished, path);
    drop(fs::remove_file(&unfinished));
    outcome
}

fn write_unfinished(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let unfinished = folder.join(format!("{UNFINISHED}{}-{:016x}", std::process::id(), rand::random::<u64>()));
    let attempt = (|| {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()
    })();
    match attempt {
        Ok(()) => Ok(unfinished),
        Err(error) => {
            drop(fs::remove_file(&unfinished));
            Err(error)
        }
    }
}

/// Makes the names in a folder durable: new, renamed and removed ones.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder) {
        Ok(handle) => handle.sync_all(),
        // Windows does not open folders as files; NTFS journals names by itself.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && std::env::consts::FAMILY == "windows" => {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Removes a file; one that is not there is as good as removed.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

/// A file's bytes; `None` when there is no such file.
pub(crate) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
