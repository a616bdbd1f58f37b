//! Windows is the main platform: the workspace must compile for it on every change.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::test::Outcome;
use crate::test::tally::Tally;
use crate::{command, repository};

/// Where installer/windows/cross-setup.sh puts the toolchain, unless told otherwise.
fn toolchain() -> PathBuf {
    std::env::var_os("REDBUTTON_WIN_CROSS").map_or_else(|| "/opt/win-cross".into(), PathBuf::from)
}

/// Why it cannot be done here, if it cannot.
fn missing(toolchain: &Path) -> Option<String> {
    let needed =
        [toolchain.join("env.sh"), "/usr/lib/rustlib/x86_64-pc-windows-gnu/lib".into(), "/usr/bin/cargo".into()];
    needed
        .iter()
        .any(|path| !path.exists())
        .then(|| "toolchain not present (installer/windows/cross-setup.sh sets it up)".to_owned())
}

/// `cargo check` of what ships, for x86_64-pc-windows-gnu.
pub fn check() -> anyhow::Result<Outcome> {
    let toolchain = toolchain();
    if let Some(why) = missing(&toolchain) {
        return Ok(Outcome::Skipped(why));
    }
    // The toolchain's cargo is another one than ours: what ours tells its children does not concern it.
    let script = format!(
        "source '{}' && wcargo check --workspace --exclude tests --features {}",
        toolchain.join("env.sh").display(),
        repository::APP_FEATURE
    );
    let mut bash = Command::new("bash");
    bash.current_dir(repository::root()).args(["-c", &script]);
    for variable in ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTC", "RUSTDOC", "CARGO_MANIFEST_DIR"] {
        bash.env_remove(variable);
    }
    bash.env("WIN_TARGET_DIR", repository::metadata()?.target_directory.join("win"));
    command::run(&mut bash)?;
    Ok(Outcome::Ran(Tally::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_toolchain_is_said_plainly() {
        let why = missing(Path::new("/nowhere")).unwrap();
        assert!(why.contains("toolchain not present") && why.contains("cross-setup.sh"));
    }
}
