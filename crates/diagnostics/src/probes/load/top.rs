//! Who takes the processor and the memory. A browser is dozens of processes: those of one name are added up.

use std::collections::HashMap;

use serde::Serialize;
use sysinfo::{Process, System};

/// Most programs told by each measure.
const MOST: usize = 10;

/// A program's use of the processors.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct CpuUse {
    /// File name of the program.
    pub name: String,
    /// Share of all processors together, 0 to 100, one decimal.
    pub percent: f64,
    /// How many processes.
    pub processes: u32,
}

/// A program's memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct MemoryUse {
    /// File name of the program.
    pub name: String,
    /// Resident memory of its processes; what they share is counted in each.
    pub bytes: u64,
    /// How many processes.
    pub processes: u32,
}

/// What processes of one name take together.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Use {
    cpu_percent: f64,
    bytes: u64,
    processes: u32,
}

/// Adds up processes by name. `cpus` turns sysinfo's "100 is one processor" into a share of the machine.
pub(super) fn by_program(machine: &System, cpus: usize) -> HashMap<String, Use> {
    let mut uses: HashMap<String, Use> = HashMap::new();
    #[expect(clippy::cast_precision_loss, reason = "no machine has 2^52 processors")]
    let cpus = cpus as f64;
    for process in machine.processes().values() {
        let one = uses.entry(name_of(process)).or_default();
        one.cpu_percent += f64::from(process.cpu_usage()) / cpus;
        one.bytes += process.memory();
        one.processes += 1;
    }
    uses
}

fn name_of(process: &Process) -> String {
    let name = process.name().to_string_lossy();
    let file = process.exe().and_then(|path| path.file_name()).map(|file| file.to_string_lossy());
    // Linux cuts names after 15 bytes; the file's name is whole. Where they differ otherwise, the process has chosen
    // its name (a script rather than its interpreter), which says more.
    match file {
        Some(file) if name.len() >= 15 && file.starts_with(name.as_ref()) => file.into_owned(),
        _ => name.into_owned(),
    }
}

/// The programs that take most, those that take nothing left out.
pub(super) fn by_cpu(uses: &HashMap<String, Use>) -> Vec<CpuUse> {
    let mut all: Vec<CpuUse> = uses
        .iter()
        .map(|(name, one)| CpuUse {
            name: name.clone(),
            percent: super::one_decimal(one.cpu_percent),
            processes: one.processes,
        })
        .filter(|one| one.percent > 0.0)
        .collect();
    all.sort_by(|a, b| b.percent.total_cmp(&a.percent).then_with(|| a.name.cmp(&b.name)));
    all.truncate(MOST);
    all
}

/// The programs that hold most.
pub(super) fn by_memory(uses: &HashMap<String, Use>) -> Vec<MemoryUse> {
    let mut all: Vec<MemoryUse> = uses
        .iter()
        .filter(|(_, one)| one.bytes > 0)
        .map(|(name, one)| MemoryUse { name: name.clone(), bytes: one.bytes, processes: one.processes })
        .collect();
    all.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    all.truncate(MOST);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_largest_come_largest_first_and_idle_ones_not_at_all() {
        let mut uses: HashMap<String, Use> = (1..=15_u32)
            .map(|n| (format!("p{n:02}"), Use { cpu_percent: f64::from(n), bytes: u64::from(n) * 10, processes: 1 }))
            .collect();
        uses.insert("idle".to_owned(), Use { cpu_percent: 0.01, bytes: 0, processes: 3 });
        let cpu = by_cpu(&uses);
        assert_eq!(cpu.len(), 10);
        assert_eq!((cpu[0].name.as_str(), cpu[9].name.as_str()), ("p15", "p06"));
        assert_eq!(by_memory(&uses)[0].bytes, 150);
    }
}
