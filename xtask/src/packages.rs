//! System packages: which are missing, installing them as root, or the one command that does.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::command;

/// Verb `packages`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Groups of packages.toml; all but `windows` when none is named.
    #[arg(value_enum)]
    groups: Vec<Group>,
    /// Only list, with purposes.
    #[arg(long)]
    list: bool,
}

/// Groups of `packages.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, PartialOrd, Ord, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// The agent and the collector.
    Build,
    /// The tray app.
    Desktop,
    /// The tests.
    Test,
    /// Cross-building for Windows.
    Windows,
    /// Making and testing packages.
    Package,
}

type List = BTreeMap<Group, BTreeMap<String, String>>;

fn list() -> anyhow::Result<List> {
    toml::from_str(include_str!("../packages.toml")).context("packages.toml")
}

/// Installs or lists.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let default = [Group::Build, Group::Desktop, Group::Test, Group::Package];
    let groups = if arguments.groups.is_empty() { &default[..] } else { &arguments.groups };
    if arguments.list {
        for (group, packages) in list()?.iter().filter(|(group, _)| groups.contains(group)) {
            println!("{group:?}");
            for (name, purpose) in packages {
                println!("  {name:32} {purpose}");
            }
        }
        return Ok(());
    }
    ensure(groups)
}

/// Makes sure that everything in these groups is installed. As root it installs what is missing; otherwise the error is the
/// one command to type.
pub fn ensure(groups: &[Group]) -> anyhow::Result<()> {
    let list = list()?;
    let wanted: BTreeMap<&str, &str> = list
        .iter()
        .filter(|(group, _)| groups.contains(group))
        .flat_map(|(_, packages)| packages.iter().map(|(name, purpose)| (name.as_str(), purpose.as_str())))
        .collect();
    if !command::exists("dpkg-query") {
        eprintln!("      This is not Debian or a relative of it. Make sure you have the equivalents of:");
        wanted.iter().for_each(|(name, purpose)| eprintln!("        {name:32} {purpose}"));
        return Ok(());
    }
    let missing = missing(&wanted.keys().copied().collect::<Vec<_>>())?;
    if missing.is_empty() {
        eprintln!("      all {} are installed", wanted.len());
        return Ok(());
    }
    eprintln!("      {} of {} are missing:", missing.len(), wanted.len());
    for name in &missing {
        eprintln!("        {name:32} {}", wanted[name.as_str()]);
    }
    if !is_root()? {
        bail!(
            "system packages are missing; install them with this one command and run again:\n\n  \
             sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends {}'\n",
            missing.join(" ")
        );
    }
    // A mirror that was just renewed no longer has what the index names: both are done again, not one alone.
    install(&missing).or_else(|error| {
        eprintln!("      {error:#}; once more");
        install(&missing)
    })
}

fn install(names: &[String]) -> anyhow::Result<()> {
    // The lock may be held by an unattended upgrade, and archives are away for moments.
    let apt_get = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command.args(["-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=5", "-o", "Dpkg::Use-Pty=0"]);
        command
    };
    // The index of a fresh image is empty or old.
    command::run_quiet_stdout(apt_get().arg("update"))?;
    command::run_quiet_stdout(apt_get().args(["install", "-y", "--no-install-recommends"]).args(names))
}

/// Those of `names` that dpkg does not have installed.
fn missing(names: &[&str]) -> anyhow::Result<Vec<String>> {
    // Exits with 1 when a name is unknown, and still lists the others.
    let output = Command::new("dpkg-query")
        .args(["-W", "-f", "${Package}\t${db:Status-Status}\n"])
        .args(names)
        .output()
        .context("cannot start dpkg-query")?;
    Ok(not_installed(names, &String::from_utf8_lossy(&output.stdout)))
}

fn not_installed(names: &[&str], listed: &str) -> Vec<String> {
    let installed: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(|(_, status)| *status == "installed")
        .map(|(name, _)| name)
        .collect();
    names.iter().filter(|name| !installed.contains(name)).map(|name| (*name).to_owned()).collect()
}

/// Whether we may install packages.
pub fn is_root() -> anyhow::Result<bool> {
    Ok(command::output(Command::new("id").arg("-u"))?.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_has_a_purpose_and_stands_in_one_group() {
        let mut seen = BTreeMap::new();
        for (group, packages) in list().unwrap() {
            for (name, purpose) in packages {
                assert!(purpose.len() > 3, "{name} has no purpose");
                assert_eq!(seen.insert(name.clone(), group), None, "{name} stands in two groups");
            }
        }
    }

    #[test]
    fn a_removed_package_with_its_configuration_left_is_missing() {
        let listed = "xvfb\tinstalled\nopenbox\tconfig-files\n";
        assert_eq!(not_installed(&["xvfb", "openbox", "chromium"], listed), ["openbox", "chromium"]);
    }
}
