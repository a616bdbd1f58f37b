use std::collections::BTreeSet;

use windows::Win32::Globalization::GetUserDefaultLocaleName;
use windows::Win32::System::RemoteDesktop::{
    WTS_CURRENT_SESSION, WTS_INFO_CLASS, WTS_SESSION_INFOW, WTSActive, WTSClientProtocolType, WTSDisconnected,
    WTSDomainName, WTSEnumerateSessionsW, WTSFreeMemory, WTSQuerySessionInformationW, WTSUserName,
};
use windows::core::PWSTR;

use super::{Kind, Session};
use crate::ProbeError;
use crate::wide::from_wide;

/// The longest locale name, with its NUL (LOCALE_NAME_MAX_LENGTH).
const LOCALE_NAME_UNITS: usize = 85;

pub(super) fn read() -> Result<Session, ProbeError> {
    let user = text(WTS_CURRENT_SESSION, WTSUserName).or_else(|| std::env::var("USERNAME").ok()).unwrap_or_default();
    let (kind, protocol) = judge(client_protocol(), is_horizon());
    let mut locale = [0; LOCALE_NAME_UNITS];
    // SAFETY: the buffer is a live slice.
    unsafe { GetUserDefaultLocaleName(&mut locale) };
    Ok(Session { kind, protocol, other_users: other_users(&user), user, locale: from_wide(&locale), desktop: None })
}

/// WTSClientProtocolType: 0 is the console, 1 was ICA (Citrix), 2 is RDP.
fn judge(protocol: Option<u16>, is_horizon: bool) -> (Kind, Option<&'static str>) {
    if is_horizon {
        return (Kind::Vdi, Some("horizon"));
    }
    match protocol {
        Some(0) => (Kind::Console, None),
        Some(1) => (Kind::Vdi, Some("citrix")),
        Some(2) => (Kind::Remote, Some("rdp")),
        _ => (Kind::Unknown, None),
    }
}

/// Horizon's agent leaves the client's particulars in the user's volatile environment.
fn is_horizon() -> bool {
    windows_registry::CURRENT_USER
        .open("Volatile Environment")
        .is_ok_and(|key| key.get_string("ViewClient_Machine_Name").is_ok())
}

fn client_protocol() -> Option<u16> {
    query(WTS_CURRENT_SESSION, WTSClientProtocolType, |data, bytes| {
        // SAFETY: the answer is a USHORT, if there are bytes for one.
        (bytes >= 2).then(|| unsafe { data.cast::<u16>().read_unaligned() })
    })
}

fn text(session: u32, class: WTS_INFO_CLASS) -> Option<String> {
    query(session, class, |data, bytes| {
        // SAFETY: the answer is UTF-16 text of that many bytes.
        let wide = unsafe { std::slice::from_raw_parts(data, bytes as usize / 2) };
        Some(from_wide(wide)).filter(|text| !text.is_empty())
    })
}

fn query<T>(session: u32, class: WTS_INFO_CLASS, read: impl FnOnce(*const u16, u32) -> Option<T>) -> Option<T> {
    let mut data = PWSTR::null();
    let mut bytes = 0;
    // SAFETY: both pointers are to live variables; None is this server.
    unsafe { WTSQuerySessionInformationW(None, session, class, &raw mut data, &raw mut bytes) }.ok()?;
    if data.is_null() {
        return None;
    }
    let value = read(data.0, bytes);
    // SAFETY: the memory came from WTSQuerySessionInformationW, and nothing borrows from it any more.
    unsafe { WTSFreeMemory(data.0.cast()) };
    value
}

/// People signed in beside this one, whether their session is in front or left behind.
fn other_users(own: &str) -> u32 {
    let mut sessions: *mut WTS_SESSION_INFOW = std::ptr::null_mut();
    let mut count = 0;
    // SAFETY: both pointers are to live variables; 1 is the only version.
    if unsafe { WTSEnumerateSessionsW(None, 0, 1, &raw mut sessions, &raw mut count) }.is_err() || sessions.is_null() {
        return 0;
    }
    // SAFETY: on success there are `count` entries.
    let all = unsafe { std::slice::from_raw_parts(sessions, count as usize) };
    let people: BTreeSet<String> = all
        .iter()
        .filter(|session| session.State == WTSActive || session.State == WTSDisconnected)
        .filter_map(|session| {
            let name = text(session.SessionId, WTSUserName)?;
            Some(format!("{}\\{name}", text(session.SessionId, WTSDomainName).unwrap_or_default()))
        })
        .filter(|person| !person.rsplit('\\').next().is_some_and(|name| name.eq_ignore_ascii_case(own)))
        .collect();
    // SAFETY: the memory came from WTSEnumerateSessionsW, and nothing borrows from it any more.
    unsafe { WTSFreeMemory(sessions.cast()) };
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clients_protocol_says_where_the_screen_is() {
        assert_eq!(judge(Some(0), false), (Kind::Console, None));
        assert_eq!(judge(Some(2), false), (Kind::Remote, Some("rdp")));
        assert_eq!(judge(Some(1), false), (Kind::Vdi, Some("citrix")));
        assert_eq!(judge(Some(2), true), (Kind::Vdi, Some("horizon")));
        assert_eq!(judge(None, false), (Kind::Unknown, None));
    }
}
