//! Processor, memory and pressure, and who takes them: why it is slow.

#[cfg(any(target_os = "linux", test))]
mod pressure_file;
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
mod system;
mod top;

use std::time::{Duration, Instant};

use report::Privacy;
use serde::Serialize;
use serde_json::Value;
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use crate::probe::answer;
use crate::{Context, Probe, ProbeError};

/// The probe.
pub const PROBE: Probe = Probe { name: "load", time_box: Duration::from_secs(1), privacy: Privacy::Personal, run };

/// Between the two readings of the processors' counters; less than 200 ms gives noise (sysinfo's own minimum).
const BETWEEN_READINGS: Duration = Duration::from_millis(250);

/// What the machine is busy with.
#[derive(Debug, Serialize)]
struct Load {
    /// Use of all processors together over a quarter of a second, 0 to 100.
    cpu_percent: f64,
    /// Logical processors.
    cpus: usize,
    /// Physical memory.
    memory_total_bytes: u64,
    /// What programs can still take without swapping.
    memory_available_bytes: u64,
    /// Share not available, 0 to 100.
    memory_used_percent: f64,
    /// Committed memory of its limit, 0 to 100; `null` where commit is not limited.
    commit_percent: Option<f64>,
    /// Swap or page file.
    swap_total_bytes: u64,
    /// Of it, in use.
    swap_used_bytes: u64,
    /// Time in which work stood still for want of something.
    pressure: Pressure,
    /// Busiest disk's share of time with work to do, 0 to 100, over the same quarter of a second.
    disk_busy_percent: Option<f64>,
    /// Runnable tasks on average over a minute; `null` on Windows, which does not count them.
    load1: Option<f64>,
    /// Programs that take most processor time, at most ten, processes of one name together.
    top_cpu: Vec<top::CpuUse>,
    /// Programs that hold most memory, likewise.
    top_memory: Vec<top::MemoryUse>,
    /// Names of programs whose window does not answer (Windows); `null` where the system does not tell.
    hung_windows: Option<Vec<String>>,
}

/// Linux's pressure stall information: share of the last ten seconds in which some task waited, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
struct Pressure {
    /// For a processor.
    cpu_some_avg10: Option<f64>,
    /// For memory.
    memory_some_avg10: Option<f64>,
    /// For a disk.
    io_some_avg10: Option<f64>,
}

/// What one system adds to what sysinfo reads on all.
#[derive(Debug, Default)]
struct Extras {
    commit_percent: Option<f64>,
    pressure: Pressure,
    disk_busy_percent: Option<f64>,
    hung_windows: Option<Vec<String>>,
}

fn run(_: &Context) -> Result<Value, ProbeError> {
    let mut machine = System::new().map_err(|error| ProbeError::Failed(format!("sysinfo: {error:?}")))?;
    let disk_before = system::disk_busy();
    let read_at = Instant::now();
    machine.refresh_cpu_usage();
    refresh_processes(&mut machine);
    #[expect(clippy::disallowed_methods, reason = "the time between two readings is what is measured over")]
    std::thread::sleep(BETWEEN_READINGS.saturating_sub(read_at.elapsed().min(Duration::from_millis(50))));
    machine.refresh_cpu_usage();
    machine.refresh_memory();
    refresh_processes(&mut machine);
    let mut extras = system::read();
    if let (Some(before), Some(after)) = (disk_before, system::disk_busy()) {
        extras.disk_busy_percent = Some(before.busiest_percent(&after, read_at.elapsed()));
    }
    answer(describe(&machine, extras))
}

fn refresh_processes(machine: &mut System) {
    let what =
        ProcessRefreshKind::nothing().with_cpu().with_memory().with_exe(UpdateKind::OnlyIfNotSet).without_tasks();
    machine.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
}

fn describe(machine: &System, extras: Extras) -> Load {
    let total = machine.total_memory();
    let available = machine.available_memory().min(total);
    let cpus = machine.cpus().len();
    let uses = top::by_program(machine, cpus.max(1));
    Load {
        cpu_percent: one_decimal(f64::from(machine.global_cpu_usage()).clamp(0.0, 100.0)),
        cpus,
        memory_total_bytes: total,
        memory_available_bytes: available,
        memory_used_percent: percent(total - available, total),
        commit_percent: extras.commit_percent,
        swap_total_bytes: machine.total_swap(),
        swap_used_bytes: machine.used_swap(),
        pressure: extras.pressure,
        disk_busy_percent: extras.disk_busy_percent,
        load1: if cfg!(windows) { None } else { System::load_average().ok().map(|load| load.one) },
        top_cpu: top::by_cpu(&uses),
        top_memory: top::by_memory(&uses),
        hung_windows: extras.hung_windows,
    }
}

/// Time each disk has had work, in ms since boot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct DiskBusy(std::collections::BTreeMap<String, u64>);

impl DiskBusy {
    fn busiest_percent(&self, later: &Self, between: Duration) -> f64 {
        let most = later
            .0
            .iter()
            .filter_map(|(name, after)| Some(after.saturating_sub(*self.0.get(name)?)))
            .max()
            .unwrap_or(0);
        let between_ms = u64::try_from(between.as_millis()).unwrap_or(u64::MAX).max(1);
        percent(most.min(between_ms), between_ms)
    }
}

#[expect(clippy::cast_precision_loss, reason = "one decimal of a percentage")]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { one_decimal(part as f64 / whole as f64 * 100.0) }
}

fn one_decimal(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_disk_counts() {
        let before = DiskBusy([("sda".to_owned(), 1000), ("sdb".to_owned(), 0)].into());
        let after = DiskBusy([("sda".to_owned(), 1200), ("sdb".to_owned(), 10), ("new".to_owned(), 9999)].into());
        assert!((before.busiest_percent(&after, Duration::from_millis(250)) - 80.0).abs() < 1e-9);
    }

    #[test]
    fn percentages_are_bounded_and_rounded() {
        assert!((percent(1, 3) - 33.3).abs() < 1e-9);
        assert!((percent(1, 0)).abs() < 1e-9);
    }
}
