use std::collections::BTreeSet;

use objc2_foundation::NSLocale;

use super::login::login;
use super::{Kind, Session};
use crate::ProbeError;

pub(super) fn read() -> Result<Session, ProbeError> {
    // SAFETY: getuid takes nothing and cannot fail.
    let uid = unsafe { libc::getuid() };
    let user = login(uid).unwrap_or_else(|| uid.to_string());
    let over_ssh = std::env::var_os("SSH_CONNECTION").is_some();
    Ok(Session {
        // Screen sharing shows the console's own session, and nothing tells it apart.
        kind: if over_ssh { Kind::Remote } else { Kind::Console },
        protocol: over_ssh.then_some("ssh"),
        other_users: other_users(&user),
        user,
        locale: NSLocale::currentLocale().localeIdentifier().to_string(),
        desktop: None,
    })
}

/// People signed in beside this one, by utmpx(5).
fn other_users(own: &str) -> u32 {
    let mut people = BTreeSet::new();
    // SAFETY: the three calls share a cursor of the process; no other thread of this program uses them.
    unsafe { libc::setutxent() };
    loop {
        // SAFETY: as above.
        let entry = unsafe { libc::getutxent() };
        if entry.is_null() {
            break;
        }
        // SAFETY: not null, and valid until the next call.
        let entry = unsafe { &*entry };
        if entry.ut_type == libc::USER_PROCESS {
            let name: Vec<u8> =
                entry.ut_user.iter().take_while(|letter| **letter != 0).map(|letter| letter.cast_unsigned()).collect();
            people.insert(String::from_utf8_lossy(&name).into_owned());
        }
    }
    // SAFETY: as above.
    unsafe { libc::endutxent() };
    people.remove(own);
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}
