//! The command line: the same words whether it is asked of the tray app or of the headless binary.

mod enrol_command;
mod outbox_list;
mod policy_explain;
mod probe;
mod report_command;
mod status;
mod words;

use std::process::ExitCode;
use std::time::Duration;

use report::Language;

use crate::{Flags, Paths, Policy};

/// What can be asked.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// Report an incident: the screen and a diagnosis of this machine go to the support team
    Report {
        /// What is wrong, in your words
        #[arg(long)]
        text: Option<String>,
        /// Take no picture of the screen
        #[arg(long)]
        no_screenshot: bool,
        /// Seconds to wait for the answer; after that the report stays saved and is sent later
        #[arg(long, value_name = "SECONDS", default_value_t = 30)]
        wait: u64,
        /// Print one JSON object instead of text
        #[arg(long)]
        json: bool,
    },
    /// Ask this machine and print its answers; nothing is sent
    Probe {
        /// One probe alone
        name: Option<String>,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Enrol this device with a collector
    Enrol {
        /// Address of the collector; that of the policy if not given
        #[arg(long)]
        collector: Option<String>,
        /// Enrolment token given by IT; that of the policy if not given
        #[arg(long)]
        token: Option<String>,
    },
    /// Show whether this device is enrolled, what waits, and how it is protected
    Status {
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Show settings
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Show what waits to be sent
    #[command(subcommand)]
    Outbox(OutboxCommand),
}

/// What can be asked of the settings.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum PolicyCommand {
    /// Show every setting, its value and where it comes from
    Explain {
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
}

/// What can be asked of the outbox.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum OutboxCommand {
    /// List what waits to be sent and what was set aside
    List {
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
}

/// Runs a command to its end. Makes its own tokio runtime; call it outside of one.
pub fn run(command: Command) -> ExitCode {
    run_with(command, Flags::default())
}

/// [`run`] with settings given on the command line.
pub fn run_with(command: Command, flags: Flags) -> ExitCode {
    let outcome = match command {
        Command::Policy(PolicyCommand::Explain { json }) => policy_explain::run(flags, json),
        Command::Probe { name, json } => probe::run(flags, name.as_deref(), json),
        Command::Report { text, no_screenshot, wait, json } => report_command::run(
            flags,
            report_command::Asked { text, no_screenshot, wait: Duration::from_secs(wait), json },
        ),
        Command::Enrol { collector, token } => enrol_command::run(flags, collector, token),
        Command::Status { json } => status::run(flags, json),
        Command::Outbox(OutboxCommand::List { json }) => outbox_list::run(flags, json),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}

/// Paths, settings and the language of whoever asks.
fn surroundings(flags: Flags) -> anyhow::Result<(Paths, Policy, Language)> {
    let paths = Paths::of_this_user()?;
    let policy = Policy::load(&paths, flags)?;
    let language = policy.language_of_person();
    Ok((paths, policy, language))
}

/// A runtime for one command.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
