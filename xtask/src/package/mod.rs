//! Verb `package`: release builds, and the Debian packages of the app and of the collector in `target/packages/`.
//!
//! What goes where is in `app.rs` and `service.rs`; the files themselves are in `installer/`.

mod app;
mod deb;
mod service;

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use crate::packages::{self, Group};
use crate::step::{Progress, duration};
use crate::{command, repository, ui};

/// Verb `package`.
#[derive(Default, clap::Args)]
pub struct Arguments {
    /// Pack what `target/release` holds already.
    #[arg(long)]
    no_build: bool,
}

/// Builds and packs; gives the packages' paths.
pub fn run(arguments: &Arguments) -> anyhow::Result<Vec<PathBuf>> {
    let mut progress = Progress::new(6);
    progress.step("system packages", || packages::ensure(&[Group::Build, Group::Desktop, Group::Package]))?;
    progress.step("npm packages", ui::ensure_packages)?;
    progress.step("pages", ui::ensure_built)?;
    progress.step("release build (about a quarter of an hour the first time)", || {
        if arguments.no_build {
            eprintln!("      left out: --no-build");
            return Ok(());
        }
        command::run_quiet_stdout(
            repository::cargo()
                .args(["build", "--release", "--locked", "--package", "collector", "--package", "redbutton"])
                .args(["--features", repository::APP_FEATURE]),
        )
    })?;
    let folder = repository::metadata()?.target_directory.join("packages");
    let made = progress.step("pack", || {
        std::fs::create_dir_all(&folder)?;
        let build = deb::Build { version: version()?, time: commit_time()?, folder: folder.clone() };
        Ok(vec![build.make(&app::package()?)?, build.make(&service::package()?)?])
    })?;
    progress.step("check", || {
        service::check()?;
        app::check()
    })?;
    eprintln!("\nmade in {}:", duration(progress.elapsed()));
    for path in &made {
        let megabytes = path.metadata()?.len() as f64 / 1_000_000.0;
        println!("{} ({megabytes:.1} MB)", path.display());
    }
    Ok(made)
}

fn version() -> anyhow::Result<String> {
    let members = &repository::metadata()?.packages;
    Ok(members
        .iter()
        .find(|member| member.name == "redbutton")
        .context("the member crate `redbutton`")?
        .version
        .clone())
}

/// Seconds since 1970 of the last commit: the same commit makes the same package (<https://reproducible-builds.org/specs/source-date-epoch/>).
fn commit_time() -> anyhow::Result<String> {
    if let Ok(given) = std::env::var("SOURCE_DATE_EPOCH") {
        return Ok(given);
    }
    let mut git = Command::new("git");
    git.current_dir(repository::root()).args(["-c", "safe.directory=*", "log", "-1", "--format=%ct"]);
    Ok(String::from_utf8(command::output(&mut git)?)?.trim().to_owned())
}
