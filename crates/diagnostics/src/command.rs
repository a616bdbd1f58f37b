//! Programs of the OS asked as a last resort, where it offers no API: never through a shell, bounded in time and in
//! output.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::ProbeError;

/// Longest output taken from a program, in bytes; the rest is left unread.
const MAX_OUTPUT_BYTES: u64 = 4 * 1024 * 1024;

/// What a killed program had written is read in no time, but a busy machine may not have got round to it; a child of its
/// that lives on keeps the pipe open and is not waited for.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// Runs `program` with `arguments` and returns what it wrote to standard output, whatever its exit status (several
/// speak through it). After `limit` it is killed and what it wrote so far is returned if `partial`, else `TimedOut`.
#[cfg_attr(windows, expect(dead_code, reason = "Windows has an API for everything asked"))]
pub(crate) fn output(program: &str, arguments: &[&str], limit: Duration, partial: bool) -> Result<Vec<u8>, ProbeError> {
    let give_up = Instant::now() + limit;
    let mut child = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| ProbeError::from_io(program, &error))?;
    let Some(stdout) = child.stdout.take() else {
        return Err(ProbeError::Failed(format!("{program}: no standard output")));
    };
    let (sender, receiver) = mpsc::channel::<Vec<u8>>();
    // Read in pieces, so that what a killed program had said is not lost with it.
    let reader = std::thread::Builder::new().name(format!("read {program}")).spawn(move || {
        let mut stdout = stdout.take(MAX_OUTPUT_BYTES);
        let mut piece = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = stdout.read(&mut piece) {
            if sender.send(piece[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    let mut all = Vec::new();
    let mut timed_out = reader.is_err();
    while !timed_out {
        match receiver.recv_timeout(give_up.saturating_duration_since(Instant::now())) {
            Ok(piece) => all.extend_from_slice(&piece),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => timed_out = true,
        }
    }
    // Whether it hangs, or has more to say than anyone reads: it goes, and is waited for so that no zombie stays.
    let _ = child.kill();
    let _ = child.wait();
    if timed_out && partial {
        let give_up = Instant::now() + LAST_WORDS;
        while let Ok(piece) = receiver.recv_timeout(give_up.saturating_duration_since(Instant::now())) {
            all.extend_from_slice(&piece);
        }
    }
    if timed_out && !partial {
        return Err(ProbeError::TimedOut(format!("{program}: no answer within {} ms", limit.as_millis())));
    }
    Ok(all)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_killed_at_its_limit() {
        let started = Instant::now();
        let error = output("sleep", &["1000"], Duration::from_millis(100), false).unwrap_err();
        assert!(matches!(error, ProbeError::TimedOut(_)));
        assert!(started.elapsed() < Duration::from_secs(900), "it was not waited for");
    }

    #[test]
    fn what_a_killed_program_had_said_is_kept_if_wanted() {
        // How long a busy machine takes to start a shell, nobody knows.
        let said = [1, 10, 100].map(Duration::from_secs).into_iter().find_map(|limit| {
            let said = output("sh", &["-c", "echo early; exec sleep 1000"], limit, true).unwrap();
            (!said.is_empty()).then_some(said)
        });
        assert_eq!(said.as_deref(), Some(&b"early\n"[..]));
    }

    #[test]
    fn output_is_returned_whatever_the_exit_status() {
        let said = output("sh", &["-c", "echo failing; exit 4"], Duration::from_secs(300), false).unwrap();
        assert_eq!(said, b"failing\n");
    }

    #[test]
    fn a_program_that_is_not_there_is_not_present() {
        let error = output("no-such-program-anywhere", &[], Duration::from_secs(1), false).unwrap_err();
        assert!(matches!(error, ProbeError::NotPresent(_)));
    }
}
