//! The package `redbutton-collector`: the service.

use std::process::Command;

use crate::package::deb::{File, Package};
use crate::{command, repository};

const UNIT: &str = "collector/redbutton-collector.service";
/// `systemd-analyze security` calls 0 to 2 "OK", 10 "UNSAFE". Above this the unit has lost a protection.
const MAX_EXPOSURE: &str = "--threshold=15"; // tenths

/// What it holds.
pub fn package() -> anyhow::Result<Package> {
    Ok(Package {
        name: "redbutton-collector",
        control: "collector/control.in",
        files: vec![
            File::program("redbutton-collector")?,
            File::text(UNIT, "/lib/systemd/system/redbutton-collector.service"),
            File::text("collector/config.toml", "/etc/redbutton-collector/config.toml"),
        ],
        scripts: vec![("postinst", "collector/postinst"), ("prerm", "collector/prerm"), ("postrm", "collector/postrm")],
        conffiles: vec!["/etc/redbutton-collector/config.toml"],
        depends: &["adduser"],
        usual_libraries: &["libc6", "libgcc-s1"],
    })
}

/// The unit keeps its protections.
pub fn check() -> anyhow::Result<()> {
    if !command::exists("systemd-analyze") {
        eprintln!("      systemd-analyze is not there: the unit is not rated");
        return Ok(());
    }
    let mut rate = Command::new("systemd-analyze");
    rate.args(["security", "--offline=true", "--no-pager", MAX_EXPOSURE]);
    command::run_quiet_stdout(rate.arg(repository::root().join("installer").join(UNIT)))
}
