//! Looks at everything a collector needs and says of each what to do where it is not in order.

use std::{io::Write, path::Path, process::ExitCode, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use store::Store;
use triage::Classifier;

use crate::{
    classifiers::Active,
    cli::Output,
    clock::Clock,
    config::{Config, ConfigError, Loaded, ScreensSection},
    screens::Tesseract,
    units::ByteSize,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warn,
    Fail,
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    state: State,
    says: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl Check {
    fn ok(name: &'static str, says: impl Into<String>) -> Self {
        Self { name, state: State::Ok, says: says.into(), next: None }
    }

    fn warn(name: &'static str, says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { name, state: State::Warn, says: says.into(), next: Some(next.into()) }
    }

    fn fail(name: &'static str, says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { name, state: State::Fail, says: says.into(), next: Some(next.into()) }
    }
}

/// Exit code 1 when something fails; a warning is 0.
pub(crate) async fn run(output: Output, loaded: Result<Loaded, ConfigError>) -> anyhow::Result<ExitCode> {
    let mut checks = Vec::new();
    match &loaded {
        Ok(loaded) => {
            checks.push(Check::ok("configuration", format!("{} settings", loaded.settings.len())));
            let config = &loaded.config;
            checks.push(address(config));
            checks.push(data_folder(&config.data_dir()));
            checks.push(room(&config.data_dir(), config.storage.warn_free));
            checks.extend(database(config).await);
            checks.push(clock(&config.data_dir(), Clock::system().now()));
        }
        Err(error) => {
            checks.push(Check::fail("configuration", error.to_string(), "correct that value; `config print` shows all"))
        }
    }
    checks.push(rules());
    let screens = loaded.as_ref().map_or_else(|_| ScreensSection::default(), |loaded| loaded.config.screens.clone());
    checks.push(text_recognition(&screens).await);
    output.print(&checks, || checks.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    let failed = checks.iter().any(|check| check.state == State::Fail);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn line(check: &Check) -> String {
    let state = match check.state {
        State::Ok => "ok  ",
        State::Warn => "warn",
        State::Fail => "FAIL",
    };
    let next = check.next.as_ref().map_or(String::new(), |next| format!("\n{:22}→ {next}", ""));
    format!("{state}  {:14}  {}{next}", check.name, check.says)
}

fn address(config: &Config) -> Check {
    let (listen, name) = (config.server.listen, "address");
    if listen.ip().is_loopback() || config.server.is_https() {
        return Check::ok(name, listen.to_string());
    }
    Check::warn(
        name,
        format!("{listen} is reachable from the network without TLS"),
        "put a proxy with TLS in front of it, and set server.public_url to its https address",
    )
}

/// Writes, flushes and deletes a file, as an attachment would.
fn data_folder(dir: &Path) -> Check {
    let name = "data folder";
    let probe = dir.join(format!(".doctor-{}", uuid::Uuid::new_v4().simple()));
    let tried = std::fs::create_dir_all(dir).and_then(|()| {
        let mut file = std::fs::File::create_new(&probe)?;
        file.write_all(b"doctor")?;
        file.sync_all()?;
        drop(file);
        std::fs::remove_file(&probe)
    });
    match tried {
        Ok(()) => Check::ok(name, format!("{} is writable and flushes", dir.display())),
        Err(error) => Check::fail(
            name,
            format!("{}: {error}", dir.display()),
            "give the collector's user the right to write there, or set storage.data_dir",
        ),
    }
}

fn room(dir: &Path, warn_below: ByteSize) -> Check {
    let name = "free space";
    let next = "look for yourself how much is free";
    let disks = match sysinfo::Disks::new_with_refreshed_list() {
        Ok(disks) => disks,
        Err(error) => return Check::warn(name, format!("cannot be read: {error}"), next),
    };
    let path = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let holds = |disk: &&sysinfo::Disk| path.starts_with(disk.mount_point());
    let Some(disk) = disks.iter().filter(holds).max_by_key(|disk| disk.mount_point().as_os_str().len()) else {
        return Check::warn(name, format!("no disk was found for {}", dir.display()), next);
    };
    let free = disk.available_space();
    let says = format!("{:.1} GiB on {}", free as f64 / f64::from(1 << 30), disk.mount_point().display());
    if free < 64 * 1024 * 1024 {
        Check::fail(name, says, "make room now: reports will be refused when it is full")
    } else if free < warn_below.0 {
        Check::warn(name, says, "make room; agents keep reports when it is full, but not for ever")
    } else {
        Check::ok(name, says)
    }
}

async fn database(config: &Config) -> Vec<Check> {
    let name = "database";
    if config.database.url.is_none() && !config.data_dir().join("redbutton.db").exists() {
        return vec![Check::warn(name, "not there yet", "start `serve` once; it makes it")];
    }
    let store = match Store::open(&config.store_options()).await {
        Ok(store) => store,
        Err(error) => {
            let next = "check database.url, that the server runs, and the rights on the data folder";
            return vec![Check::fail(name, error.to_string(), next)];
        }
    };
    let checks = match store.integrity().await {
        Err(error) => vec![Check::fail(name, error.to_string(), "restore a backup if this stays")],
        Ok(found) => {
            let rows = if found.problems.is_empty() {
                Check::ok(name, format!("{:?}, sound", store.backend()))
            } else {
                Check::fail(name, found.problems.join("; "), "restore a backup: `restore DIR`")
            };
            let missing = found.missing_blobs.len();
            let files = if missing == 0 {
                Check::ok("attachments", "every stored one has its file")
            } else {
                Check::fail("attachments", format!("{missing} have no file"), "copy the blobs folder from a backup")
            };
            vec![rows, files, own_rules(&store).await]
        }
    };
    store.close().await;
    checks
}

/// Rules that worked when they were published may use what an upgrade took away.
async fn own_rules(store: &Store) -> Check {
    let name = "own rules";
    let unread = |error: String| Check::fail(name, error, "start `serve` once; it migrates the database");
    let shipped = match Classifier::shipped() {
        Ok(shipped) => Arc::new(shipped),
        Err(error) => return Check::fail(name, error.to_string(), "this build is broken; install another"),
    };
    let organisations = match store.list_organisations().await {
        Ok(organisations) => organisations,
        Err(error) => return unread(error.to_string()),
    };
    let (mut working, mut broken) = (0, Vec::new());
    for organisation in organisations {
        match Active::read(&store.in_organisation(organisation.id), &shipped).await {
            Err(error) => return unread(error.to_string()),
            Ok(active) => match active.broken.first() {
                Some(problem) => broken.push(format!("{}: {problem}", organisation.name)),
                None => working += usize::from(active.rules != 0),
            },
        }
    }
    match broken.is_empty() {
        true => Check::ok(name, format!("{working} organisations have some, all of them work")),
        false => Check::warn(
            name,
            format!("{}; the shipped rules judge instead", broken.join("; ")),
            "correct them on the console's page of rules and publish them again",
        ),
    }
}

/// Files written in the future mean that the clock was set back; tickets would be dated wrongly.
fn clock(dir: &Path, now: DateTime<Utc>) -> Check {
    let name = "clock";
    let newest = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let newest = newest.filter_map(|entry| entry.metadata().ok()?.modified().ok()).max().map(DateTime::<Utc>::from);
    let next = "set the machine's clock, and keep it set (systemd-timesyncd, chrony, W32Time)";
    match newest {
        Some(newest) if newest > now + TimeDelta::minutes(5) => Check::fail(
            name,
            format!("{} UTC, but data was written at {} UTC", now.naive_utc(), newest.naive_utc()),
            next,
        ),
        _ => Check::ok(name, format!("{} UTC", now.format("%Y-%m-%d %H:%M:%S"))),
    }
}

fn rules() -> Check {
    match Classifier::shipped() {
        Ok(classifier) => {
            Check::ok("rules", format!("{} compile, version {}", classifier.rules().len(), classifier.version()))
        }
        Err(error) => Check::fail("rules", error.to_string(), "this build is broken; install another"),
    }
}

async fn text_recognition(set: &ScreensSection) -> Check {
    let name = "OCR";
    let without = |says: String, next: &str| {
        Check::warn(name, format!("{says}: verdicts are made without the text of screenshots"), next)
    };
    if !set.enabled {
        return without("screens.enabled is false".to_owned(), "set it to true to have screenshots read");
    }
    match Tesseract::find(&set.command).await {
        Ok(tesseract) => Check::ok(name, format!("{} with English and Russian", tesseract.version)),
        Err(trouble) => without(trouble.to_string(), "apt install tesseract-ocr tesseract-ocr-rus"),
    }
}
