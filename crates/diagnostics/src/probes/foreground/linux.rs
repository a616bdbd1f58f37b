use std::io::{BufRead, BufReader};
use std::path::Path;

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt, Window as WindowId};
use x11rb::rust_connection::RustConnection;

use super::{App, Detail, Window};
use crate::{ProbeError, limited_file};

/// Asks the window manager through EWMH (specifications.freedesktop.org/wm-spec). A Wayland compositor tells no program
/// about another's windows; what runs under XWayland is seen all the same.
pub(super) fn read(detail: Detail) -> Result<Window, ProbeError> {
    let wayland = std::env::var_os("WAYLAND_DISPLAY").is_some_and(|display| !display.is_empty());
    if std::env::var_os("DISPLAY").is_none_or(|display| display.is_empty()) {
        return Err(if wayland { not_told() } else { ProbeError::NotPresent("no graphical display".to_owned()) });
    }
    ask(None, wayland, detail)
}

/// Asks one X server, by default the one of `DISPLAY`.
fn ask(display: Option<&str>, wayland: bool, detail: Detail) -> Result<Window, ProbeError> {
    let (connection, screen) =
        x11rb::connect(display).map_err(|error| ProbeError::Failed(format!("connect to the display: {error}")))?;
    let root = connection.setup().roots[screen].root;
    let x11 = X11 { connection: &connection };
    let Some(window) = x11.number(root, "_NET_ACTIVE_WINDOW").filter(|window| *window != 0) else {
        return Err(if wayland { not_told() } else { ProbeError::NotPresent("no window has the focus".to_owned()) });
    };
    let pid = x11.number(window, "_NET_WM_PID").filter(|pid| *pid != 0);
    let class = x11.text(window, AtomEnum::WM_CLASS.into()).and_then(|class| class_of(&class));
    let path = pid.and_then(|pid| std::fs::read_link(format!("/proc/{pid}/exe")).ok());
    let executable = path
        .as_deref()
        .and_then(Path::file_name)
        // The kernel marks a program whose file was replaced by an update while it runs.
        .map(|name| name.to_string_lossy().trim_end_matches(" (deleted)").to_owned())
        .or_else(|| limited_file::read_trimmed(format!("/proc/{}/comm", pid?)))
        .or_else(|| class.as_ref().map(|class| class.to_lowercase()))
        .ok_or_else(|| ProbeError::Failed("the window says neither process nor class".to_owned()))?;
    let full = detail == Detail::Full;
    Ok(Window {
        app: App { name: class.unwrap_or_else(|| executable.clone()), executable },
        version: path.filter(|_| full).and_then(|path| packaged_version(&path)),
        publisher: None,
        title: if full { x11.title(window) } else { None },
        pid,
        responding: pid.filter(|_| full).and_then(is_stopped).and_then(|stopped| stopped.then_some(false)),
        session_type: if wayland { "wayland" } else { "x11" },
    })
}

fn not_told() -> ProbeError {
    ProbeError::AccessDenied("the Wayland compositor does not tell which window has the focus".to_owned())
}

struct X11<'a> {
    connection: &'a RustConnection,
}

impl X11<'_> {
    fn atom(&self, name: &str) -> Option<Atom> {
        let atom = self.connection.intern_atom(true, name.as_bytes()).ok()?.reply().ok()?.atom;
        (atom != x11rb::NONE).then_some(atom)
    }

    fn number(&self, window: WindowId, property: &str) -> Option<u32> {
        let atom = self.atom(property)?;
        let reply = self.connection.get_property(false, window, atom, AtomEnum::ANY, 0, 1).ok()?.reply().ok()?;
        reply.value32()?.next()
    }

    fn text(&self, window: WindowId, atom: Atom) -> Option<String> {
        // In units of four bytes.
        const MAX_LENGTH: u32 = 256;
        let reply =
            self.connection.get_property(false, window, atom, AtomEnum::ANY, 0, MAX_LENGTH).ok()?.reply().ok()?;
        (!reply.value.is_empty()).then(|| String::from_utf8_lossy(&reply.value).into_owned())
    }

    fn title(&self, window: WindowId) -> Option<String> {
        self.atom("_NET_WM_NAME")
            .and_then(|atom| self.text(window, atom))
            .or_else(|| self.text(window, AtomEnum::WM_NAME.into()))
    }
}

/// WM_CLASS is `instance NUL class NUL`; the class is what people know.
fn class_of(property: &str) -> Option<String> {
    let mut parts = property.split('\0').filter(|part| !part.is_empty());
    let instance = parts.next()?;
    Some(parts.next().unwrap_or(instance).to_owned())
}

/// Whether the process is stopped (`T`): X11 lets only the window manager ask a window whether it answers.
fn is_stopped(pid: u32) -> Option<bool> {
    let stat = limited_file::read(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may hold brackets itself.
    let state = stat.rsplit_once(')')?.1.split_whitespace().next()?;
    Some(state == "T")
}

/// The version of the Debian package that owns the file, where the package is named like the file: true for most
/// programs with windows, and two files to read instead of thousands.
fn packaged_version(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let list = limited_file::read(format!("/var/lib/dpkg/info/{name}.list"))
        .or_else(|_| limited_file::read(format!("/var/lib/dpkg/info/{name}:amd64.list")))
        .ok()?;
    let owned = path.to_str()?;
    if !list.lines().any(|line| line == owned) {
        return None;
    }
    version_in_status(BufReader::new(std::fs::File::open("/var/lib/dpkg/status").ok()?), name)
}

/// The `Version` of a package in dpkg's status file, paragraphs of `Key: value`.
fn version_in_status(status: impl BufRead, package: &str) -> Option<String> {
    let mut here = false;
    for line in status.lines().map_while(Result::ok) {
        if let Some(name) = line.strip_prefix("Package: ") {
            here = name == package;
        } else if here && let Some(version) = line.strip_prefix("Version: ") {
            return Some(version.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_a_window_is_what_people_know() {
        assert_eq!(class_of("Navigator\0firefox-esr\0").as_deref(), Some("firefox-esr"));
        assert_eq!(class_of("xterm\0").as_deref(), Some("xterm"));
        assert_eq!(class_of(""), None);
    }

    #[test]
    fn a_packages_version_is_found_in_its_own_paragraph() {
        let status = "Package: bash\nStatus: install ok installed\nVersion: 5.2\n\n\
                      Package: firefox-esr\nVersion: 115.8.0esr-1\n";
        assert_eq!(version_in_status(status.as_bytes(), "firefox-esr").as_deref(), Some("115.8.0esr-1"));
        assert_eq!(version_in_status(status.as_bytes(), "firefox"), None);
    }

    /// An X server of its own, ended with the test.
    struct Xvfb {
        server: std::process::Child,
        display: String,
    }

    impl Xvfb {
        /// `None` where it is not installed.
        fn start() -> Option<Self> {
            let mut server = std::process::Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "320x200x24", "-nolisten", "tcp", "-noreset"])
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::null())
                .spawn()
                .ok()?;
            // It writes the number once it takes connections.
            let mut number = String::new();
            BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
            Some(Self { server, display: format!(":{}", number.trim()) })
        }
    }

    impl Drop for Xvfb {
        fn drop(&mut self) {
            let _ = self.server.kill();
            let _ = self.server.wait();
        }
    }

    #[test]
    fn the_window_with_the_focus_is_described_by_a_real_x_server() {
        use x11rb::protocol::xproto::{CreateWindowAux, PropMode, WindowClass};
        use x11rb::wrapper::ConnectionExt as _;
        let Some(xvfb) = Xvfb::start() else {
            eprintln!("skipped: Xvfb is not installed");
            return;
        };
        let (connection, screen) = x11rb::connect(Some(&xvfb.display)).unwrap();
        let root = connection.setup().roots[screen].root;
        let atom = |name: &str| connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom;
        assert!(matches!(ask(Some(&xvfb.display), false, Detail::Full), Err(ProbeError::NotPresent(_))));

        let window = connection.generate_id().unwrap();
        connection
            .create_window(0, window, root, 0, 0, 9, 9, 0, WindowClass::INPUT_OUTPUT, 0, &CreateWindowAux::new())
            .unwrap();
        let set = |property: Atom, kind: Atom, text: &[u8]| {
            connection.change_property8(PropMode::REPLACE, window, property, kind, text).unwrap();
        };
        set(AtomEnum::WM_CLASS.into(), AtomEnum::STRING.into(), b"editor\0Editor\0");
        set(atom("_NET_WM_NAME"), atom("UTF8_STRING"), "Отчёт — Editor".as_bytes());
        let set_number = |of: WindowId, property: &str, kind: AtomEnum, number: u32| {
            connection.change_property32(PropMode::REPLACE, of, atom(property), kind, &[number]).unwrap();
        };
        set_number(window, "_NET_WM_PID", AtomEnum::CARDINAL, std::process::id());
        set_number(root, "_NET_ACTIVE_WINDOW", AtomEnum::WINDOW, window);
        connection.sync().unwrap();

        let told = ask(Some(&xvfb.display), false, Detail::Full).unwrap();
        let own = std::env::current_exe().unwrap();
        assert_eq!(told.app.executable, own.file_name().unwrap().to_string_lossy());
        assert_eq!(told.app.name, "Editor");
        assert_eq!(told.title.as_deref(), Some("Отчёт — Editor"));
        assert_eq!((told.pid, told.responding), (Some(std::process::id()), None));
        assert_eq!(ask(Some(&xvfb.display), true, Detail::App).unwrap().session_type, "wayland");
        assert!(ask(Some(&xvfb.display), false, Detail::App).unwrap().title.is_none());
    }

    #[test]
    fn this_process_is_not_stopped() {
        assert_eq!(is_stopped(std::process::id()), Some(false));
    }
}
