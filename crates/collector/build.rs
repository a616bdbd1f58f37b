//! Makes the folder of the console's built pages exist, so that `cargo check` needs no npm, and has the binary built
//! again when the pages change.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/console/dist");
    std::fs::create_dir_all(&pages)?;
    println!("cargo:rerun-if-changed={}", pages.display());
    println!("cargo:rerun-if-changed=build.rs");
    Ok(())
}
