//! The processes that `run` starts and stops.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;

/// How long a process may take to end after it was asked to.
const STOP_PATIENCE: Duration = Duration::from_secs(10);

/// A process of ours.
pub struct Child {
    /// What it is, for people.
    pub name: &'static str,
    /// Where it writes what it has to say.
    pub log: PathBuf,
    process: std::process::Child,
}

impl Child {
    /// Starts a command with its output in `log`.
    pub fn start(name: &'static str, log: PathBuf, command: &mut Command) -> anyhow::Result<Self> {
        let file = std::fs::File::options().create(true).append(true).open(&log);
        let file = file.with_context(|| format!("cannot write {}", log.display()))?;
        let process = command.stdin(std::process::Stdio::null()).stdout(file.try_clone()?).stderr(file).spawn();
        Ok(Self { name, process: process.with_context(|| format!("cannot start the {name}"))?, log })
    }
}

/// All of them; dropped, they are stopped.
#[derive(Default)]
pub struct Children(Vec<Child>);

impl Children {
    /// Takes care of one more.
    pub fn add(&mut self, child: Child) {
        self.0.push(child);
    }

    /// Takes out those that ended by themselves.
    pub fn ended(&mut self) -> anyhow::Result<Vec<Child>> {
        let mut ended = Vec::new();
        let mut index = 0;
        while index < self.0.len() {
            if self.0[index].process.try_wait()?.is_some() { ended.push(self.0.remove(index)) } else { index += 1 }
        }
        Ok(ended)
    }

    /// Asks each to end, last started first, and ends those that do not.
    pub fn stop(&mut self) {
        while let Some(mut child) = self.0.pop() {
            if matches!(child.process.try_wait(), Ok(Some(_))) {
                continue;
            }
            ask_to_end(&mut child.process);
            let deadline = Instant::now() + STOP_PATIENCE;
            while matches!(child.process.try_wait(), Ok(None)) && Instant::now() < deadline {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "std has no wait with a deadline; this polls for the end"
                )]
                std::thread::sleep(Duration::from_millis(50));
            }
            // An error means that it ended between the two lines.
            let killed = matches!(child.process.try_wait(), Ok(None)) && child.process.kill().is_ok();
            let _ = child.process.wait();
            eprintln!(
                "      {} {}",
                child.name,
                if killed { "did not end by itself and was killed" } else { "stopped" }
            );
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        self.stop();
    }
}

/// SIGTERM where there are signals; std knows only SIGKILL.
fn ask_to_end(process: &mut std::process::Child) {
    let asked = !cfg!(windows)
        && Command::new("kill")
            .args(["-TERM", &process.id().to_string()])
            .status()
            .is_ok_and(|status| status.success());
    if !asked {
        // It ended already, or there are no signals here.
        let _ = process.kill();
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    /// Ends a test that hangs; measures nothing.
    const HANGS_AFTER: Duration = Duration::from_secs(300);

    fn shell(script: &str, folder: &std::path::Path) -> Child {
        Child::start("shell", folder.join("log"), Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn stopping_lets_a_process_clean_up() {
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("ready");
        let script =
            format!("trap 'echo cleaned; exit 0' TERM; touch {}; while :; do sleep 0.05; done", ready.display());
        let mut children = Children::default();
        children.add(shell(&script, folder.path()));
        let deadline = Instant::now() + HANGS_AFTER;
        while !ready.exists() && Instant::now() < deadline {
            std::thread::yield_now();
        }
        children.stop();
        assert_eq!(std::fs::read_to_string(folder.path().join("log")).unwrap(), "cleaned\n");
    }

    #[test]
    fn a_process_that_ended_by_itself_is_noticed_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut children = Children::default();
        children.add(shell("exit 3", folder.path()));
        let deadline = Instant::now() + HANGS_AFTER;
        let mut ended = Vec::new();
        while ended.is_empty() && Instant::now() < deadline {
            ended = children.ended().unwrap();
        }
        assert_eq!(ended.len(), 1);
        assert!(children.ended().unwrap().is_empty());
    }
}
