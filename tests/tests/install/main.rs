//! The Debian packages in a clean Debian 12: installed by apt, started as systemd would, used, and removed.
//!
//! Needs root, mmdebstrap, Debian's archive, and the packages of `cargo xtask package`; `cargo xtask test --long` brings
//! all of it together.

mod clean_system;

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use clean_system::CleanSystem;

/// The newest package of that name in `target/packages`.
fn package(name: &str) -> anyhow::Result<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("packages");
    let prefix = format!("{name}_");
    let found = std::fs::read_dir(&folder)
        .with_context(|| format!("{}: run `cargo xtask package` first", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "deb"))
        .filter(|path| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&prefix)))
        .max_by_key(|path| path.metadata().and_then(|metadata| metadata.modified()).ok());
    found.with_context(|| format!("no {prefix}*.deb in {}: run `cargo xtask package` first", folder.display()))
}

/// What the unit says for `key`.
fn of_unit(unit: &str, key: &str) -> anyhow::Result<String> {
    let value = unit.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    Ok(value.with_context(|| format!("the unit has no {key}"))?.to_owned())
}

#[test]
#[ignore = "long: a clean Debian 12 is made and both packages are installed into it"]
fn both_packages_install_work_together_and_leave_only_the_tickets() -> anyhow::Result<()> {
    let system = CleanSystem::make()?;
    let packages = [package("redbutton-collector")?, package("redbutton")?];
    system.install(&packages)?;

    // As systemd would: its own user, its own command.
    let unit = system.read("/lib/systemd/system/redbutton-collector.service")?;
    let user = of_unit(&unit, "User")?;
    let start: Vec<String> = of_unit(&unit, "ExecStart")?.split_whitespace().map(str::to_owned).collect();
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let listen = format!("127.0.0.1:{port}");
    let mut collector = system
        .as_user(&user)
        .env("REDBUTTON_COLLECTOR__SERVER__LISTEN", &listen)
        .arguments(&start)
        .spawn()
        .context("the collector does not start")?;
    clean_system::wait_for_200(&listen, "/healthz", &mut collector)?;

    let token =
        system.as_user(&user).arguments(["redbutton-collector", "--json", "token", "new", "--uses", "1"]).output()?;
    let token: serde_json::Value = serde_json::from_str(&token)?;
    let token = token["token"].as_str().context("the collector shows the token")?;
    system.run(&["useradd", "--create-home", "person"])?;
    let person = || {
        system.as_user("person").env("HOME", "/home/person").env("REDBUTTON_COLLECTOR_URL", format!("http://{listen}"))
    };

    let probed: serde_json::Value =
        serde_json::from_str(&person().arguments(["redbutton", "probe", "os", "--json"]).output()?)?;
    assert!(probed.to_string().contains("debian"), "{probed}");

    person().env("REDBUTTON_ENROLMENT_TOKEN", token).arguments(["redbutton", "enrol"]).output()?;
    let said =
        person().arguments(["redbutton", "report", "--text", "The printer does not print", "--json"]).output()?;
    let answer: serde_json::Value = serde_json::from_str(&said).with_context(|| said.clone())?;
    assert!(said.contains("number"), "the report was answered with a ticket: {answer}");

    let ended = clean_system::end(&mut collector)?;
    assert!(ended.success(), "SIGTERM ends the collector in order: {ended}");

    system.run(&["apt-get", "purge", "-y", "redbutton", "redbutton-collector"])?;
    let left: Vec<String> = system.find("*redbutton*")?.into_iter().filter(|path| !is_record_of_dpkg(path)).collect();
    let (tickets, others): (Vec<String>, Vec<String>) = left
        .into_iter()
        .partition(|path| path.starts_with("/var/lib/redbutton-collector") || path.starts_with("/home/person/"));
    assert_eq!(others, Vec::<String>::new(), "left behind");
    assert!(!tickets.is_empty(), "the tickets stay");
    Ok(())
}

/// Logs and caches of the package manager name what was once installed.
fn is_record_of_dpkg(path: &str) -> bool {
    ["/var/lib/dpkg/", "/var/lib/apt/", "/var/cache/", "/var/log/", "/packages/"]
        .iter()
        .any(|folder| path.starts_with(folder))
}

#[test]
fn a_unit_is_read_by_its_keys() {
    let unit = "[Service]\nUser=redbutton-collector\nExecStart=/usr/bin/redbutton-collector serve\n";
    assert_eq!(of_unit(unit, "User").unwrap(), "redbutton-collector");
    assert!(of_unit(unit, "Group").is_err());
}

#[test]
fn the_unit_starts_the_program_that_the_package_installs() -> anyhow::Result<()> {
    let unit = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../installer/collector/redbutton-collector.service");
    let unit = std::fs::read_to_string(unit)?;
    assert_eq!(of_unit(&unit, "ExecStart")?.split_whitespace().next(), Some("/usr/bin/redbutton-collector"));
    let verify = Command::new("sh")
        .args(["-n", concat!(env!("CARGO_MANIFEST_DIR"), "/../installer/collector/postinst")])
        .status()?;
    assert!(verify.success(), "postinst is shell");
    Ok(())
}
