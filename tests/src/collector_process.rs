//! The collector as a process of its own, which can be killed and started again on the same data and address.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, ensure};
use store::testing::KeptPort;

use crate::programs;

/// A collector on a folder of data. Killed when dropped.
pub struct CollectorProcess {
    data_dir: PathBuf,
    settings: Vec<String>,
    port: KeptPort,
    child: Option<Child>,
}

/// Somebody who may sign in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Login.
    pub login: String,
    /// Password, as made by `staff add`.
    pub password: String,
}

impl CollectorProcess {
    /// Starts it on a free port with its data in `data_dir`; `settings` are `key=value` for `--set`.
    ///
    /// # Errors
    /// Fails where it does not come up.
    pub fn start(data_dir: &Path, settings: &[&str]) -> anyhow::Result<Self> {
        let mut collector = Self {
            data_dir: data_dir.to_owned(),
            settings: settings.iter().map(|&setting| setting.to_owned()).collect(),
            port: KeptPort::new(),
            child: None,
        };
        collector.start_again()?;
        Ok(collector)
    }

    /// Starts it again after [`Self::kill`] or [`Self::stop`], where it was, and waits until it listens.
    ///
    /// # Errors
    /// Fails where it does not come up.
    pub fn start_again(&mut self) -> anyhow::Result<()> {
        let mut child = self
            .command()?
            .args(["--json", "serve", "--listen", &self.port.address().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the collector")?;
        let out = child.stdout.take().context("no standard output")?;
        let line = BufReader::new(out).lines().next();
        self.child = Some(child);
        let line = line.context("the collector ended at its start")??;
        let listening: serde_json::Value = serde_json::from_str(&line).with_context(|| line.clone())?;
        ensure!(listening["address"] == self.url(), "it listens elsewhere: {line}");
        Ok(())
    }

    /// `http://` and its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.port.address())
    }

    /// Its process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Ends it at once, as a power cut would (SIGKILL).
    ///
    /// # Errors
    /// Fails where it cannot be reaped.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Stops it as a service manager would (SIGTERM) and waits for it.
    ///
    /// # Errors
    /// Fails where it ends otherwise than well.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            // SAFETY: takes plain numbers; the child is not reaped yet, so the id is its own.
            unsafe { libc::kill(child.id().cast_signed(), libc::SIGTERM) };
            ensure!(child.wait()?.success(), "the collector did not stop well");
        }
        Ok(())
    }

    /// Makes an enrolment token for any number of devices.
    ///
    /// # Errors
    /// Fails where the command does.
    pub fn token(&self) -> anyhow::Result<String> {
        let made = self.admin(&["token", "new"], None)?;
        Ok(made["token"].as_str().context("no token")?.to_owned())
    }

    /// Adds a member of staff who reads `language` (`en` or `ru`).
    ///
    /// # Errors
    /// Fails where the command does.
    pub fn staff(&self, login: &str, name: &str, language: &str) -> anyhow::Result<SignIn> {
        let made = self.admin(&["staff", "add", login, "--name", name, "--language", language], None)?;
        let password = made["password"].as_str().context("no password")?.to_owned();
        Ok(SignIn { login: login.to_owned(), password })
    }

    /// Runs an admin command beside the running collector and gives its JSON.
    ///
    /// # Errors
    /// Fails where the command does.
    pub fn admin(&self, arguments: &[&str], input: Option<&str>) -> anyhow::Result<serde_json::Value> {
        let mut child =
            self.command()?.arg("--json").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut stdin = child.stdin.take().context("no standard input")?;
        stdin.write_all(input.unwrap_or_default().as_bytes())?;
        drop(stdin);
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "redbutton-collector {arguments:?}: {}", output.status);
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn command(&self) -> anyhow::Result<Command> {
        let mut command = Command::new(programs::collector()?);
        command.arg("--data-dir").arg(&self.data_dir).env("REDBUTTON_COLLECTOR__LOG__FILTER", "warn");
        for setting in &self.settings {
            command.args(["--set", setting]);
        }
        Ok(command)
    }
}

impl Drop for CollectorProcess {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended already; then there is nothing to do.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
