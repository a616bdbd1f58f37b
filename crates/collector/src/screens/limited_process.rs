//! A program that works on what came from outside: bounded in time, processor, memory, output and files, and gone when who
//! asked is gone.

use std::{io, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Command,
};

/// Most bytes of output taken.
const OUTPUT_BYTES: u64 = 2 * 1024 * 1024;
/// Most memory it may map; a screen of 40 megapixels takes some 600 MB.
#[cfg(unix)]
const MEMORY_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// How much it stands back behind others (`nice`).
#[cfg(unix)]
const NICENESS: i32 = 10;
/// What it sees of the environment: nothing of the collector's own settings.
const ENVIRONMENT: [&str; 4] = ["PATH", "TESSDATA_PREFIX", "SystemRoot", "TEMP"];

/// How a run ended, if not well.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// There is no such program, or it may not be started.
    #[error("cannot be started: {0}")]
    NotStarted(io::Error),
    /// It took too long and was killed.
    #[error("took more than {0:?}")]
    TooSlow(Duration),
    /// It failed, or a limit ended it.
    #[error("{0}")]
    Failed(String),
}

/// Runs a program without a shell, gives it `input`, and takes what it prints.
pub async fn run(program: &str, arguments: &[&str], input: Vec<u8>, limit: Duration) -> Result<Vec<u8>, Ended> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    command.env_clear().env("OMP_THREAD_LIMIT", "1");
    for name in ENVIRONMENT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    #[cfg(unix)]
    restrict(&mut command, limit);
    let mut child = command.spawn().map_err(Ended::NotStarted)?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Ended::Failed("has no pipes".to_owned()));
    };
    let work = async {
        let write = async {
            // One that ends before it has read all says so by its exit code.
            let _ = stdin.write_all(&input).await;
            drop(stdin);
        };
        let mut output = Vec::new();
        let mut limited = stdout.take(OUTPUT_BYTES);
        let ((), read) = tokio::join!(write, limited.read_to_end(&mut output));
        read?;
        if output.len() as u64 == OUTPUT_BYTES {
            return Ok((None, output));
        }
        Ok::<_, io::Error>((Some(child.wait().await?), output))
    };
    match tokio::time::timeout(limit, work).await {
        Err(_) => Err(Ended::TooSlow(limit)),
        Ok(Err(error)) => Err(Ended::Failed(error.to_string())),
        Ok(Ok((None, _))) => Err(Ended::Failed(format!("printed more than {OUTPUT_BYTES} bytes"))),
        Ok(Ok((Some(status), output))) if status.success() => Ok(output),
        Ok(Ok((Some(status), _))) => Err(Ended::Failed(status.to_string())),
    }
}

/// Sets the kernel's limits for the program before it starts.
#[cfg(unix)]
fn restrict(command: &mut Command, limit: Duration) {
    let seconds = limit.as_secs() + 1;
    let limits = [
        (libc::RLIMIT_AS, MEMORY_BYTES),
        (libc::RLIMIT_CPU, seconds),
        // It writes to its pipe alone.
        (libc::RLIMIT_FSIZE, 0),
        (libc::RLIMIT_CORE, 0),
    ];
    let prepare = move || {
        for (resource, most) in limits {
            let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
            // SAFETY: the pointer is to a live value; setrlimit is async-signal-safe on Linux and the BSDs.
            if unsafe { libc::setrlimit(resource, &raw const limit) } != 0 {
                return Err(io::Error::last_os_error());
            }
        }
        // SAFETY: takes plain numbers. A sandbox may refuse it; then the program runs as everything else does.
        unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICENESS) };
        Ok(())
    };
    // SAFETY: `prepare` makes system calls alone: it allocates nothing and takes no lock between fork and exec.
    unsafe { command.pre_exec(prepare) };
}
