//! The command line: the same words whether it is asked of the tray app or of the headless binary.

use std::process::ExitCode;

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
pub fn run(_command: Command) -> ExitCode {
    ExitCode::FAILURE
}
