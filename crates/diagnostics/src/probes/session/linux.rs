use std::collections::BTreeSet;
use std::time::Duration;

use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::OwnedObjectPath;

use super::login::login;
use super::{Kind, Session};
use crate::ProbeError;

/// What logind says of one session (org.freedesktop.login1.Session).
#[derive(Debug, Default)]
struct Logind {
    kind: String,
    service: String,
    remote: bool,
}

pub(super) fn read() -> Result<Session, ProbeError> {
    // SAFETY: getuid takes nothing and cannot fail.
    let uid = unsafe { libc::getuid() };
    // Not running (a container, sysvinit): the environment alone has to do.
    let (logind, other_users) = ask_logind(uid).unwrap_or_default();
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (kind, protocol) = judge(logind.as_ref(), &|name| variable(name).is_some());
    Ok(Session {
        kind,
        protocol,
        user: login(uid).unwrap_or_else(|| uid.to_string()),
        other_users,
        locale: ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| variable(name))
            .unwrap_or_else(|| "C".to_owned()),
        desktop: variable("XDG_CURRENT_DESKTOP").or_else(|| variable("DESKTOP_SESSION")),
    })
}

/// The environment comes first: a remote desktop's server is often a local session to logind.
fn judge(logind: Option<&Logind>, has: &dyn Fn(&str) -> bool) -> (Kind, Option<&'static str>) {
    let by_environment = [
        ("CTX_SESSION_ID", Kind::Vdi, "citrix"),
        ("VMWARE_VIEW_SESSION_ID", Kind::Vdi, "horizon"),
        ("XRDP_SESSION", Kind::Remote, "rdp"),
        ("X2GO_SESSION", Kind::Remote, "x2go"),
        ("NXSESSIONID", Kind::Remote, "nx"),
        ("VNCDESKTOP", Kind::Remote, "vnc"),
    ];
    if let Some((_, kind, protocol)) = by_environment.into_iter().find(|(name, ..)| has(name)) {
        return (kind, Some(protocol));
    }
    if let Some(session) = logind {
        let protocol = match session.service.as_str() {
            "xrdp-sesman" | "gnome-remote-desktop" => Some("rdp"),
            "sshd" => Some("ssh"),
            "x2go" => Some("x2go"),
            _ => None,
        };
        if session.remote || protocol.is_some() {
            return (Kind::Remote, protocol);
        }
        if matches!(session.kind.as_str(), "x11" | "wayland" | "mir" | "tty") {
            return (Kind::Console, None);
        }
    }
    if has("SSH_CONNECTION") { (Kind::Remote, Some("ssh")) } else { (Kind::Unknown, None) }
}

/// Our session, and how many other people have one; `None` without logind.
fn ask_logind(uid: u32) -> Option<(Option<Logind>, u32)> {
    let bus = connection::Builder::system().ok()?.method_timeout(Duration::from_millis(100)).build().ok()?;
    let manager =
        Proxy::new(&bus, "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager").ok()?;
    // A session is (id, uid, login, seat, object).
    let all: Vec<(String, u32, String, String, OwnedObjectPath)> = manager.call("ListSessions", &()).ok()?;
    let mut others = BTreeSet::new();
    for (_, other, _, _, path) in &all {
        // The greeter is a session of its own, of class "greeter".
        if *other != uid && text(&bus, path, "Class").is_none_or(|class| class == "user") {
            others.insert(*other);
        }
    }
    let own_id = std::env::var("XDG_SESSION_ID").ok();
    let own = all
        .iter()
        .find(|(id, ..)| own_id.as_ref() == Some(id))
        .map(|(.., path)| path.clone())
        .or_else(|| manager.call("GetSessionByPID", &(std::process::id(),)).ok())
        // Started by the user's systemd, the agent belongs to no session: the one with a seat is meant.
        .or_else(|| {
            all.iter().find(|(_, of, _, seat, _)| *of == uid && !seat.is_empty()).map(|(.., path)| path.clone())
        });
    let session = own.map(|path| Logind {
        kind: text(&bus, &path, "Type").unwrap_or_default(),
        service: text(&bus, &path, "Service").unwrap_or_default(),
        remote: session_proxy(&bus, &path).and_then(|proxy| proxy.get_property("Remote").ok()).unwrap_or(false),
    });
    Some((session, u32::try_from(others.len()).unwrap_or(u32::MAX)))
}

fn session_proxy<'a>(bus: &'a Connection, path: &'a OwnedObjectPath) -> Option<Proxy<'a>> {
    Proxy::new(bus, "org.freedesktop.login1", path.as_ref(), "org.freedesktop.login1.Session").ok()
}

fn text(bus: &Connection, path: &OwnedObjectPath, property: &str) -> Option<String> {
    session_proxy(bus, path)?.get_property(property).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(kind: &str, service: &str, remote: bool) -> Logind {
        Logind { kind: kind.to_owned(), service: service.to_owned(), remote }
    }

    #[test]
    fn a_desktop_at_the_machine_is_a_console() {
        assert_eq!(judge(Some(&session("wayland", "gdm-password", false)), &|_| false), (Kind::Console, None));
    }

    #[test]
    fn remote_desktops_are_told_by_service_or_environment() {
        assert_eq!(judge(Some(&session("x11", "xrdp-sesman", false)), &|_| false), (Kind::Remote, Some("rdp")));
        assert_eq!(
            judge(Some(&session("x11", "", false)), &|name| name == "X2GO_SESSION"),
            (Kind::Remote, Some("x2go"))
        );
        assert_eq!(
            judge(Some(&session("x11", "", false)), &|name| name == "CTX_SESSION_ID"),
            (Kind::Vdi, Some("citrix"))
        );
        assert_eq!(judge(Some(&session("tty", "sshd", true)), &|_| false), (Kind::Remote, Some("ssh")));
    }

    #[test]
    fn without_logind_only_the_environment_speaks() {
        assert_eq!(judge(None, &|name| name == "SSH_CONNECTION"), (Kind::Remote, Some("ssh")));
        assert_eq!(judge(None, &|_| false), (Kind::Unknown, None));
    }
}
