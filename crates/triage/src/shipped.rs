macro_rules! sources {
    ($($file:literal),+ $(,)?) => {
        /// The rule files inside the binary: name and TOML. A new file is one line here.
        pub(crate) const SOURCES: &[(&str, &str)] = &[$(($file, include_str!(concat!("../rules/", $file)))),+];
    };
}

sources! {
    "words.toml",
    "products.toml",
    "categories.toml",
    "questions.toml",
    "codes/http.toml",
    "codes/conferencing.toml",
    "codes/directory.toml",
    "codes/ras.toml",
    "codes/vpn.toml",
    "codes/browser.toml",
    "codes/smtp.toml",
    "codes/outlook.toml",
    "codes/office.toml",
    "codes/onec.toml",
    "codes/cryptopro.toml",
    "codes/windows-stop.toml",
    "codes/printers.toml",
    "codes/devices.toml",
    "codes/installers.toml",
    "codes/database.toml",
    "codes/system.toml",
    "codes/windows-update.toml",
    "codes/hresult.toml",
    "codes/ntstatus.toml",
    "codes/win32.toml",
    "codes/network.toml",
    "codes/causes.toml",
    "situation.toml",
    "network.toml",
    "access.toml",
    "email.toml",
    "printing.toml",
    "hardware.toml",
    "performance.toml",
    "application.toml",
    "storage.toml",
    "conferencing.toml",
    "security.toml",
    "operating-system.toml",
    "request.toml",
}
