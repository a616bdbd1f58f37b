use super::{DiskBusy, Extras};

/// macOS tells nobody about pressure in shares of time, nor about another program's windows without the right to
/// control them.
pub(super) fn read() -> Extras {
    Extras::default()
}

/// Needs IOKit's block storage statistics, which count operations, not time.
pub(super) fn disk_busy() -> Option<DiskBusy> {
    None
}
