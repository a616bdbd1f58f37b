//! Verb `run`: from a clone to a working desk on this machine. Everything it keeps is below `.local/`.

mod children;
mod desk;
mod press;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::packages::{self, Group};
use crate::step::{Progress, duration};
use crate::{command, repository, ui};
use children::{Child, Children};
use desk::Desk;

/// Verb `run`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Start anew: forget the tickets, the sign-in and the enrolment of earlier runs (asks first).
    #[arg(long)]
    fresh: bool,
    /// Do not ask; take the answer that goes on.
    #[arg(long)]
    yes: bool,
    /// Build and start no tray app, even where there is a display.
    #[arg(long)]
    headless: bool,
    /// Port of the collector on this machine.
    #[arg(long, default_value_t = 8700)]
    port: u16,
}

/// Builds, starts, and stays until Ctrl-C.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let desk = Desk::new(repository::root().join(".local"), arguments.port)?;
    if arguments.fresh && !start_anew(&desk, arguments.yes)? {
        return Ok(ExitCode::SUCCESS);
    }
    let display = !arguments.headless && has_display();
    let mut progress = Progress::new(7);

    progress.step("system packages", || {
        packages::ensure(if display { &[Group::Build, Group::Desktop] } else { &[Group::Build] })
    })?;
    progress.step("npm packages", ui::ensure_packages)?;
    progress.step("pages of the console and of the tray app", ui::ensure_built)?;
    let what =
        if display { "collector and tray app" } else { "collector and headless agent (no display for the tray app)" };
    progress.step(&format!("build the {what}; the first time takes several minutes"), || {
        let mut build = repository::cargo();
        build.args(["build", "--package", "collector", "--package"]);
        if display {
            build.args(["redbutton", "--features", repository::APP_FEATURE])
        } else {
            build.arg("agent")
        };
        command::run_quiet_stdout(&mut build)
    })?;

    // From here on processes of ours run: Ctrl-C stops them in order.
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        // The receiver is gone only when we are ending anyway.
        let _ = stop.send(());
    })?;
    let mut children = Children::default();
    let first_time = progress.step("collector on an SQLite file", || {
        let first_time = desk.prepare()?;
        children.add(desk.start_collector()?);
        desk.wait_until_healthy(&mut children, &stopped)?;
        Ok(first_time)
    })?;
    progress.step("enrol this machine", || desk.enrol(display))?;
    let took = duration(progress.elapsed());
    if display {
        progress.step("tray app", || {
            children.add(desk.start_tray()?);
            eprintln!("      look for the red button in the tray; Ctrl+Alt+F9 presses it too");
            Ok(())
        })?;
    } else {
        progress.step("headless press, instead of the tray app", || press::offer(&desk, arguments.yes))?;
    }
    desk.say_where_things_are(first_time, &took)?;
    let outcome = stay(&mut children, &stopped);
    eprintln!("\nstopping");
    children.stop();
    outcome
}

/// Until Ctrl-C, or until the collector ends by itself.
fn stay(children: &mut Children, stopped: &mpsc::Receiver<()>) -> anyhow::Result<ExitCode> {
    while stopped.recv_timeout(Duration::from_millis(500)).is_err() {
        for ended in children.ended()? {
            let Child { name, log, .. } = ended;
            if name == desk::COLLECTOR {
                bail!("the collector ended by itself; its log is {}", log.display());
            }
            eprintln!("the {name} ended (its log is {}); Ctrl-C stops the rest", log.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// X11 or Wayland, as far as the environment says; Windows and macOS always have one.
fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    std::env::consts::OS != "linux" || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

fn start_anew(desk: &Desk, yes: bool) -> anyhow::Result<bool> {
    if !desk.exists() {
        return Ok(true);
    }
    let question = format!("Delete {} with all tickets of earlier runs?", desk.folder().display());
    if !(yes || ask(&question, false)?) {
        eprintln!("nothing was deleted");
        return Ok(false);
    }
    std::fs::remove_dir_all(desk.folder()).with_context(|| format!("cannot delete {}", desk.folder().display()))?;
    Ok(true)
}

/// Asks on the terminal; without one the answer is no.
fn ask(question: &str, default: bool) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("      {question} [{}] ", if default { "Y/n" } else { "y/N" });
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(match answer.trim().to_lowercase().as_str() {
        "" => default,
        "y" | "yes" | "д" | "да" => true,
        _ => false,
    })
}
