//! The order of things: collector, desktop, presses, tray app, summary.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, bail, ensure};
use tests::{
    collector_process::CollectorProcess,
    desktop::{Desktop, Guarded},
};

use crate::{
    figures::{Machine, Summary, rows},
    idle,
    presser::{self, Sample},
    scene, table,
};

/// Fewest presses that say something about the slowest in twenty.
const LEAST_PRESSES: usize = 20;

#[derive(Debug)]
struct Options {
    json: bool,
    presses: usize,
}

/// Measures and prints.
pub fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, count] = arguments.as_slice()
        && first == presser::FLAG
    {
        return runtime()?.block_on(presser::main(count.parse()?));
    }
    let options = Options::read(&arguments)?;
    for (variable, program) in [("REDBUTTON_BIN", "redbutton"), ("REDBUTTON_COLLECTOR_BIN", "redbutton-collector")] {
        if std::env::var_os(variable).is_none() {
            // SAFETY: no other thread exists yet.
            unsafe { std::env::set_var(variable, beside_this(program)?) };
        }
    }
    let summary = runtime()?.block_on(measure(&options))?;
    if options.json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        println!("{}", table::of(&summary));
    }
    Ok(())
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

impl Options {
    fn read(arguments: &[String]) -> anyhow::Result<Self> {
        let mut options = Self { json: false, presses: 24 };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--json" => options.json = true,
                // Cargo adds it to every benchmark.
                "--bench" => {}
                "--presses" => options.presses = words.next().context("--presses needs a number")?.parse()?,
                other => bail!("unknown flag {other}; there are --json --presses"),
            }
        }
        ensure!(options.presses >= LEAST_PRESSES, "--presses must be at least {LEAST_PRESSES}");
        Ok(options)
    }
}

async fn measure(options: &Options) -> anyhow::Result<Summary> {
    let machine = Machine::now()?;
    let data = tempfile::tempdir()?;
    // The limit is for the network of a whole company, not for presses without a pause.
    let collector = CollectorProcess::start(data.path(), &["limits.device_requests_per_minute=0"])
        .context("the release build of the collector: cargo build --release -p collector")?;

    let no_desktop = Desktop::missing().map(|command| format!("no desktop can be started here; after: {command}"));
    let desktop = match no_desktop {
        None => Some(Desktop::start().await?),
        Some(_) => None,
    };
    let scene = match &desktop {
        Some(desktop) => Some(scene::draw(desktop).await?),
        None => None,
    };
    eprintln!("{} presses, each with all its probes: about {} s", options.presses, options.presses * 3);
    let (samples, picture_bytes) = press(options.presses, desktop.as_ref(), &collector)?;
    drop(scene);

    let app = std::env::var_os("REDBUTTON_BIN").map(PathBuf::from).unwrap_or_default();
    let idle = match (&desktop, no_desktop.as_ref()) {
        (None, why) => Err(why.cloned().unwrap_or_default()),
        (Some(_), _) if !app.is_file() => Err("no release build of the tray app; after: cargo build --release -p \
                                               redbutton --features tauri/custom-protocol"
            .to_owned()),
        (Some(desktop), _) => {
            eprintln!("the tray app: idle, with its window, without it again: about a minute");
            Ok(idle::measure(desktop, &app, &collector).await?)
        }
    };
    Ok(Summary {
        machine,
        presses: samples.len(),
        picture_bytes,
        rows: rows(&samples, no_desktop.as_deref()),
        capture_of_bare: Summary::capture_of_bare(&samples),
        not_measured: idle.as_ref().err().cloned(),
        tray_app: idle.ok(),
    })
}

/// Starts this program again inside the desktop, as the one who presses: an X display is found by the environment.
fn press(
    count: usize,
    desktop: Option<&Desktop>,
    collector: &CollectorProcess,
) -> anyhow::Result<(Vec<Sample>, Option<u64>)> {
    let own = std::env::current_exe()?;
    let home = tempfile::tempdir()?;
    let mut command = match desktop {
        Some(desktop) => desktop.command(own),
        None => {
            let mut command = std::process::Command::new(own);
            command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env("HOME", home.path());
            command
        }
    };
    command
        .args([presser::FLAG, &count.to_string()])
        .env("REDBUTTON_STATE_DIR", home.path().join("state"))
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env("REDBUTTON_PRESS_DEBOUNCE_MS", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    enrolment(&mut command, collector)?;
    let output = command.output().context("the one who presses")?;
    ensure!(output.status.success(), "the one who presses: {}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// What makes a program of ours report to `collector` without asking anybody.
pub fn enrolment(command: &mut std::process::Command, collector: &CollectorProcess) -> anyhow::Result<()> {
    command
        .env("REDBUTTON_COLLECTOR_URL", collector.url())
        .env("REDBUTTON_ENROLMENT_TOKEN", collector.token()?)
        .env("REDBUTTON_LANGUAGE", "en")
        .env("REDBUTTON_KEY_STORE", "off")
        .env("REDBUTTON_AUTOSTART", "false")
        // Empty: what this machine's policy enforces is not measured.
        .env("REDBUTTON_POLICY_FILE", "/dev/null");
    Ok(())
}

/// `program` of the same build as this one: target/release/deps holds this, target/release that.
fn beside_this(program: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.parent().and_then(Path::parent).context("no target folder")?.join(program))
}

/// The tray app inside `desktop`; killed when dropped.
pub fn tray_app(desktop: &Desktop, program: &Path, collector: &CollectorProcess) -> anyhow::Result<Guarded> {
    let mut command = desktop.command(program);
    enrolment(&mut command, collector)?;
    Guarded::spawn(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()))
}
