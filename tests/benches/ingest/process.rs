//! A server as a child process, and what the kernel says it costs.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::Context as _;

/// A running server; killed when dropped.
pub struct Served {
    /// `http://` and its address.
    pub url: String,
    child: Child,
    folder: PathBuf,
}

impl Served {
    /// The floor: this program itself, started as a server.
    pub fn floor(folder: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--as-floor").arg(folder);
        Self::start(command, folder)
    }

    /// The collector, as built for release beside this program (or named by `REDBUTTON_COLLECTOR_BIN`).
    pub fn collector(folder: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(collector()?);
        // One client has the network of a whole company here.
        command.args(["--json", "--set", "limits.device_requests_per_minute=0", "--set", "log.filter=warn"]);
        // Reading screens comes after the answer and competes with nothing on a machine that is not full; it has its own
        // measurement.
        command.args(["--set", "screens.enabled=false"]);
        command.arg("--data-dir").arg(folder).args(["serve", "--listen", "127.0.0.1:0"]);
        Self::start(command, folder)
    }

    fn start(mut command: Command, folder: &Path) -> anyhow::Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("starting a server")?;
        let out = child.stdout.take().context("no standard output")?;
        let line = BufReader::new(out).lines().next().context("the server ended at its start")??;
        let listening: serde_json::Value = serde_json::from_str(&line).with_context(|| line.clone())?;
        let url = listening["address"].as_str().context("no address")?.to_owned();
        Ok(Self { url, child, folder: folder.to_owned() })
    }

    /// A token with which any number of devices enrols.
    pub fn enrolment_token(&self) -> anyhow::Result<String> {
        let mut command = Command::new(collector()?);
        let output = command.args(["--json", "--data-dir"]).arg(&self.folder).args(["token", "new"]).output()?;
        let made: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        Ok(made["token"].as_str().context("no token")?.to_owned())
    }

    /// CPU time of the process and everything it started, so far.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        // SAFETY: takes a number and gives one.
        let ticks_per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
        let mut ticks = 0;
        let mut tree = vec![self.child.id()];
        while let Some(pid) = tree.pop() {
            let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
            // The name in brackets may hold anything; fields are counted after it (proc_pid_stat(5)).
            let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
            // utime, stime, and those of children that were waited for.
            ticks += fields.get(11..15).unwrap_or_default().iter().filter_map(|f| f.parse::<u64>().ok()).sum::<u64>();
            tree.extend(children(pid));
        }
        Ok(Duration::from_secs_f64(ticks as f64 / ticks_per_second as f64))
    }

    /// Resident memory, in bytes.
    pub fn resident(&self) -> anyhow::Result<u64> {
        self.status("VmRSS:")
    }

    /// The most it was since [`Self::forget_peak`], in bytes.
    pub fn peak(&self) -> anyhow::Result<u64> {
        self.status("VmHWM:")
    }

    /// Sets the peak to what it is now (proc_pid_clear_refs(5)).
    pub fn forget_peak(&self) -> anyhow::Result<()> {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").context("clear_refs")
    }

    /// Bytes its folder takes on the disk, whole blocks.
    pub fn disk(&self) -> anyhow::Result<u64> {
        fn blocks(path: &Path) -> std::io::Result<u64> {
            let about = std::fs::symlink_metadata(path)?;
            let mut sum = about.blocks() * 512;
            if about.is_dir() {
                for entry in std::fs::read_dir(path)? {
                    sum += blocks(&entry?.path())?;
                }
            }
            Ok(sum)
        }
        Ok(blocks(&self.folder)?)
    }

    fn status(&self, name: &str) -> anyhow::Result<u64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).with_context(|| name.to_owned())?;
        let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kib * 1024)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn children(pid: u32) -> Vec<u32> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

fn collector() -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("REDBUTTON_COLLECTOR_BIN") {
        return Ok(path.into());
    }
    let here = std::env::current_exe()?;
    let path = here.parent().and_then(Path::parent).context("no target folder")?.join("redbutton-collector");
    path.exists().then_some(path).context("build it first: cargo build --release -p collector")
}
