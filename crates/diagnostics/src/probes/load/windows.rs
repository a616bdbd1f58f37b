use std::collections::BTreeSet;

use windows::Win32::Foundation::{HWND, LPARAM};
use windows::Win32::System::ProcessStatus::{GetPerformanceInfo, PERFORMANCE_INFORMATION};
use windows::Win32::UI::WindowsAndMessaging::{
    EnumWindows, GetWindowThreadProcessId, IsHungAppWindow, IsWindowVisible,
};
use windows::core::BOOL;

use super::{DiskBusy, Extras, Pressure, percent};
use crate::windows_process;

pub(super) fn read() -> Extras {
    Extras {
        commit_percent: commit_percent(),
        pressure: Pressure::default(),
        disk_busy_percent: None,
        hung_windows: Some(hung_windows()),
    }
}

/// Disks' counters need rights (IOCTL_DISK_PERFORMANCE) or PDH, which lacks them where its registry is broken.
pub(super) fn disk_busy() -> Option<DiskBusy> {
    None
}

fn commit_percent() -> Option<f64> {
    let mut info = PERFORMANCE_INFORMATION::default();
    let bytes = u32::try_from(size_of::<PERFORMANCE_INFORMATION>()).ok()?;
    // SAFETY: the pointer is to a live struct of that size.
    unsafe { GetPerformanceInfo(&raw mut info, bytes) }.ok()?;
    Some(percent(info.CommitTotal as u64, info.CommitLimit as u64))
}

/// Names of programs with a visible window that has not taken a message for five seconds.
fn hung_windows() -> Vec<String> {
    const MOST: usize = 10;
    let mut processes: BTreeSet<u32> = BTreeSet::new();
    // SAFETY: the callback takes the parameter for what it is, a pointer to a set that outlives the call.
    let _ = unsafe { EnumWindows(Some(note_if_hung), LPARAM(&raw mut processes as isize)) };
    let names: BTreeSet<String> =
        processes.into_iter().filter_map(windows_process::path).map(|path| windows_process::file_name(&path)).collect();
    names.into_iter().take(MOST).collect()
}

unsafe extern "system" fn note_if_hung(window: HWND, processes: LPARAM) -> BOOL {
    // SAFETY: `hung_windows` passes a pointer to a live set that nobody else uses meanwhile.
    let processes = unsafe { &mut *(processes.0 as *mut BTreeSet<u32>) };
    // SAFETY: windows may go at any time; these calls then say "no".
    if unsafe { IsWindowVisible(window).as_bool() && IsHungAppWindow(window).as_bool() } {
        let mut process = 0;
        // SAFETY: the pointer is to a live variable.
        unsafe { GetWindowThreadProcessId(window, Some(&raw mut process)) };
        processes.insert(process);
    }
    true.into()
}
