//! The agent without a window: for machines without a display, servers, and tests. The same words as the tray app.

use std::process::ExitCode;

use agent::cli::{self, Command};
use clap::Parser;
use tracing_subscriber::EnvFilter;

/// Redbutton: report an incident with one press
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(clap::Subcommand)]
enum What {
    #[command(flatten)]
    Command(Command),
    /// Deliver what waits and follow tickets until stopped
    Run,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_env("REDBUTTON_LOG").unwrap_or_else(|_| EnvFilter::new("error")))
        .with_writer(std::io::stderr)
        .init();
    match Arguments::parse().command {
        What::Command(command) => cli::run(command),
        What::Run => match run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

fn run() -> anyhow::Result<()> {
    let paths = agent::Paths::of_this_user()?;
    let policy = agent::Policy::load(&paths, agent::Flags::default())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let engine = agent::Engine::start(paths, policy)?;
        tokio::signal::ctrl_c().await?;
        engine.shutdown().await;
        Ok(())
    })
}
