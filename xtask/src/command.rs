//! Running other programs: the command is shown, a failure names it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// As a person would type it.
pub fn shown(command: &Command) -> String {
    let word = |part: &OsStr| {
        let part = part.to_string_lossy();
        let plain = !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "-_./=:,@+%".contains(c));
        if plain { part.into_owned() } else { format!("'{}'", part.replace('\'', "'\\''")) }
    };
    std::iter::once(command.get_program()).chain(command.get_args()).map(word).collect::<Vec<_>>().join(" ")
}

/// Runs it with its output on ours; an exit other than 0 is an error.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    eprintln!("      $ {}", shown(command));
    let status = command.status().with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs it with everything it says on stderr, so that stdout stays free for a result.
pub fn run_quiet_stdout(command: &mut Command) -> anyhow::Result<()> {
    run(command.stdout(std::io::stderr()))
}

/// Runs it and shows its output line by line as it comes; `each_line` sees the lines of stdout. True when it exited with 0.
pub fn run_watched(command: &mut Command, mut each_line: impl FnMut(&str)) -> anyhow::Result<bool> {
    eprintln!("      $ {}", shown(command));
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start `{}`", shown(command)))?;
    let stdout = child.stdout.take().context("stdout is piped")?;
    let mut reader = BufReader::new(stdout);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        print!("{text}");
        each_line(text.trim_end());
        line.clear();
    }
    Ok(child.wait()?.success())
}

/// Its stdout; an exit other than 0 is an error with what it said on stderr.
pub fn output(command: &mut Command) -> anyhow::Result<Vec<u8>> {
    let output = command.output().with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` ended with {}: {}", shown(command), output.status, said.trim());
    }
    Ok(output.stdout)
}

/// Whether a program of this name can be started from `PATH`.
pub fn exists(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_command_can_be_typed_again() {
        let mut command = Command::new("cargo");
        command.args(["test", "--test", "api", "it's"]);
        assert_eq!(shown(&command), "cargo test --test api 'it'\\''s'");
    }

    #[test]
    fn a_failure_names_the_command_and_what_it_said() {
        let error = output(Command::new("sh").args(["-c", "echo broken >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.contains("sh -c") && error.contains("broken") && error.contains('3'), "{error}");
    }

    #[test]
    fn watched_lines_arrive_in_order() {
        let mut lines = Vec::new();
        let ok = run_watched(Command::new("sh").args(["-c", "echo one; echo two; exit 1"]), |line| {
            lines.push(line.to_owned())
        });
        assert!(!ok.unwrap());
        assert_eq!(lines, ["one", "two"]);
    }
}
