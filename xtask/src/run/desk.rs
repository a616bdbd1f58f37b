//! A desk on this machine: the collector's data, the first sign-in, the enrolment. All of it below one folder.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::children::{Child, Children};
use crate::{command, repository};

/// Name of the collector among the children.
pub const COLLECTOR: &str = "collector";
const LOGIN: &str = "first";
const START_PATIENCE: Duration = Duration::from_secs(60);

/// Where everything is.
pub struct Desk {
    folder: PathBuf,
    address: SocketAddr,
    collector: PathBuf,
}

impl Desk {
    /// A desk in `folder`, its collector on `port` of this machine.
    pub fn new(folder: PathBuf, port: u16) -> anyhow::Result<Self> {
        let collector = repository::binary("debug", "redbutton-collector")?;
        Ok(Self { folder, address: SocketAddr::from(([127, 0, 0, 1], port)), collector })
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether there was a run before.
    pub fn exists(&self) -> bool {
        self.folder.exists()
    }

    /// Address of the console.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn sign_in_file(&self) -> PathBuf {
        self.folder.join("first-sign-in.txt")
    }

    /// A command of the collector, on this desk's data.
    fn collector(&self) -> Command {
        let mut command = Command::new(&self.collector);
        command
            .current_dir(&self.folder)
            .env("REDBUTTON_COLLECTOR__STORAGE__DATA_DIR", self.folder.join("collector"))
            .env("REDBUTTON_COLLECTOR__SERVER__LISTEN", self.address.to_string());
        command
    }

    /// The environment in which this desk's agent runs: its own state and policy, nothing of the user's own.
    pub fn agent_environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("REDBUTTON_STATE_DIR", self.folder.join("agent").display().to_string()),
            ("REDBUTTON_POLICY_FILE", self.folder.join("policy.toml").display().to_string()),
        ]
    }

    /// Makes the folder and, the first time, the first member of staff. True the first time.
    pub fn prepare(&self) -> anyhow::Result<bool> {
        std::fs::create_dir_all(self.folder.join("collector"))?;
        // The debug build must not put itself into the user's autostart.
        let policy = format!("# Made by `cargo xtask run`.\ncollector_url = \"{}\"\nautostart = false\n", self.url());
        std::fs::write(self.folder.join("policy.toml"), policy)?;
        if self.sign_in_file().exists() {
            eprintln!("      going on with the data of earlier runs (--fresh starts anew)");
            return Ok(false);
        }
        let password = self.first_password()?;
        write_secret(&self.sign_in_file(), &format!("login:    {LOGIN}\npassword: {password}\n"))?;
        Ok(true)
    }

    /// Makes the first member of staff; an earlier run that was ended in between may have done so without keeping the password.
    fn first_password(&self) -> anyhow::Result<String> {
        let staff = self.collector_json(&["staff", "list"])?;
        let known = staff.as_array().is_some_and(|all| all.iter().any(|one| one["login"] == LOGIN));
        let made = if known {
            self.collector_json(&["staff", "reset-password", LOGIN])?
        } else {
            self.collector_json(&["staff", "add", LOGIN, "--name", "First Line", "--role", "admin"])?
        };
        Ok(made["password"].as_str().context("the collector shows the password it made")?.to_owned())
    }

    /// What a command of the collector answers to a script.
    fn collector_json(&self, arguments: &[&str]) -> anyhow::Result<serde_json::Value> {
        let said = command::output(self.collector().arg("--json").args(arguments))?;
        serde_json::from_slice(&said)
            .with_context(|| format!("redbutton-collector {} printed no JSON", arguments.join(" ")))
    }

    /// Starts the collector.
    pub fn start_collector(&self) -> anyhow::Result<Child> {
        if let Err(error) = TcpListener::bind(self.address) {
            bail!(
                "{} is taken ({error}), perhaps by another `cargo xtask run`; choose another with --port",
                self.address
            );
        }
        Child::start(COLLECTOR, self.folder.join("collector.log"), self.collector().arg("serve"))
    }

    /// Until `/healthz` says so.
    pub fn wait_until_healthy(&self, children: &mut Children, stopped: &Receiver<()>) -> anyhow::Result<()> {
        let deadline = Instant::now() + START_PATIENCE;
        while !healthy(self.address) {
            if let Some(child) = children.ended()?.pop() {
                bail!("the {} ended; its log is {}", child.name, child.log.display());
            }
            if Instant::now() > deadline {
                bail!("the collector does not answer on {}; its log is in {}", self.address, self.folder.display());
            }
            if stopped.recv_timeout(Duration::from_millis(100)).is_ok() {
                bail!("stopped");
            }
        }
        eprintln!("      {} answers", self.url());
        Ok(())
    }

    /// Enrols this machine, unless it is.
    pub fn enrol(&self, with_tray: bool) -> anyhow::Result<()> {
        let agent = self.agent_program(with_tray)?;
        let status = command::output(Command::new(&agent).args(["status", "--json"]).envs(self.agent_environment()));
        let enrolled = status.ok().and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok());
        if enrolled.is_some_and(|status| status["enrolled"] == true) {
            eprintln!("      it is enrolled");
            return Ok(());
        }
        let made =
            self.collector_json(&["token", "new", "--uses", "1", "--expires", "10m", "--label", "cargo xtask run"])?;
        let token = made["token"].as_str().context("the collector shows the token it made")?;
        // By the environment: arguments are visible to everybody on the machine.
        command::output(
            Command::new(&agent).arg("enrol").envs(self.agent_environment()).env("REDBUTTON_ENROLMENT_TOKEN", token),
        )?;
        eprintln!("      enrolled with {}", self.url());
        Ok(())
    }

    /// The program that presses: the tray app, or the headless agent.
    pub fn agent_program(&self, with_tray: bool) -> anyhow::Result<PathBuf> {
        repository::binary("debug", if with_tray { "redbutton" } else { "redbutton-agent" })
    }

    /// Starts the tray app.
    pub fn start_tray(&self) -> anyhow::Result<Child> {
        let mut tray = Command::new(self.agent_program(true)?);
        Child::start("tray app", self.folder.join("tray.log"), tray.envs(self.agent_environment()))
    }

    /// The last words before it stays.
    pub fn say_where_things_are(&self, first_time: bool, took: &str) -> anyhow::Result<()> {
        let sign_in = std::fs::read_to_string(self.sign_in_file())?;
        println!("\nReady after {took}.\n");
        println!("  console   {}", self.url());
        for line in sign_in.lines() {
            println!("  {}", line.replacen(":    ", "     ", 1).replacen(": ", "  ", 1));
        }
        println!(
            "            {} {}",
            if first_time { "kept in" } else { "as made the first time; kept in" },
            self.sign_in_file().display()
        );
        println!("  logs      {}", self.folder.display());
        println!("\nCtrl-C stops everything; the tickets stay.");
        Ok(())
    }
}

/// Writes a file that only this user reads.
fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(file.write_all(text.as_bytes())?)
}

/// Asks `/healthz`.
fn healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream
            .write_all(format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_sign_in_is_readable_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("first-sign-in.txt");
        write_secret(&path, "login: x\n").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn only_a_200_is_healthy() {
        for (answer, expected) in
            [("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.1 503 Service Unavailable\r\n\r\n", false)]
        {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0u8; 512];
                let _ = stream.read(&mut request).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            });
            assert_eq!(healthy(address), expected);
            server.join().unwrap();
        }
    }
}
