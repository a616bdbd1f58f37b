//! A real desktop without a screen: an X server in memory, a session bus, a window manager and a panel with a tray.
//! Everything in it has its own home, so that nothing of whoever runs the tests is read or touched.

use std::{
    fmt::Write as _,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use image::RgbImage;
use tempfile::TempDir;

use crate::PATIENCE;

/// Programs a desktop is made of, and the Debian packages they come in.
const NEEDS: &[(&str, &str)] = &[
    ("Xvfb", "xvfb"),
    ("dbus-daemon", "dbus"),
    ("openbox", "openbox"),
    ("xfce4-panel", "xfce4-panel"),
    ("xdotool", "xdotool"),
    ("gdbus", "libglib2.0-bin"),
    ("import", "imagemagick"),
];

/// Where the only icon of the tray sits on the panel below.
pub const ICON: (i32, i32) = (1904, 16);

/// A panel along the upper edge: a task list, a gap, the tray at the far right.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="DARK"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="icon-size" type="uint" value="ICON_SIZE"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
        <value type="int" value="3"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
    </property>
    <property name="plugin-3" type="string" value="systray"/>
  </property>
</channel>
"#;

/// Waits until `condition` gives a value; fails with `what` after `within`.
///
/// # Errors
/// Fails when the time is over, or as soon as the condition does.
pub async fn until<T>(
    what: &str,
    within: Duration,
    mut condition: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let deadline = Instant::now() + within;
    loop {
        if let Some(value) = condition().await? {
            return Ok(value);
        }
        ensure!(Instant::now() < deadline, "not within {within:?}: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The running desktop; everything in it ends when it is dropped.
pub struct Desktop {
    display: String,
    bus: String,
    // Dropped in this order: the bus and the X server after their users, the home when nobody writes there any more.
    panel: Option<Guarded>,
    _openbox: Guarded,
    _bus: Guarded,
    _xvfb: Guarded,
    home: TempDir,
}

impl Desktop {
    /// What is missing on this machine to have one, as the command that installs it; `None` when all is there.
    pub fn missing() -> Option<String> {
        let packages: Vec<_> =
            NEEDS.iter().filter(|(program, _)| !is_installed(program)).map(|(_, package)| *package).collect();
        (!packages.is_empty()).then(|| format!("apt-get install {}", packages.join(" ")))
    }

    /// Starts it with a light panel.
    ///
    /// # Errors
    /// Fails where a part does not come up.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with_panel(false, 22).await
    }

    /// Starts it with a light or dark panel and icons of `icon_px` pixels.
    ///
    /// # Errors
    /// Fails where a part does not come up.
    pub async fn start_with_panel(dark: bool, icon_px: u32) -> anyhow::Result<Self> {
        let home = tempfile::Builder::new().prefix("redbutton-desktop-").tempdir()?;
        for folder in ["run", "config/xfce4/xfconf/xfce-perchannel-xml", "state", "data", "cache"] {
            std::fs::create_dir_all(home.path().join(folder))?;
        }
        set_mode(&home.path().join("run"), 0o700)?;
        let panel = PANEL.replace("DARK", &dark.to_string()).replace("ICON_SIZE", &icon_px.to_string());
        std::fs::write(home.path().join("config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml"), panel)?;

        // The server chooses a free number and writes it once it takes connections.
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"]);
        let mut xvfb = Guarded::spawn(xvfb.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()))?;
        let number = first_line(&mut xvfb).await.context("Xvfb gives no display")?;

        let bus = format!("unix:path={}", home.path().join("run/bus").display());
        let mut daemon = Command::new("dbus-daemon");
        daemon.args(["--session", "--nofork", "--print-address=1", &format!("--address={bus}")]);
        let display = format!(":{number}");
        environment(&mut daemon, home.path(), &display, &bus);
        let mut daemon = Guarded::spawn(daemon.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()))?;
        first_line(&mut daemon).await.context("dbus-daemon does not start")?;

        let mut openbox = Command::new("openbox");
        environment(&mut openbox, home.path(), &display, &bus);
        let openbox = Guarded::spawn(quiet(&mut openbox))?;

        let mut desktop = Self { display, bus, home, panel: None, _openbox: openbox, _bus: daemon, _xvfb: xvfb };
        desktop.start_panel().await?;
        Ok(desktop)
    }

    /// A command inside this desktop: its display, bus and home, nothing else of the outer environment but the path.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        environment(&mut command, self.home.path(), &self.display, &self.bus);
        command
    }

    /// The home folder of everything in it.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Starts the panel and waits until it takes icons.
    ///
    /// # Errors
    /// Fails where it does not come up.
    pub async fn start_panel(&mut self) -> anyhow::Result<()> {
        let mut panel = self.command("xfce4-panel");
        panel.arg("--disable-wm-check");
        self.panel = Some(Guarded::spawn(quiet(&mut panel))?);
        until("the panel takes icons", PATIENCE, async || Ok(self.icons().ok().map(drop))).await
    }

    /// Kills the panel and waits until nobody takes icons.
    ///
    /// # Errors
    /// Fails where somebody still does.
    pub async fn kill_panel(&mut self) -> anyhow::Result<()> {
        self.panel = None;
        until("the panel is gone", PATIENCE, async || Ok(self.icons().is_err().then_some(()))).await
    }

    /// D-Bus names of the icons in the tray.
    ///
    /// # Errors
    /// Fails where there is no tray.
    pub fn icons(&self) -> anyhow::Result<Vec<String>> {
        let said = self.bus_call(
            "org.kde.StatusNotifierWatcher",
            "/StatusNotifierWatcher",
            "org.freedesktop.DBus.Properties.Get",
            &["org.kde.StatusNotifierWatcher", "RegisteredStatusNotifierItems"],
        )?;
        // (<['org.kde.StatusNotifierItem-42-1/StatusNotifierItem']>,)
        Ok(said.split('\'').skip(1).step_by(2).map(str::to_owned).collect())
    }

    /// A property of the icon of process `pid`, as gdbus prints it.
    ///
    /// # Errors
    /// Fails where the process has no icon.
    pub fn icon_property(&self, pid: u32, name: &str) -> anyhow::Result<String> {
        let owner = format!("org.kde.StatusNotifierItem-{pid}-");
        let icons = self.icons()?;
        let icon = icons.iter().find(|icon| icon.contains(&owner)).context("the process has no icon")?;
        let service = icon.split('/').next().unwrap_or(icon);
        self.bus_call(
            service,
            "/StatusNotifierItem",
            "org.freedesktop.DBus.Properties.Get",
            &["org.kde.StatusNotifierItem", name],
        )
    }

    /// Calls a method over the session bus and gives what gdbus prints.
    ///
    /// # Errors
    /// Fails where the call does.
    pub fn bus_call(&self, service: &str, path: &str, method: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let mut gdbus = self.command("gdbus");
        gdbus.args(["call", "--session", "--timeout", "60", "-d", service, "-o", path, "-m", method]).args(arguments);
        let output = gdbus.output()?;
        ensure!(output.status.success(), "{method}: {}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Waits until exactly the icon of process `pid` is registered and drawn.
    ///
    /// # Errors
    /// Fails after [`PATIENCE`].
    pub async fn wait_for_icon(&self, pid: u32) -> anyhow::Result<()> {
        let name = format!("StatusNotifierItem-{pid}-");
        until("the icon is registered", PATIENCE, async || {
            Ok(self.icons().unwrap_or_default().iter().any(|icon| icon.contains(&name)).then_some(()))
        })
        .await?;
        until("the icon is drawn", PATIENCE, async || {
            let picture = self.picture()?;
            let (x, y) = (ICON.0 as u32, ICON.1 as u32);
            let is_red = |pixel: &image::Rgb<u8>| pixel.0[0] > 150 && pixel.0[1] < 90 && pixel.0[2] < 90;
            let near = (x - 10..x + 10).flat_map(|x| (y - 10..y + 10).map(move |y| (x, y)));
            Ok((near.filter(|(x, y)| is_red(picture.get_pixel(*x, *y))).count() > 20).then_some(()))
        })
        .await
    }

    /// Moves the pointer there and presses `button` as often as asked, as fast as a person who double-clicks.
    ///
    /// # Errors
    /// Fails where xdotool does.
    pub fn click(&self, (x, y): (i32, i32), button: u8, times: u8) -> anyhow::Result<()> {
        let (x, y, button, times) = (x.to_string(), y.to_string(), button.to_string(), times.to_string());
        let mut xdotool = self.command("xdotool");
        xdotool.args(["mousemove", "--sync", &x, &y, "click", "--repeat", &times, "--delay", "120", &button]);
        let output = xdotool.output()?;
        ensure!(output.status.success(), "xdotool: {}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(())
    }

    /// Ids of the visible windows of process `pid`.
    ///
    /// # Errors
    /// Fails where xdotool cannot be run.
    pub fn windows_of(&self, pid: u32) -> anyhow::Result<Vec<String>> {
        let mut xdotool = self.command("xdotool");
        let output =
            xdotool.args(["search", "--onlyvisible", "--all", "--pid", &pid.to_string(), "--name", "."]).output()?;
        // It exits with 1 when it finds none.
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }

    /// The screen as it is.
    ///
    /// # Errors
    /// Fails where it cannot be taken.
    pub fn picture(&self) -> anyhow::Result<RgbImage> {
        let output = self.command("import").args(["-silent", "-window", "root", "png:-"]).output()?;
        ensure!(output.status.success(), "import: {}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(image::load_from_memory_with_format(&output.stdout, image::ImageFormat::Png)?.to_rgb8())
    }
}

/// A process that is killed with all of its group when dropped.
pub struct Guarded(Child);

impl Guarded {
    /// Starts `command` in a group of its own.
    ///
    /// # Errors
    /// Fails where it cannot be started.
    pub fn spawn(command: &mut Command) -> anyhow::Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        Ok(Self(command.process_group(0).spawn().with_context(|| format!("cannot start {name}"))?))
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Sends `signal` to the process alone, not to its group.
    pub fn signal(&self, signal: i32) {
        // SAFETY: takes plain numbers; the child is not reaped before drop, so the id is still its own.
        unsafe { libc::kill(self.0.id() as i32, signal) };
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// Fails after [`PATIENCE`].
    pub async fn ended(&mut self) -> anyhow::Result<std::process::ExitStatus> {
        until("the process ends", PATIENCE, async || Ok(self.0.try_wait()?)).await
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: takes plain numbers; the group was made for this child alone.
        unsafe { libc::kill(-(self.0.id() as i32), libc::SIGKILL) };
        let _ = self.0.wait();
    }
}

/// What a process uses, from `/proc/{pid}/smaps_rollup` and `stat` (proc(5)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Resident memory, bytes.
    pub rss_bytes: u64,
    /// Resident memory with shared pages divided among their users, bytes.
    pub pss_bytes: u64,
    /// Processor time used so far.
    pub cpu: Duration,
}

/// What process `pid` uses now.
///
/// # Errors
/// Fails where there is no such process.
pub fn usage(pid: u32) -> anyhow::Result<Usage> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let of = |key: &str| -> anyhow::Result<u64> {
        let line = rollup.lines().find_map(|line| line.strip_prefix(key)).with_context(|| format!("no {key}"))?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    };
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // After the name, which may hold blanks: state is field 3, utime 14, stime 15, in ticks of 10 ms.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let (Some(user), Some(system)) = (fields.get(11), fields.get(12)) else { bail!("unknown stat") };
    let ticks: u64 = user.parse::<u64>()? + system.parse::<u64>()?;
    Ok(Usage { rss_bytes: of("Rss:")?, pss_bytes: of("Pss:")?, cpu: Duration::from_millis(ticks * 10) })
}

/// Process ids of the descendants of `pid` with their command lines.
pub fn descendants(pid: u32) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    let mut parents = vec![pid];
    while let Some(parent) = parents.pop() {
        let tasks = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
        for task in tasks {
            // A child belongs to the thread that started it.
            let children = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
                let line = std::fs::read(format!("/proc/{child}/cmdline")).unwrap_or_default();
                let mut words = String::new();
                for word in line.split(|byte| *byte == 0).filter(|word| !word.is_empty()) {
                    let _ = write!(words, "{} ", String::from_utf8_lossy(word));
                }
                found.push((child, words.trim_end().to_owned()));
                parents.push(child);
            }
        }
    }
    found
}

fn environment(command: &mut Command, home: &Path, display: &str, bus: &str) {
    command.env_clear();
    for kept in ["PATH", "LD_LIBRARY_PATH", "RUST_BACKTRACE"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
        .env("HOME", home)
        .env("DISPLAY", display)
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .env("XDG_RUNTIME_DIR", home.join("run"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_STATE_HOME", home.join("state"))
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_SESSION_TYPE", "x11")
        .env("XDG_CURRENT_DESKTOP", "XFCE")
        .env("LANG", "C.UTF-8")
        // No accessibility bus and no portals: they would be started by the bus and slow every program down.
        .env("NO_AT_BRIDGE", "1")
        .env("GTK_USE_PORTAL", "0");
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

async fn first_line(process: &mut Guarded) -> anyhow::Result<String> {
    use std::io::BufRead as _;
    let output = process.0.stdout.take().context("no output")?;
    let reading = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        std::io::BufReader::new(output).read_line(&mut line).map(|_| line.trim().to_owned())
    });
    let line = tokio::time::timeout(PATIENCE, reading).await???;
    ensure!(!line.is_empty(), "it ended without a word");
    Ok(line)
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder: PathBuf| folder.join(program).is_file())
}

fn set_mode(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}
