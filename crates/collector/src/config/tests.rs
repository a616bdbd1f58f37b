use super::*;

fn sources(file: Option<&str>, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> (tempfile::TempDir, Sources) {
    let folder = tempfile::tempdir().unwrap();
    // Always a file of our own, so that one installed on this machine plays no part.
    let path = folder.path().join("config.toml");
    std::fs::write(&path, file.unwrap_or_default()).unwrap();
    let own =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
    let flags = own(flags).into_iter().map(|(key, value)| ("--set".to_owned(), key, value)).collect();
    (folder, Sources { file: Some(path), environment: own(environment), flags })
}

fn setting(loaded: &Loaded, key: &str) -> Setting {
    loaded.settings.iter().find(|setting| setting.key == key).unwrap().clone()
}

fn problem(sources: &Sources) -> String {
    Config::load(sources).unwrap_err().to_string()
}

#[test]
fn later_layers_win_and_each_value_knows_its_origin() {
    let file = "[server]\nlisten = '127.0.0.1:1'\n[limits]\ndevice_burst = 30\n[log]\nfilter = 'debug'\n";
    let environment = [
        ("REDBUTTON_COLLECTOR__SERVER__LISTEN", "127.0.0.1:2"),
        ("REDBUTTON_COLLECTOR__LIMITS__DEVICE_BURST", "40"),
        ("REDBUTTON_COLLECTOR__SERVER__TRUSTED_PROXIES", "10.0.0.1, ::1"),
        ("PATH", "/bin"),
    ];
    let (_folder, sources) = sources(Some(file), &environment, &[("server.listen", "127.0.0.1:3")]);
    let loaded = Config::load(&sources).unwrap();
    assert_eq!(loaded.config.server.listen.port(), 3);
    assert_eq!(loaded.config.limits.device_burst, 40);
    assert_eq!(loaded.config.log.filter, "debug");
    assert_eq!(loaded.config.server.trusted_proxies.len(), 2);
    assert_eq!(setting(&loaded, "server.listen").origin, Origin::Flag("--set".into()));
    assert!(matches!(setting(&loaded, "limits.device_burst").origin, Origin::Environment(_)));
    assert!(matches!(setting(&loaded, "log.filter").origin, Origin::File(_)));
    assert_eq!(setting(&loaded, "limits.attachment").origin, Origin::Default);
}

#[test]
fn a_wrong_value_is_named_with_its_origin() {
    let (_folder, of_environment) = sources(None, &[("REDBUTTON_COLLECTOR__LIMITS__DEVICE_BURST", "many")], &[]);
    let text = problem(&of_environment);
    assert!(text.contains("limits.device_burst") && text.contains("many"), "{text}");
    assert!(text.contains("environment REDBUTTON_COLLECTOR__LIMITS__DEVICE_BURST"), "{text}");

    let (_folder, of_file) = sources(Some("[limits]\nattachment = '20 MB'\n"), &[], &[]);
    let text = problem(&of_file);
    assert!(text.contains("limits.attachment") && text.contains("20 MiB") && text.contains("config.toml"), "{text}");
}

#[test]
fn an_unknown_setting_is_refused_by_name() {
    for (file, key) in [("[server]\nlissten = 1\n", "server.lissten"), ("[servers]\nlisten = 1\n", "servers.listen")] {
        let (_folder, sources) = sources(Some(file), &[], &[]);
        let text = problem(&sources);
        assert!(text.contains(key) && text.contains("unknown field") && text.contains("config.toml"), "{text}");
    }
}

#[test]
fn a_value_that_makes_no_sense_is_refused() {
    for (key, value) in [
        ("limits.report", "1 KiB"),
        ("limits.device_burst", "0"),
        ("limits.request_timeout", "0s"),
        ("server.public_url", "help.example.org"),
        ("server.metrics_listen", "127.0.0.1:8700"),
        ("screens.command", " "),
        ("screens.workers", "0"),
        ("screens.time_limit", "2h"),
        ("screens.max_megapixels", "0"),
        ("staff.sign_in_attempts", "0"),
    ] {
        let (_folder, sources) = sources(None, &[], &[(key, value)]);
        let text = problem(&sources);
        assert!(text.contains(key) && text.contains("flag --set"), "{text}");
    }
}

#[test]
fn a_secret_is_masked_when_printed_and_when_debugged() {
    let url = "postgres://collector:hunter2@db/redbutton";
    let (_folder, sources) = sources(None, &[("REDBUTTON_COLLECTOR__DATABASE__URL", url)], &[]);
    let loaded = Config::load(&sources).unwrap();
    assert_eq!(loaded.config.database_url(), url);
    assert!(!format!("{loaded:?}").contains("hunter2"));
    assert_eq!(setting(&loaded, "database.url").value, "\"…\"");
}

#[test]
fn settings_nobody_set_are_printed_all_the_same_and_can_be_set() {
    let (_folder, of_defaults) = sources(None, &[], &[]);
    let loaded = Config::load(&of_defaults).unwrap();
    let unset: Vec<&str> = loaded.settings.iter().filter(|s| s.value == "(not set)").map(|s| s.key.as_str()).collect();
    assert_eq!(unset, ["database.url", "server.metrics_listen", "server.public_url"]);
    let values = [
        ("database.url", "sqlite:///srv/x.db"),
        ("server.metrics_listen", "127.0.0.1:9"),
        ("server.public_url", "https://help.example.org"),
    ];
    let (_folder, of_flags) = sources(None, &[], &values);
    assert!(Config::load(&of_flags).unwrap().settings.iter().all(|s| s.value != "(not set)"));
}
