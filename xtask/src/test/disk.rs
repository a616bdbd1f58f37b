//! A full disk fails somewhere in the middle with the linker's words; this says it first.

use anyhow::Context;

use crate::repository;
use crate::test::Outcome;
use crate::test::tally::Tally;

const GIB: u64 = 1 << 30;

/// What the whole test needs on a clean checkout, with room for what runs beside it. The build of everything is by far the
/// most of it.
const NEEDED: u64 = 20 * GIB;

/// What it needs beside an earlier build, however much of that can be used again: databases, browsers, new test programs.
const MARGIN: u64 = 5 * GIB;

/// Whether a disk that holds `built` bytes of an earlier build already and has `free` bytes left will do.
fn suffices(free: u64, built: u64) -> bool {
    free >= MARGIN && free.saturating_add(built) >= NEEDED
}

/// Checks that the disk of the target directory has room.
pub fn enough() -> anyhow::Result<Outcome> {
    let target = &repository::metadata()?.target_directory;
    std::fs::create_dir_all(target).with_context(|| format!("cannot make {}", target.display()))?;
    let free = fs4::available_space(target).with_context(|| format!("free space of {}", target.display()))?;
    let built = size(target).with_context(|| format!("size of {}", target.display()))?;
    let gib = |bytes: u64| format!("{:.1} GiB", bytes as f64 / GIB as f64);
    println!("   {} free, {} built before", gib(free), gib(built));
    if suffices(free, built) {
        return Ok(Outcome::Ran(Tally::default()));
    }
    let says = format!(
        "{} free and {} built before: {} are needed in all; make room, or set CARGO_TARGET_DIR to a disk that has it",
        gib(free),
        gib(built),
        gib(NEEDED)
    );
    Ok(Outcome::Failed(Tally::default(), says))
}

/// Bytes of the files in a folder and below.
fn size(folder: &std::path::Path) -> std::io::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            sum += size(&entry.path())?;
        } else if kind.is_file() {
            sum += entry.metadata()?.len();
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_suffices_from_what_is_needed_on() {
        assert!(suffices(NEEDED, 0));
        assert!(!suffices(NEEDED - 1, 0));
    }

    #[test]
    fn what_was_built_before_need_not_be_free_but_for_a_margin() {
        assert!(suffices(MARGIN, NEEDED));
        assert!(!suffices(MARGIN - 1, NEEDED));
    }

    #[test]
    fn a_folder_is_as_large_as_its_files() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("deps")).unwrap();
        std::fs::write(folder.path().join("one"), [0; 3]).unwrap();
        std::fs::write(folder.path().join("deps/two"), [0; 4]).unwrap();
        assert_eq!(size(folder.path()).unwrap(), 7);
    }
}
