//! The admin command line: settings and flags in, an exit code out. Each command stands in its own file of
//! `src/commands`.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use crate::{
    commands,
    config::{Config, Loaded, LogFormat, LogSection, Sources},
};

/// Receives reports, has them judged, and serves the console of the first line.
#[derive(Debug, Parser)]
#[command(name = "redbutton-collector", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    /// Print JSON for scripts instead of words for people.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

/// Flags that set settings.
#[derive(Debug, Args)]
struct Settings {
    /// Read settings from this file [default: /etc/redbutton-collector/config.toml, if it is there].
    #[arg(long, global = true, value_name = "FILE", env = "REDBUTTON_COLLECTOR_CONFIG")]
    config: Option<PathBuf>,
    /// Folder of the SQLite file and the attachments (`storage.data_dir`).
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Set any setting, e.g. `--set limits.device_burst=40`; see `config print`. Repeatable.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the console until stopped.
    Serve(commands::serve::Arguments),
    /// Tokens, with which devices join and monitoring calls.
    #[command(subcommand)]
    Token(commands::token::Command),
    /// People who work tickets.
    #[command(subcommand)]
    Staff(commands::staff::Command),
    /// Enrolled devices.
    #[command(subcommand)]
    Device(commands::device::Command),
    /// How reports are judged, and how right that is.
    #[command(subcommand)]
    Triage(commands::triage::Command),
    /// Check that everything is in order, and say what to do where it is not.
    Doctor,
    /// Copy everything into a new folder while the collector works.
    Backup(commands::backup::Arguments),
    /// Put a backup in place; the collector must be stopped.
    Restore(commands::restore::Arguments),
    /// Read the text on a picture, as the service does, and say what triage makes of it.
    ReadScreen(commands::read_screen::Arguments),
    /// Settings.
    #[command(subcommand)]
    Config(commands::config::Command),
    /// Print the API's OpenAPI document.
    Openapi,
}

/// How a command says what it did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    /// Prints `value` for scripts or `words` for people.
    pub(crate) fn print(self, value: &impl serde::Serialize, words: impl FnOnce() -> String) -> anyhow::Result<()> {
        let text = if self.json { serde_json::to_string(value)? } else { words() };
        write_line(&text)
    }

    /// Prints for people alone.
    pub(crate) fn say(self, words: &str) -> anyhow::Result<()> {
        if self.json { Ok(()) } else { write_line(words) }
    }
}

/// Writes a line to standard output; who reads no further (`| head`) is not an error.
pub(crate) fn write_line(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("writing to standard output")
        }
        _ => Ok(()),
    }
}

/// Runs the command the arguments name: 0 done, 1 failed, 2 wrong arguments (clap's).
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(refusal) => {
            // Help and version are refusals too, with code 0.
            let code = u8::try_from(refusal.exit_code()).unwrap_or(2);
            return match refusal.print() {
                Ok(()) => ExitCode::from(code),
                Err(_) => ExitCode::FAILURE,
            };
        }
    };
    match execute(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("redbutton-collector: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    let output = Output { json: cli.json };
    if let Command::Openapi = cli.command {
        write_line(&crate::openapi::text()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let loaded = load(&cli.settings, &cli.command);
    if let Command::Doctor = cli.command {
        // A configuration that cannot be used is a finding, not a failure to look.
        return runtime()?.block_on(commands::doctor::run(output, loaded));
    }
    let loaded = loaded?;
    let serving = matches!(cli.command, Command::Serve(_));
    start_log(&loaded.config.log, serving)?;
    let config = loaded.config.clone();
    runtime()?.block_on(async {
        match cli.command {
            Command::Serve(arguments) => commands::serve::run(output, config, arguments).await,
            Command::Token(command) => commands::token::run(output, &config, command).await,
            Command::Staff(command) => commands::staff::run(output, &config, command).await,
            Command::Device(command) => commands::device::run(output, &config, command).await,
            Command::Triage(command) => commands::triage::run(output, &config, command).await,
            Command::Backup(arguments) => commands::backup::run(output, &config, arguments).await,
            Command::Restore(arguments) => commands::restore::run(output, &config, arguments).await,
            Command::ReadScreen(arguments) => commands::read_screen::run(output, &config, arguments).await,
            Command::Config(command) => commands::config::run(output, &loaded, command),
            // Answered above: they need no usable configuration.
            Command::Doctor | Command::Openapi => Ok(()),
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn load(settings: &Settings, command: &Command) -> Result<Loaded, crate::config::ConfigError> {
    let mut flags = Vec::new();
    for text in &settings.set {
        let Some((key, value)) = text.split_once('=') else {
            return Err(crate::config::ConfigError::NotAnAssignment(text.clone()));
        };
        flags.push(("--set".to_owned(), key.trim().to_owned(), value.trim().to_owned()));
    }
    if let Some(dir) = &settings.data_dir {
        flags.push(("--data-dir".to_owned(), "storage.data_dir".to_owned(), dir.display().to_string()));
    }
    if let Command::Serve(arguments) = command {
        flags.extend(arguments.flags());
    }
    // A variable that is not Unicode is none of ours.
    let environment = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
    Config::load(&Sources { file: settings.config.clone(), environment: environment.collect(), flags })
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")
}

/// Logs go to standard error; a command that is not `serve` logs what went wrong alone.
fn start_log(set: &LogSection, serving: bool) -> anyhow::Result<()> {
    let filter = if serving { set.filter.as_str() } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::try_new(filter).with_context(|| format!("log.filter = {filter}"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match set.format {
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
    Ok(())
}
