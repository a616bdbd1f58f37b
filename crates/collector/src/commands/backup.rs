use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::open_store;
use crate::{cli::Output, config::Config};

/// Flags of `backup`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A new or empty folder.
    dir: PathBuf,
}

pub(crate) async fn run(output: Output, config: &Config, Arguments { dir }: Arguments) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    let made = store.backup_to(&dir).await.with_context(|| format!("copying into {}", dir.display()))?;
    store.close().await;
    let database = made.database.as_deref().map(|path| path.display().to_string());
    let value = serde_json::json!({ "dir": dir, "database": database, "attachments": made.blobs });
    output.print(&value, || {
        let rows = match database {
            Some(path) => format!("database   {path}"),
            None => "database   not copied: PostgreSQL's rows are copied by pg_dump, before this command".to_owned(),
        };
        format!(
            "{rows}\nfiles      {} in {}\nPut it in place with: restore {}",
            made.blobs,
            made.blobs_dir.display(),
            dir.display()
        )
    })
}
