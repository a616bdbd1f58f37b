//! `redbutton`: the red button in the tray. A thin shell over the agent: icon, menu, hotkey, window, notifications.
//!
//! One binary, three lives: without arguments the tray app ([`tray`]); with a subcommand the agent's command line
//! ([`cli`]); as `window` the process that owns the webview ([`window`]), started by the tray alone.
//!
//! - To add a text: `texts.rs`. To add a menu entry: an action in `menu.rs`, what it does in `tray.rs`.
//! - To add something the page may ask: `window_protocol.rs`, `commands.rs`, the list in `build.rs` and
//!   `capabilities/window.json`, what it does in `owner.rs`.

// A release build on Windows has no console of its own; `console::attach` borrows that of a terminal.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod autostart;
mod cli;
mod commands;
#[cfg(windows)]
mod console;
mod display;
mod hotkey;
mod icon;
mod instance;
mod log;
mod memory;
mod menu;
mod news;
mod owner;
mod shell;
mod texts;
mod tray;
mod window;
mod window_process;
mod window_protocol;

use std::process::ExitCode;

use clap::Parser as _;

/// Reports incidents with one click. Without a command it sits in the tray.
#[derive(Debug, clap::Parser)]
#[command(name = "redbutton", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    #[command(flatten)]
    Agent(agent::cli::Command),
    /// Owns the webview; the tray starts it and speaks with it over standard input and output
    #[command(hide = true)]
    Window {
        /// Where the person clicked, x,y in physical pixels
        #[arg(long, value_parser = place)]
        near: Option<(f64, f64)>,
    },
}

fn main() -> ExitCode {
    #[cfg(windows)]
    console::attach();
    // Error: it is installed already, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();

    let result = match Arguments::parse().command {
        Some(Command::Agent(command)) => return cli::run(command),
        Some(Command::Window { near }) => {
            start_log("window");
            window::run(near)
        }
        None => display::require().and_then(|()| {
            start_log("tray");
            tray::run()
        }),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "ended");
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A log that cannot be written stops nobody from reporting an incident.
fn start_log(name: &str) {
    let started =
        agent::Paths::of_this_user().map_err(anyhow::Error::from).and_then(|paths| log::start(&paths.state, name));
    if let Err(error) = started {
        eprintln!("redbutton: no log: {error:#}");
    }
}

/// Tauri's view of `tauri.conf.json`, the capabilities and the pages, made at compile time. In one place, because each
/// use of the macro would embed the pages again.
#[expect(clippy::disallowed_methods, reason = "the macro's own code on a platform that is not ours")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

fn place(text: &str) -> Result<(f64, f64), String> {
    let (x, y) = text.split_once(',').ok_or("expected x,y")?;
    Ok((x.parse().map_err(|_| "x is no number")?, y.parse().map_err(|_| "y is no number")?))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_arguments_mean_the_tray() {
        assert!(Arguments::try_parse_from(["redbutton"]).unwrap().command.is_none());
    }

    #[test]
    fn the_window_is_told_where_the_click_was() {
        let parsed = Arguments::try_parse_from(["redbutton", "window", "--near=-10,16.5"]).unwrap();
        assert!(matches!(parsed.command, Some(Command::Window { near: Some((-10.0, 16.5)) })));
    }

    #[test]
    fn the_channel_between_instances_is_named_after_the_identifier() {
        let configuration: serde_json::Value = serde_json::from_str(include_str!("../tauri.conf.json")).unwrap();
        assert_eq!(configuration["identifier"], instance::IDENTIFIER);
    }
}
