//! Rules about files: their names, lengths and what must not stand in them.

use std::path::{Path, PathBuf};

use super::Breach;
use crate::repository;

/// A text file of the repository.
pub struct Source {
    /// Relative to the root, with `/`.
    path: String,
    text: String,
}

const MAX_LINES: usize = 600;
/// Where operating systems may be told apart.
const OS_CODE: &[&str] = &["crates/diagnostics/", "crates/agent/src/capture", "src-tauri/"];
const VAGUE: &[&str] = &["utils", "util", "helpers", "helper", "common", "manager", "misc"];
/// This file and its neighbours name what they forbid.
const THIS: &str = "xtask/src/architecture/";

/// Reads the sources and texts among `files`; pictures, lock files and generated files are left out.
pub fn read(files: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for file in files {
        let path = file.to_string_lossy().replace('\\', "/");
        let generated = path.contains("/generated/")
            || path.contains("/gen/")
            || path.ends_with("package-lock.json")
            || path.ends_with(".lock");
        if generated || path.starts_with("LICENSE") {
            continue;
        }
        // Not UTF-8: a picture or recorded bytes, which these rules are not about.
        if let Ok(text) = String::from_utf8(std::fs::read(repository::root().join(file))?) {
            sources.push(Source { path, text });
        }
    }
    Ok(sources)
}

fn has_extension(path: &str, extensions: &[&str]) -> bool {
    Path::new(path).extension().and_then(|e| e.to_str()).is_some_and(|e| extensions.contains(&e))
}

fn code(sources: &[Source]) -> impl Iterator<Item = &Source> {
    sources.iter().filter(|source| has_extension(&source.path, &["rs", "ts", "svelte", "css", "js", "sh"]))
}

/// `path:line` of every line that `is_breach`, in files that `applies` to.
fn lines(
    sources: &[Source],
    applies: impl Fn(&str) -> bool,
    is_breach: impl Fn(&str) -> Option<String>,
) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|source| !source.path.starts_with(THIS) && applies(&source.path)) {
        for (index, line) in source.text.lines().enumerate() {
            if let Some(why) = is_breach(line) {
                breaches.push(format!("{}:{}: {why}", source.path, index + 1));
            }
        }
    }
    breaches
}

pub fn stray_os_code(sources: &[Source]) -> Vec<Breach> {
    lines(
        sources,
        // Tests that drive a screen or a browser say on which system they can.
        |path| {
            let is_test = path.starts_with("tests/") || path.contains("/tests/");
            path.ends_with(".rs") && !is_test && !OS_CODE.iter().any(|allowed| path.starts_with(allowed))
        },
        |line| {
            let code = line.split("//").next().unwrap_or_default();
            let asks = code.contains("target_os") && code.contains("cfg");
            asks.then(|| "belongs into diagnostics, the agent's capture or src-tauri".to_owned())
        },
    )
}

/// The contract and the classifier are pure: time is handed to them.
pub fn clocks(sources: &[Source]) -> Vec<Breach> {
    lines(
        sources,
        |path| {
            path.ends_with(".rs") && (path.starts_with("crates/report/src") || path.starts_with("crates/triage/src"))
        },
        |line| line.contains("::now(").then(|| "time is a parameter here".to_owned()),
    )
}

pub fn long_files(sources: &[Source]) -> Vec<Breach> {
    code(sources)
        .map(|source| (source.text.lines().count(), &source.path))
        .filter(|(lines, _)| *lines > MAX_LINES)
        .map(|(lines, path)| format!("{path}: {lines} lines; make it two files"))
        .collect()
}

pub fn vague_names(sources: &[Source]) -> Vec<Breach> {
    code(sources)
        .filter(|source| source.path.split('/').any(|part| VAGUE.contains(&part.split('.').next().unwrap_or_default())))
        .map(|source| format!("{}: name it after what it holds", source.path))
        .collect()
}

pub fn machine_paths(sources: &[Source]) -> Vec<Breach> {
    lines(
        sources,
        |_| true,
        |line| {
            // Literal homes and work folders; `/home/` alone occurs in tests of redaction.
            let found = ["/work/", "/root/", "/tmp/bash", ".cargo/registry/src"].iter().find(|path| {
                line.match_indices(**path)
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-}/".contains(c)))
            });
            found.map(|path| format!("{path} exists on one machine only"))
        },
    )
}

pub fn silent_lints(sources: &[Source]) -> Vec<Breach> {
    lines(
        sources,
        |path| has_extension(path, &["rs", "ts", "svelte", "js"]),
        |line| {
            let line = line.trim_start();
            let rust = line.starts_with("#[allow(") || line.starts_with("#![allow(");
            let script = (line.contains("eslint-disable") && !line.contains("--")) || line.contains("@ts-ignore");
            (rust || script).then(|| "use #[expect(…, reason = \"…\")], or @ts-expect-error with its why".to_owned())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Vec<Source> {
        vec![Source { path: path.to_owned(), text: text.to_owned() }]
    }

    #[test]
    fn operating_systems_are_told_apart_only_where_allowed() {
        let text = "fn a() {}\n#[cfg(target_os = \"linux\")]\nfn b() {}\n";
        assert_eq!(stray_os_code(&source("crates/store/src/blob.rs", text)).len(), 1);
        assert!(stray_os_code(&source("crates/store/src/blob.rs", text))[0].starts_with("crates/store/src/blob.rs:2:"));
        assert!(stray_os_code(&source("crates/diagnostics/src/probes/disk.rs", text)).is_empty());
        assert!(stray_os_code(&source("tests/tests/e2e/main.rs", text)).is_empty());
        assert!(stray_os_code(&source("crates/store/src/blob.rs", "// cfg(target_os) is not for us\n")).is_empty());
    }

    #[test]
    fn the_classifier_may_not_look_at_the_clock() {
        assert_eq!(clocks(&source("crates/triage/src/group.rs", "let t = Utc::now();")).len(), 1);
        assert!(clocks(&source("crates/agent/src/world.rs", "let t = Utc::now();")).is_empty());
    }

    #[test]
    fn a_file_of_601_lines_is_too_long() {
        assert!(long_files(&source("a.rs", &"x\n".repeat(600))).is_empty());
        assert_eq!(long_files(&source("a.rs", &"x\n".repeat(601))).len(), 1);
        assert!(long_files(&source("rules.toml", &"x\n".repeat(601))).is_empty());
    }

    #[test]
    fn vague_names_are_found_in_folders_and_files() {
        assert_eq!(vague_names(&source("crates/store/src/utils.rs", "")).len(), 1);
        assert_eq!(vague_names(&source("ui/shared/src/helpers/date.ts", "")).len(), 1);
        assert!(vague_names(&source("crates/store/src/ticket.rs", "")).is_empty());
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        assert_eq!(machine_paths(&source("README.md", "see `/work/main/docs`")).len(), 1);
        assert!(machine_paths(&source("a.rs", "\"https://example.org/work/main\"")).is_empty());
        assert!(machine_paths(&source("a.rs", "let home = \"/home/anna\";")).is_empty());
    }

    #[test]
    fn lints_are_not_silenced_without_a_why() {
        assert_eq!(silent_lints(&source("a.rs", "    #[allow(dead_code)]\n")).len(), 1);
        assert!(silent_lints(&source("a.rs", "#[expect(dead_code, reason = \"…\")]\n")).is_empty());
        assert_eq!(silent_lints(&source("a.ts", "// @ts-ignore\n")).len(), 1);
    }
}
