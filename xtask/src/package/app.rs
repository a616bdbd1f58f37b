//! The package `redbutton`: the tray app.

use std::process::Command;

use crate::package::deb::{File, Kind, Package};
use crate::{command, repository};

const ID: &str = "org.redbutton.Redbutton";

/// What it holds.
pub fn package() -> anyhow::Result<Package> {
    let mut files = vec![
        File::program("redbutton")?,
        File::text("linux/redbutton.desktop", "/usr/share/applications/redbutton.desktop"),
        File::text("linux/autostart.desktop", "/etc/xdg/autostart/redbutton.desktop"),
        File::script("linux/first-start", "/usr/libexec/redbutton/first-start"),
        File::text("linux/redbutton.metainfo.xml", &format!("/usr/share/metainfo/{ID}.metainfo.xml")),
        File::text("linux/policy.toml", "/etc/redbutton/policy.toml"),
    ];
    for (icon, size) in
        [("32x32.png", "32x32"), ("128x128.png", "128x128"), ("128x128@2x.png", "256x256"), ("app.svg", "scalable")]
    {
        let source = repository::root().join("src-tauri/icons").join(icon);
        let extension = if icon.ends_with("svg") { "svg" } else { "png" };
        if source.exists() {
            files.push(File {
                source,
                target: format!("/usr/share/icons/hicolor/{size}/apps/redbutton.{extension}"),
                kind: Kind::Text,
            });
        }
    }
    Ok(Package {
        name: "redbutton",
        control: "linux/control.in",
        files,
        scripts: vec![],
        conffiles: vec!["/etc/redbutton/policy.toml", "/etc/xdg/autostart/redbutton.desktop"],
        depends: &[],
        usual_libraries: &[
            "libc6",
            "libgcc-s1",
            "libgtk-3-0",
            "libwebkit2gtk-4.1-0",
            "libgbm1",
            "libpipewire-0.3-0",
            "libxcb1",
        ],
    })
}

/// Desktop entries and metadata are what the specifications ask for.
pub fn check() -> anyhow::Result<()> {
    let folder = repository::root().join("installer/linux");
    if command::exists("desktop-file-validate") {
        command::run_quiet_stdout(
            Command::new("desktop-file-validate")
                .args([folder.join("redbutton.desktop"), folder.join("autostart.desktop")]),
        )?;
    }
    if command::exists("appstreamcli") {
        command::run_quiet_stdout(
            Command::new("appstreamcli").args(["validate", "--no-net"]).arg(folder.join("redbutton.metainfo.xml")),
        )?;
    }
    Ok(())
}
