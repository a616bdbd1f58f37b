//! How long the machine has been up, whether it waits for a restart and whether it crashed last.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
mod system;
#[cfg(any(windows, test))]
mod windows_start;

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use report::Privacy;
use serde::Serialize;
use serde_json::Value;

use crate::probe::answer;
use crate::{Context, Probe, ProbeError};

/// The probe.
pub const PROBE: Probe = Probe { name: "boot", time_box: Duration::from_millis(200), privacy: Privacy::Technical, run };

/// The life of the running system.
#[derive(Debug, Serialize)]
struct Boot {
    /// Seconds since the kernel started, sleep included.
    uptime_s: u64,
    /// When that was, by today's clock, to the second.
    booted_at: DateTime<Utc>,
    /// Why it started, where the system knows (Windows): `normal`, `fast_startup` (to the person it was "switched off"),
    /// `resume_from_hibernation`, `unexpected_shutdown`.
    last_boot_reason: Option<&'static str>,
    /// Whether something waits for a restart.
    reboot_pending: bool,
    /// What: `windows_update`, `component_servicing`, `file_rename`, `computer_rename`, `kernel_replaced`, or names of
    /// packages.
    reboot_pending_reasons: Vec<String>,
    /// The system's last crash, if it left a trace.
    last_crash: Option<Crash>,
}

/// A crash of the whole system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Crash {
    /// When, as far as the trace tells.
    at: DateTime<Utc>,
    /// `kernel_panic`, `bugcheck`, `unexpected_shutdown`.
    kind: &'static str,
}

/// What a system tells of itself.
struct Life {
    uptime: Duration,
    last_boot_reason: Option<&'static str>,
    reboot_pending_reasons: Vec<String>,
    last_crash: Option<Crash>,
}

/// Most reasons told; a full upgrade of a distribution may name hundreds of packages.
const MAX_REASONS: usize = 20;

fn run(context: &Context) -> Result<Value, ProbeError> {
    let mut life = system::read(context.now)?;
    let reboot_pending = !life.reboot_pending_reasons.is_empty();
    life.reboot_pending_reasons.truncate(MAX_REASONS);
    let uptime = chrono::TimeDelta::from_std(life.uptime).unwrap_or_default();
    answer(Boot {
        uptime_s: life.uptime.as_secs(),
        booted_at: (context.now - uptime).trunc_subsecs(0),
        last_boot_reason: life.last_boot_reason,
        reboot_pending,
        reboot_pending_reasons: life.reboot_pending_reasons,
        last_crash: life.last_crash,
    })
}
