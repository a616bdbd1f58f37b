//! A Debian package from a list of files (Debian Policy, chapters 5, 6 and 10; deb(5)).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::{command, repository};

/// What a package is made of.
pub struct Package {
    /// Its name.
    pub name: &'static str,
    /// Template of `DEBIAN/control` in `installer/`, with `@VERSION@`, `@ARCHITECTURE@`, `@DEPENDS@`, `@SIZE@`.
    pub control: &'static str,
    /// Programs whose libraries it depends on, and all other files.
    pub files: Vec<File>,
    /// `preinst`, `postinst`, `prerm`, `postrm` in `installer/`.
    pub scripts: Vec<(&'static str, &'static str)>,
    /// Files below `/etc` that an upgrade never overwrites when edited.
    pub conffiles: Vec<&'static str>,
    /// Dependencies beside the libraries.
    pub depends: &'static [&'static str],
    /// Libraries, where dpkg-shlibdeps is not there to find them.
    pub usual_libraries: &'static [&'static str],
}

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Read.
    Text,
    /// Executable.
    Script,
    /// Executable, and asked for its libraries.
    Program,
}

/// One file of a package.
pub struct File {
    /// Where it is now.
    pub source: PathBuf,
    /// Where it goes, absolute.
    pub target: String,
    /// What kind of file it is.
    pub kind: Kind,
}

impl File {
    /// A file from `installer/`.
    pub fn text(source: &str, target: &str) -> Self {
        Self { source: repository::root().join("installer").join(source), target: target.to_owned(), kind: Kind::Text }
    }

    /// An executable file from `installer/`.
    pub fn script(source: &str, target: &str) -> Self {
        Self { kind: Kind::Script, ..Self::text(source, target) }
    }

    /// A built program, into `/usr/bin`.
    pub fn program(name: &str) -> anyhow::Result<Self> {
        Ok(Self {
            source: repository::binary("release", name)?,
            target: format!("/usr/bin/{name}"),
            kind: Kind::Program,
        })
    }
}

/// What all packages of one run share.
pub struct Build {
    /// Version of the packages.
    pub version: String,
    /// Seconds since 1970, for time stamps inside.
    pub time: String,
    /// Where they are put.
    pub folder: PathBuf,
}

impl Build {
    /// Stages and packs; gives the path of the `.deb`.
    pub fn make(&self, package: &Package) -> anyhow::Result<PathBuf> {
        let stage = self.folder.join("stage").join(package.name);
        if stage.exists() {
            std::fs::remove_dir_all(&stage)?;
        }
        for file in &package.files {
            put(&file.source, &stage.join(file.target.trim_start_matches('/')), file.kind != Kind::Text)?;
        }
        let documentation = stage.join("usr/share/doc").join(package.name);
        put(&repository::root().join("installer/copyright"), &documentation.join("copyright"), false)?;
        put(&repository::root().join("CHANGELOG.md"), &documentation.join("changelog"), false)?;
        command::run_quiet_stdout(Command::new("gzip").args(["-9n", "-f"]).arg(documentation.join("changelog")))?;

        let control = stage.join("DEBIAN");
        std::fs::create_dir_all(&control)?;
        for (name, source) in &package.scripts {
            put(&repository::root().join("installer").join(source), &control.join(name), true)?;
        }
        if !package.conffiles.is_empty() {
            std::fs::write(control.join("conffiles"), package.conffiles.join("\n") + "\n")?;
        }
        let architecture = architecture()?;
        let depends = self.depends(package)?.join(", ");
        let template = std::fs::read_to_string(repository::root().join("installer").join(package.control))?;
        let filled = fill(
            &template,
            &[
                ("@VERSION@", &self.version),
                ("@ARCHITECTURE@", &architecture),
                ("@DEPENDS@", &depends),
                ("@SIZE@", &kibibytes(&stage)?.to_string()),
            ],
        )?;
        std::fs::write(control.join("control"), filled)?;
        let sums =
            command::output(Command::new("sh").current_dir(&stage).args([
                "-c",
                "find . -path ./DEBIAN -prune -o -type f -printf '%P\\0' | sort -z | xargs -0 -r md5sum",
            ]))?;
        std::fs::write(control.join("md5sums"), sums)?;

        let made = self.folder.join(format!("{}_{}_{architecture}.deb", package.name, self.version));
        command::run_quiet_stdout(
            Command::new("dpkg-deb")
                .env("SOURCE_DATE_EPOCH", &self.time)
                .args(["--root-owner-group", "-Zxz", "--build"])
                .args([&stage, &made]),
        )?;
        Ok(made)
    }

    fn depends(&self, package: &Package) -> anyhow::Result<Vec<String>> {
        let mut all: Vec<String> = package.depends.iter().map(|&name| name.to_owned()).collect();
        if command::exists("dpkg-shlibdeps") {
            all.extend(self.libraries(package)?);
        } else {
            eprintln!("      dpkg-shlibdeps is not there (package dpkg-dev): taking the usual libraries");
            all.extend(package.usual_libraries.iter().map(|&name| name.to_owned()));
        }
        Ok(all)
    }

    /// Asks dpkg-shlibdeps, which wants a source package around it.
    fn libraries(&self, package: &Package) -> anyhow::Result<Vec<String>> {
        let around = self.folder.join("stage").join(format!("{}.libraries", package.name));
        std::fs::create_dir_all(around.join("debian"))?;
        std::fs::write(
            around.join("debian/control"),
            format!("Source: {0}\n\nPackage: {0}\nArchitecture: any\n", package.name),
        )?;
        let mut ask = Command::new("dpkg-shlibdeps");
        ask.current_dir(&around).arg("-O");
        for file in package.files.iter().filter(|file| file.kind == Kind::Program) {
            ask.arg(format!("-e{}", file.source.display()));
        }
        libraries_in(&String::from_utf8(command::output(&mut ask)?)?)
    }
}

fn libraries_in(said: &str) -> anyhow::Result<Vec<String>> {
    let line = said.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    let line = line.with_context(|| format!("dpkg-shlibdeps named no libraries: {said}"))?;
    Ok(line.split(", ").map(str::to_owned).collect())
}

/// Replaces every placeholder; one that stays is an error.
fn fill(template: &str, values: &[(&str, &str)]) -> anyhow::Result<String> {
    let filled = values.iter().fold(template.to_owned(), |text, (key, value)| text.replace(key, value));
    if let Some(line) = filled
        .lines()
        .find(|line| line.split('@').any(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_uppercase())))
    {
        bail!("a placeholder is left in `{line}`");
    }
    Ok(filled)
}

fn put(source: &Path, target: &Path, executable: bool) -> anyhow::Result<()> {
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder)?;
    }
    command::output(
        Command::new("install").args(["-m", if executable { "755" } else { "644" }]).args([source, target]),
    )?;
    Ok(())
}

fn architecture() -> anyhow::Result<String> {
    let said = command::output(Command::new("dpkg").arg("--print-architecture"))?;
    Ok(String::from_utf8(said)?.trim().to_owned())
}

/// Installed-Size: what it takes on disk, rounded up.
fn kibibytes(folder: &Path) -> anyhow::Result<u64> {
    let said =
        String::from_utf8(command::output(Command::new("du").args(["-k", "-s", "--apparent-size"]).arg(folder))?)?;
    said.split_whitespace().next().and_then(|n| n.parse().ok()).with_context(|| format!("du said {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_that_stays_is_an_error() {
        assert_eq!(fill("Version: @VERSION@\n", &[("@VERSION@", "1.2")]).unwrap(), "Version: 1.2\n");
        assert!(fill("Version: @VERSION@\nDepends: @DEPENDS@\n", &[("@VERSION@", "1.2")]).is_err());
        assert!(fill("Maintainer: R <r@example.org>\n", &[]).is_ok());
    }

    #[test]
    fn libraries_come_from_what_dpkg_shlibdeps_says() {
        let said = "shlibs:Depends=libc6 (>= 2.34), libgtk-3-0 (>= 3.24)\n";
        assert_eq!(libraries_in(said).unwrap(), ["libc6 (>= 2.34)", "libgtk-3-0 (>= 3.24)"]);
        assert!(libraries_in("").is_err());
    }
}
