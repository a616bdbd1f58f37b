use std::path::Path;

use objc2_app_kit::NSWorkspace;

use super::{App, Detail, Window};
use crate::ProbeError;

/// NSWorkspace tells the program in front to everybody; titles and whether it answers take the right to control the
/// computer (Accessibility), which is not asked for.
pub(super) fn read(detail: Detail) -> Result<Window, ProbeError> {
    let program = NSWorkspace::sharedWorkspace()
        .frontmostApplication()
        .ok_or_else(|| ProbeError::NotPresent("no program is in front".to_owned()))?;
    let path_of = |url: Option<objc2::rc::Retained<objc2_foundation::NSURL>>| {
        url.and_then(|url| url.path()).map(|path| path.to_string())
    };
    let executable = path_of(program.executableURL())
        .as_deref()
        .and_then(|path| Path::new(path).file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .ok_or_else(|| ProbeError::Failed("the program in front does not tell its executable".to_owned()))?;
    let bundle = path_of(program.bundleURL()).filter(|_| detail == Detail::Full);
    Ok(Window {
        app: App {
            name: program.localizedName().map_or_else(|| executable.clone(), |name| name.to_string()),
            executable,
        },
        version: bundle.and_then(|bundle| bundle_version(Path::new(&bundle))),
        publisher: None,
        title: None,
        pid: u32::try_from(program.processIdentifier()).ok(),
        responding: None,
        session_type: "aqua",
    })
}

fn bundle_version(bundle: &Path) -> Option<String> {
    let list = plist::Value::from_file(bundle.join("Contents/Info.plist")).ok()?;
    list.as_dictionary()?.get("CFBundleShortVersionString")?.as_string().map(str::to_owned)
}
