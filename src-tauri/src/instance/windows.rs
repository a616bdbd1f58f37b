//! The plugin's hidden window: found by its class and title, given the arguments in a WM_COPYDATA.

use anyhow::{Context, bail};
use windows_sys::Win32::{
    System::DataExchange::COPYDATASTRUCT,
    UI::WindowsAndMessaging::{
        AllowSetForegroundWindow, FindWindowW, GetWindowThreadProcessId, SMTO_NORMAL, SendMessageTimeoutW, WM_COPYDATA,
    },
};

use super::IDENTIFIER;

/// The plugin's mark of "folder and arguments, a NUL between each".
const SEPARATED_BY_NUL: usize = 1543;
/// The same patience the plugin has with itself.
const TAKEN_WITHIN_MS: u32 = 10_000;

pub(super) async fn hand_over(arguments: Vec<String>) -> anyhow::Result<bool> {
    tokio::task::spawn_blocking(move || send(&arguments)).await.context("handing over was cut short")?
}

fn send(arguments: &[String]) -> anyhow::Result<bool> {
    let class = wide(&format!("{IDENTIFIER}-sic"));
    let title = wide(&format!("{IDENTIFIER}-siw"));
    // SAFETY: both strings end with a NUL and outlive the call.
    let window = unsafe { FindWindowW(class.as_ptr(), title.as_ptr()) };
    if window.is_null() {
        return Ok(false);
    }

    let mut owner = 0;
    // SAFETY: `owner` is a valid place for the process id; a stale handle yields 0.
    unsafe { GetWindowThreadProcessId(window, &raw mut owner) };
    if owner != 0 {
        // SAFETY: takes a plain number. Windows lets only the foreground process pass that right on.
        unsafe { AllowSetForegroundWindow(owner) };
    }

    let mut data = std::env::current_dir().unwrap_or_default().to_string_lossy().into_owned();
    for argument in arguments {
        data.push('\0');
        data.push_str(argument);
    }
    let message = COPYDATASTRUCT {
        dwData: SEPARATED_BY_NUL,
        cbData: u32::try_from(data.len()).context("the sentence is too long")?,
        lpData: data.as_ptr() as *mut _,
    };
    // SAFETY: the structure and the bytes it points at live until the call returns; the receiver only reads them.
    let taken = unsafe {
        SendMessageTimeoutW(
            window,
            WM_COPYDATA,
            0,
            &raw const message as isize,
            SMTO_NORMAL,
            TAKEN_WITHIN_MS,
            std::ptr::null_mut(),
        )
    };
    if taken == 0 {
        bail!("the running app did not take the report within {TAKEN_WITHIN_MS} ms");
    }
    Ok(true)
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}
