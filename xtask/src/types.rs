//! Verb `types`: the OpenAPI document and the TypeScript types, generated from the collector's own code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::step::Progress;
use crate::{command, repository, ui};

/// Verb `types`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Change nothing; fail when the committed files are not what would be generated.
    #[arg(long)]
    check: bool,
}

/// Generates or compares.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut progress = Progress::new(3);
    progress.step("npm packages", ui::ensure_packages)?;
    progress.step("build the collector, which knows its own API", || {
        command::run_quiet_stdout(repository::cargo().args(["build", "--package", "collector"]))
    })?;
    let collector = repository::binary("debug", "redbutton-collector")?;
    if arguments.check {
        progress.step("compare the generated files", || check(&collector))
    } else {
        progress.step("generate", || generate(&collector))
    }
}

fn folder() -> PathBuf {
    repository::root().join("ui/shared/src/generated")
}

/// Writes `openapi.json` and the types made from it.
fn generate(collector: &Path) -> anyhow::Result<()> {
    let document = command::output(Command::new(collector).arg("openapi"))?;
    std::fs::create_dir_all(folder())?;
    std::fs::write(folder().join("openapi.json"), document)?;
    command::run_quiet_stdout(&mut ui::npm(&["run", "types"]))
}

/// Generates, compares with what was there, and puts back what was there.
pub fn check(collector: &Path) -> anyhow::Result<()> {
    let before = contents(&folder())?;
    let generated = generate(collector).and_then(|()| contents(&folder()));
    for (path, bytes) in &before {
        std::fs::write(path, bytes).with_context(|| format!("cannot put back {}", path.display()))?;
    }
    let stale = differing(&before, &generated?);
    if !stale.is_empty() {
        bail!("not what the collector's code says: {}; run `cargo xtask types` and commit", stale.join(", "));
    }
    eprintln!("      {} files are up to date", before.len());
    Ok(())
}

type Contents = BTreeMap<PathBuf, Vec<u8>>;

fn contents(folder: &Path) -> anyhow::Result<Contents> {
    let mut files = Contents::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_file() {
            files.insert(path.clone(), std::fs::read(path)?);
        }
    }
    Ok(files)
}

fn differing(before: &Contents, after: &Contents) -> Vec<String> {
    let names = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    after.iter().filter(|(path, bytes)| before.get(*path) != Some(*bytes)).map(|(path, _)| names(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_and_new_files_are_stale_and_others_are_not() {
        let before = Contents::from([("a.json".into(), b"1".to_vec()), ("b.ts".into(), b"1".to_vec())]);
        let after = Contents::from([
            ("a.json".into(), b"1".to_vec()),
            ("b.ts".into(), b"2".to_vec()),
            ("c.ts".into(), b"".to_vec()),
        ]);
        assert_eq!(differing(&before, &after), ["b.ts", "c.ts"]);
    }
}
