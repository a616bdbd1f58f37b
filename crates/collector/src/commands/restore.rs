//! A backup is checked as a whole in a folder beside the data before anything is replaced; what it replaces is moved
//! aside, not deleted.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use store::{Store, StoreOptions};

use crate::{cli::Output, clock::Clock, config::Config};

/// Flags of `restore`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder `backup` made.
    dir: PathBuf,
    /// Replace data that is there; it is moved aside.
    #[arg(long)]
    force: bool,
}

const DATABASE: &str = "redbutton.db";
const BLOBS: &str = "blobs";
/// SQLite's files beside the database; they belong to the database they were written for.
const PARTS: [&str; 4] = [DATABASE, "redbutton.db-wal", "redbutton.db-shm", BLOBS];

pub(crate) async fn run(output: Output, config: &Config, Arguments { dir, force }: Arguments) -> anyhow::Result<()> {
    if config.database.url.is_some() {
        bail!(
            "the rows are in the database of `database.url`: restore them with its own tools (pg_restore), \
             then copy {} to {}",
            dir.join(BLOBS).display(),
            config.data_dir().join(BLOBS).display()
        );
    }
    if !dir.join(DATABASE).is_file() {
        bail!("{} holds no backup: there is no {DATABASE} in it", dir.display());
    }
    let data = config.data_dir();
    let present: Vec<_> = PARTS.iter().filter(|part| is_filled(&data.join(part))).collect();
    if !present.is_empty() && !force {
        bail!("{} holds data already; with --force it is moved aside and replaced", data.display());
    }
    std::fs::create_dir_all(&data).with_context(|| format!("making {}", data.display()))?;
    let staged = tempdir_beside(&data)?;
    let result = stage(&dir, &staged).await;
    if let Err(error) = result {
        // What was staged is of no use; the data was not touched.
        if let Err(left) = std::fs::remove_dir_all(&staged) {
            tracing::warn!(error = %left, dir = %staged.display(), "a folder was left behind");
        }
        return Err(error.context("the backup is not sound; nothing was changed"));
    }
    let aside = (!present.is_empty())
        .then(|| data.join(format!("before-restore-{}", Clock::system().now().format("%Y%m%d-%H%M%S-%3f"))));
    if let Some(aside) = &aside {
        std::fs::create_dir(aside)?;
        for part in PARTS {
            if data.join(part).exists() {
                std::fs::rename(data.join(part), aside.join(part)).with_context(|| format!("moving {part} aside"))?;
            }
        }
    }
    for part in PARTS {
        let (from, to) = (staged.join(part), data.join(part));
        if from.exists() {
            if to.is_dir() {
                std::fs::remove_dir(&to).with_context(|| format!("replacing {}", to.display()))?;
            }
            std::fs::rename(&from, &to).with_context(|| format!("putting {part} in place"))?;
        }
    }
    std::fs::remove_dir_all(&staged)?;
    let value = serde_json::json!({ "data_dir": data, "moved_aside": aside });
    output.print(&value, || match &aside {
        Some(aside) => format!("Restored into {}.\nWhat was there is in {}.", data.display(), aside.display()),
        None => format!("Restored into {}.", data.display()),
    })
}

/// Whether there is something at `path` that a restore would replace.
fn is_filled(path: &Path) -> bool {
    match std::fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => path.exists(),
    }
}

/// In the data folder itself, so that putting it in place is a rename.
fn tempdir_beside(data: &Path) -> anyhow::Result<PathBuf> {
    let staged = data.join(format!("restoring-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir(&staged).with_context(|| format!("making {}", staged.display()))?;
    Ok(staged)
}

/// Copies a backup and has the store open and check it; that brings an older one up to date, too.
async fn stage(dir: &Path, staged: &Path) -> anyhow::Result<()> {
    let (from, to) = (dir.to_owned(), staged.to_owned());
    tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        std::fs::copy(from.join(DATABASE), to.join(DATABASE)).context("copying the database")?;
        std::fs::File::open(to.join(DATABASE))?.sync_all()?;
        copy_folder(&from.join(BLOBS), &to.join(BLOBS)).context("copying the files")
    })
    .await??;
    let url = format!("sqlite://{}", staged.join(DATABASE).display());
    let store =
        Store::open(&StoreOptions::new(url, staged.join(BLOBS))).await.context("opening the copied database")?;
    let found = store.integrity().await.context("checking the copied database")?;
    store.close().await;
    if !found.problems.is_empty() {
        bail!("the database is damaged: {}", found.problems.join("; "));
    }
    if !found.missing_blobs.is_empty() {
        bail!("{} attachments have no file in the backup", found.missing_blobs.len());
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    if !from.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
            std::fs::File::open(&target)?.sync_all()?;
        }
    }
    Ok(())
}
