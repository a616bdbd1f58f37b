use std::path::Path;

use super::{DiskBusy, Extras, Pressure, percent, pressure_file};
use crate::limited_file;

pub(super) fn read() -> Extras {
    let pressure = |of: &str| {
        // Absent on kernels built without it, and where it was turned off (psi=0) reading fails.
        limited_file::read(Path::new("/proc/pressure").join(of)).ok().and_then(|text| pressure_file::some_avg10(&text))
    };
    Extras {
        commit_percent: commit_percent(),
        pressure: Pressure {
            cpu_some_avg10: pressure("cpu"),
            memory_some_avg10: pressure("memory"),
            io_some_avg10: pressure("io"),
        },
        disk_busy_percent: None,
        hung_windows: None,
    }
}

/// Commit is a limit only under strict accounting (vm.overcommit_memory=2); otherwise its percentage says nothing.
fn commit_percent() -> Option<f64> {
    if limited_file::read_number::<u8>("/proc/sys/vm/overcommit_memory")? != 2 {
        return None;
    }
    commit_of(&limited_file::read("/proc/meminfo").ok()?)
}

fn commit_of(meminfo: &str) -> Option<f64> {
    let kibibytes = |key: &str| -> Option<u64> {
        meminfo
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(':')?.split_whitespace().next()?.parse().ok())
    };
    Some(percent(kibibytes("Committed_AS")?, kibibytes("CommitLimit")?))
}

pub(super) fn disk_busy() -> Option<DiskBusy> {
    limited_file::read("/proc/diskstats").ok().map(|text| parse_diskstats(&text))
}

/// Field 13 is the time with work in flight, in ms (Documentation/admin-guide/iostats.rst). Partitions repeat their
/// disk and can only be as busy.
fn parse_diskstats(text: &str) -> DiskBusy {
    let busy = text.lines().filter_map(|line| {
        let mut fields = line.split_whitespace().skip(2);
        let name = fields.next()?;
        let virtual_one = ["loop", "ram", "zram", "sr"].iter().any(|prefix| name.starts_with(prefix));
        (!virtual_one).then_some((name.to_owned(), fields.nth(9)?.parse().ok()?))
    });
    DiskBusy(busy.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_time_with_work_of_real_disks() {
        let text = "   7       0 loop0 55 0 690 13 0 0 0 0 0 28 13 0 0 0 0 0 0\n\
                    259       0 nvme0n1 293839 93423 2321 67231 812345 1 2 399 0 184220 466 0 0 0 0 5 6\n\
                    8 0 sda 1 2\n";
        assert_eq!(parse_diskstats(text), DiskBusy([("nvme0n1".to_owned(), 184_220)].into()));
    }

    #[test]
    fn commit_is_a_share_of_its_limit() {
        let meminfo = "MemTotal: 8000 kB\nCommitLimit:     4000 kB\nCommitted_AS:    3800 kB\n";
        assert_eq!(commit_of(meminfo), Some(95.0));
        assert_eq!(commit_of("MemTotal: 8000 kB\n"), None);
    }
}
