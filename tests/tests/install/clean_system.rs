//! A clean Debian 12 in a folder, made by mmdebstrap and entered by chroot. Mounts live in namespaces of their own and
//! vanish with the command.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// Ends a test that hangs; measures nothing.
const PATIENCE: Duration = Duration::from_secs(600);

/// The folder; deleted when dropped.
pub struct CleanSystem {
    folder: tempfile::TempDir,
}

impl CleanSystem {
    /// Makes one, about a minute.
    pub fn make() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut mmdebstrap = Command::new("mmdebstrap");
        mmdebstrap.args(["--variant=minbase", "--mode=root", "bookworm"]).arg(folder.path());
        ran(&mut mmdebstrap)?;
        let system = Self { folder };
        // apt inside reaches the same archive by the same names.
        std::fs::copy("/etc/resolv.conf", system.path("/etc/resolv.conf"))?;
        Ok(system)
    }

    fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside.trim_start_matches('/'))
    }

    /// Installs packages with what they depend on.
    pub fn install(&self, packages: &[PathBuf]) -> anyhow::Result<()> {
        std::fs::create_dir_all(self.path("/packages"))?;
        let mut inside = Vec::new();
        for package in packages {
            let name = package.file_name().and_then(OsStr::to_str).context("a package's file name")?;
            std::fs::copy(package, self.path("/packages").join(name))?;
            inside.push(format!("/packages/{name}"));
        }
        self.run(&["apt-get", "update"])?;
        let mut command = vec!["apt-get", "install", "-y", "--no-install-recommends"];
        command.extend(inside.iter().map(String::as_str));
        self.run(&command)
    }

    /// A file's text.
    pub fn read(&self, inside: &str) -> anyhow::Result<String> {
        std::fs::read_to_string(self.path(inside)).with_context(|| inside.to_owned())
    }

    /// Runs a command as root.
    pub fn run(&self, command: &[&str]) -> anyhow::Result<()> {
        ran(self.as_user("root").env("DEBIAN_FRONTEND", "noninteractive").arguments(command).command())
    }

    /// Paths inside whose names match, `/proc` left out.
    pub fn find(&self, pattern: &str) -> anyhow::Result<Vec<String>> {
        let found = self
            .as_user("root")
            .arguments(["find", "/", "-xdev", "-path", "/proc", "-prune", "-o", "-name", pattern, "-print"]);
        Ok(found.output()?.lines().map(str::to_owned).collect())
    }

    /// A command as `user`, still to be given its words.
    pub fn as_user(&self, user: &str) -> Inside {
        // No fork on the way: the process started is in the end the command itself, and gets its signals.
        let script = r#"mount -t proc proc "$1/proc" && mount --bind /dev "$1/dev" && root=$1 user=$2 && shift 2 &&
            exec chroot "$root" setpriv --reuid="$user" --regid="$user" --init-groups -- "$@""#;
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c", script, "sh"]);
        command.arg(self.folder.path()).arg(user).env_clear();
        command
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LANG", "C.UTF-8")
            .current_dir("/");
        Inside(command)
    }
}

/// A command inside.
pub struct Inside(Command);

impl Inside {
    /// One more variable; there are no others but PATH and LANG.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Program and arguments.
    pub fn arguments<S: AsRef<OsStr>>(mut self, words: impl IntoIterator<Item = S>) -> Self {
        self.0.args(words);
        self
    }

    fn command(&mut self) -> &mut Command {
        &mut self.0
    }

    /// Starts it.
    pub fn spawn(mut self) -> anyhow::Result<Child> {
        Ok(self.0.spawn()?)
    }

    /// Its stdout, when it exits with 0.
    pub fn output(mut self) -> anyhow::Result<String> {
        let output = self.0.output()?;
        if !output.status.success() {
            bail!("{:?} ended with {}: {}{}", self.0, output.status, text(&output.stderr), text(&output.stdout));
        }
        Ok(text(&output.stdout))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn ran(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

/// Until `GET path` is answered with 200.
pub fn wait_for_200(address: &str, path: &str, process: &mut Child) -> anyhow::Result<()> {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    until(|| {
        if let Some(status) = process.try_wait()? {
            bail!("it ended with {status} before it answered");
        }
        Ok(ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")))
    })
}

/// Asks a process to end and waits for it.
pub fn end(process: &mut Child) -> anyhow::Result<ExitStatus> {
    ran(Command::new("kill").args(["-TERM", &process.id().to_string()]))?;
    until(|| Ok(process.try_wait()?.is_some()))?;
    Ok(process.wait()?)
}

fn until(mut condition: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !condition()? {
        if Instant::now() > deadline {
            bail!("it did not happen within {} s", PATIENCE.as_secs());
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "a process's end and another process's port have nothing to wait on in std"
        )]
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}
