//! Processes of Windows by their id.

use windows::Win32::Foundation::CloseHandle;
use windows::Win32::System::Threading::{
    OpenProcess, PROCESS_NAME_WIN32, PROCESS_QUERY_LIMITED_INFORMATION, QueryFullProcessImageNameW,
};
use windows::core::PWSTR;

/// Where a process's executable lies. Works for processes of other users too, protected ones excepted.
pub(crate) fn path(process: u32) -> Option<String> {
    // SAFETY: takes plain numbers.
    let handle = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, false, process) }.ok()?;
    let mut buffer = vec![0_u16; 32 * 1024];
    let mut length = u32::try_from(buffer.len()).unwrap_or(0);
    // SAFETY: the handle is open, and `length` is the buffer's.
    let found =
        unsafe { QueryFullProcessImageNameW(handle, PROCESS_NAME_WIN32, PWSTR(buffer.as_mut_ptr()), &raw mut length) };
    // SAFETY: the handle is open, and this is its only owner. Nothing could be done about a failure.
    let _ = unsafe { CloseHandle(handle) };
    found.ok()?;
    Some(String::from_utf16_lossy(&buffer[..length as usize]))
}

/// The last part of a path: the rest may name a person.
pub(crate) fn file_name(path: &str) -> String {
    path.rsplit(['\\', '/']).next().unwrap_or(path).to_owned()
}
