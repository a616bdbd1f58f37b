use std::ffi::c_void;

use windows::Win32::Storage::FileSystem::{
    GetFileVersionInfoSizeW, GetFileVersionInfoW, VS_FIXEDFILEINFO, VerQueryValueW,
};
use windows::Win32::UI::WindowsAndMessaging::{
    GetForegroundWindow, GetWindowTextW, GetWindowThreadProcessId, IsHungAppWindow,
};
use windows::core::PCWSTR;

use super::{App, Detail, Window};
use crate::wide::{from_wide, to_wide};
use crate::{ProbeError, windows_process};

pub(super) fn read(detail: Detail) -> Result<Window, ProbeError> {
    // SAFETY: takes nothing.
    let window = unsafe { GetForegroundWindow() };
    if window.is_invalid() {
        return Err(ProbeError::NotPresent("no window has the focus".to_owned()));
    }
    let mut process = 0;
    // SAFETY: the pointer is to a live variable; a window that has gone leaves it zero.
    unsafe { GetWindowThreadProcessId(window, Some(&raw mut process)) };
    let path = windows_process::path(process)
        .ok_or_else(|| ProbeError::AccessDenied(format!("process {process} does not tell its executable")))?;
    let executable = windows_process::file_name(&path);
    let file = VersionInfo::of(&path);
    let text = |name: &str| file.as_ref().and_then(|file| file.text(name));
    let full = detail == Detail::Full;
    let mut title = [0; 512];
    // SAFETY: the buffer is a live slice. For another process's window this reads its caption without waiting for it.
    let length = if full { unsafe { GetWindowTextW(window, &mut title) } } else { 0 };
    Ok(Window {
        app: App { name: text("FileDescription").unwrap_or_else(|| executable.clone()), executable },
        version: file.as_ref().and_then(VersionInfo::number).or_else(|| text("FileVersion")),
        publisher: text("CompanyName"),
        title: usize::try_from(length).ok().filter(|length| *length > 0).map(|length| from_wide(&title[..length])),
        pid: Some(process),
        // SAFETY: a window that has gone is not hung.
        responding: Some(!unsafe { IsHungAppWindow(window) }.as_bool()),
        session_type: "windows",
    })
}

/// The version resource of a file.
struct VersionInfo(Vec<u8>);

impl VersionInfo {
    fn of(path: &str) -> Option<Self> {
        let path = to_wide(path);
        let path = PCWSTR(path.as_ptr());
        // SAFETY: the path ends with NUL and outlives both calls.
        let size = unsafe { GetFileVersionInfoSizeW(path, None) };
        if size == 0 {
            return None;
        }
        let mut data = vec![0; size as usize];
        // SAFETY: the buffer has `size` bytes.
        unsafe { GetFileVersionInfoW(path, None, size, data.as_mut_ptr().cast()) }.ok()?;
        Some(Self(data))
    }

    /// A value of the resource; it borrows from the data.
    fn query(&self, block: &str) -> Option<(*const c_void, u32)> {
        let block = to_wide(block);
        let mut value: *mut c_void = std::ptr::null_mut();
        let mut length = 0;
        // SAFETY: the data is a version resource, the name ends with NUL, the pointers are to live variables.
        let found =
            unsafe { VerQueryValueW(self.0.as_ptr().cast(), PCWSTR(block.as_ptr()), &raw mut value, &raw mut length) };
        (found.as_bool() && !value.is_null() && length > 0).then_some((value.cast_const(), length))
    }

    fn number(&self) -> Option<String> {
        let (value, length) = self.query("\\")?;
        if (length as usize) < size_of::<VS_FIXEDFILEINFO>() {
            return None;
        }
        // SAFETY: the root block is a VS_FIXEDFILEINFO, and the length is enough for one.
        let fixed = unsafe { value.cast::<VS_FIXEDFILEINFO>().read_unaligned() };
        let (high, low) = (fixed.dwFileVersionMS, fixed.dwFileVersionLS);
        Some(format!("{}.{}.{}.{}", high >> 16, high & 0xffff, low >> 16, low & 0xffff))
    }

    /// A text in the file's first language.
    fn text(&self, name: &str) -> Option<String> {
        let (translation, length) = self.query("\\VarFileInfo\\Translation")?;
        if length < 4 {
            return None;
        }
        // SAFETY: the table holds pairs of language and code page, and has at least one.
        let [language, code_page] = unsafe { translation.cast::<[u16; 2]>().read_unaligned() };
        let (text, units) = self.query(&format!("\\StringFileInfo\\{language:04x}{code_page:04x}\\{name}"))?;
        // SAFETY: texts are UTF-16 of `units` units, within the data.
        let wide = unsafe { std::slice::from_raw_parts(text.cast::<u16>(), units as usize) };
        let text = from_wide(wide).trim().to_owned();
        (!text.is_empty()).then_some(text)
    }
}
