//! The terminal of whoever typed the command. A release build is a windowed program, which Windows starts without one.

use windows_sys::Win32::System::Console::{ATTACH_PARENT_PROCESS, AttachConsole};

/// Borrows the console of the parent process, so that `redbutton report` can print; does nothing when started from
/// the desktop, or where the output is a pipe or a file already.
pub fn attach() {
    // SAFETY: takes a constant; fails harmlessly where the parent has no console or this process has one.
    unsafe { AttachConsole(ATTACH_PARENT_PROCESS) };
}
