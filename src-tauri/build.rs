//! Prepares what Tauri's code generation reads: the pages' folder and the list of commands.

use std::path::Path;

fn main() {
    // The pages are built by `npm run build -w tray` in ui/. Without them the program still compiles, checks and
    // works without a window; the code generation only wants the folder to be there.
    let pages = Path::new("../ui/tray/dist");
    println!("cargo:rerun-if-changed=../ui/tray/dist");
    println!("cargo:rerun-if-changed=icons");
    if !pages.join("index.html").is_file() {
        println!("cargo:warning=ui/tray/dist is empty: the window will have no page until `npm run build -w tray`");
        if let Err(error) = std::fs::create_dir_all(pages) {
            println!("cargo:warning=cannot create ui/tray/dist: {error}");
        }
    }

    let commands =
        tauri_build::AppManifest::new().commands(&["state", "add_text", "undo", "answer_notice", "close_window"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)).expect("tauri-build");
}
