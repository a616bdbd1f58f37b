//! What the admin command line does; one command, one file.

pub(crate) mod backup;
pub(crate) mod config;
pub(crate) mod device;
pub(crate) mod doctor;
pub(crate) mod read_screen;
pub(crate) mod restore;
pub(crate) mod serve;
pub(crate) mod staff;
pub(crate) mod token;
pub(crate) mod triage;

use anyhow::{Context, bail};
use store::{Organisation, Scope, Store};

use crate::{clock::Clock, config::Config, organisations::default_organisation};

/// Opens the store, making the data folder on a fresh machine.
async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let dir = config.data_dir();
    std::fs::create_dir_all(&dir).with_context(|| format!("making the data folder {}", dir.display()))?;
    Store::open(&config.store_options()).await.context("opening the store")
}

/// The organisation of that name, or the only one there is.
async fn choose_organisation(store: &Store, name: Option<&str>) -> anyhow::Result<(Organisation, Scope)> {
    let oldest = default_organisation(store, Clock::system().now()).await?;
    let all = store.list_organisations().await?;
    let chosen = match name {
        Some(name) => all.into_iter().find(|o| o.name == name).with_context(|| format!("no organisation `{name}`"))?,
        None if all.len() > 1 => {
            let names: Vec<_> = all.iter().map(|o| o.name.as_str()).collect();
            bail!("there are several organisations; say which with --organisation: {}", names.join(", "))
        }
        None => oldest,
    };
    let scope = store.in_organisation(chosen.id);
    Ok((chosen, scope))
}

/// Rows as aligned columns.
fn columns(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let body = rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
    [line(head.to_vec())].into_iter().chain(body).collect::<Vec<_>>().join("\n")
}

/// A time for people, to the minute.
fn minute(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
