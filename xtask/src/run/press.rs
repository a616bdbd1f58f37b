//! The headless press, where there is no display for the tray app.

use std::process::Command;

use super::{Desk, ask};
use crate::command;

/// Shows the command and, on a terminal, offers to run it.
pub fn offer(desk: &Desk, yes: bool) -> anyhow::Result<()> {
    let mut report = Command::new(desk.agent_program(false)?);
    report.args(["report", "--text", "The printer on the second floor does not print"]);
    let environment = desk.agent_environment();
    let set: Vec<String> = environment.iter().map(|(name, value)| format!("{name}='{value}'")).collect();
    eprintln!(
        "      press the button by typing, in another terminal:\n\n{} \\\n  {}\n",
        set.join(" \\\n"),
        command::shown(&report)
    );
    if yes || ask("Press it now?", true)? {
        command::run(report.envs(environment))?;
    }
    Ok(())
}
