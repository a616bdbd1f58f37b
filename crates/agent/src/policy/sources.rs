//! The places settings come from, in order.

use std::path::Path;

use toml::{Table, Value};

use super::{Flags, Origin, Policy, PolicyError};
use crate::Paths;

/// Variables with our prefix that are no settings.
const OTHER_VARIABLES: &[&str] =
    &["REDBUTTON_STATE_DIR", "REDBUTTON_POLICY_FILE", "REDBUTTON_LOG", "REDBUTTON_KEY_STORE"];

/// The key of the machine policy that lists the keys nobody may override.
const ENFORCED: &str = "enforced";

pub(super) fn load(
    paths: &Paths,
    environment: impl Iterator<Item = (String, String)>,
    flags: Flags,
) -> Result<Policy, PolicyError> {
    let mut policy = Policy::default();
    let mut enforced = Vec::new();

    let origin = Origin::Machine(paths.machine_policy.clone());
    if let Some(mut table) = read(&paths.machine_policy, &origin)? {
        if let Some(list) = table.remove(ENFORCED) {
            enforced = enforced_keys(&list, &origin)?;
        }
        for (key, value) in &table {
            policy.set(key, value, &origin)?;
        }
    }
    let machine = policy.clone();

    let origin = Origin::User(paths.user_policy.clone());
    if let Some(table) = read(&paths.user_policy, &origin)? {
        for (key, value) in &table {
            policy.set(key, value, &origin)?;
        }
    }
    // Sorted, so that of two wrong variables always the same is named.
    let mut variables: Vec<_> = environment.filter(|(name, _)| name.starts_with("REDBUTTON_")).collect();
    variables.sort();
    for (name, value) in variables {
        let key = name["REDBUTTON_".len()..].to_ascii_lowercase();
        // The collector and the tests have variables of their own; a stranger with our prefix is not our error.
        if OTHER_VARIABLES.contains(&name.as_str()) || !Policy::KEYS.contains(&key.as_str()) {
            continue;
        }
        policy.set(&key, &Value::String(value), &Origin::Environment(name))?;
    }
    policy.set_flags(flags)?;
    policy.restore(&machine, &enforced);
    Ok(policy)
}

fn enforced_keys(list: &Value, origin: &Origin) -> Result<Vec<String>, PolicyError> {
    let invalid = |reason: String| PolicyError::Invalid {
        key: ENFORCED.to_owned(),
        value: list.to_string(),
        origin: origin.clone(),
        reason,
    };
    let keys: Vec<String> =
        list.clone().try_into().map_err(|_| invalid("must be a list of keys of this file".to_owned()))?;
    match keys.iter().find(|key| !Policy::KEYS.contains(&key.as_str())) {
        Some(unknown) => Err(invalid(format!("there is no setting {unknown}"))),
        None => Ok(keys),
    }
}

/// A file's table; `None` when there is no file.
fn read(path: &Path, origin: &Origin) -> Result<Option<Table>, PolicyError> {
    let unreadable = |reason: String| PolicyError::Unreadable { origin: origin.clone(), reason };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    // Notepad writes a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    toml::from_str(text).map(Some).map_err(|error| unreadable(error.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(machine: &str, user: &str, environment: &[(&str, &str)], flags: Flags) -> Result<Policy, PolicyError> {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::under(folder.path());
        std::fs::write(&paths.machine_policy, machine).unwrap();
        std::fs::write(&paths.user_policy, user).unwrap();
        load(&paths, environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())), flags)
    }

    #[test]
    fn later_places_win_and_each_value_knows_its_origin() {
        let policy = given(
            "collector_url = \"https://desk.example\"\nscreenshots = false\nfollow_interval_s = 30",
            "follow_interval_s = 60\nundo_window_s = 10",
            &[("REDBUTTON_UNDO_WINDOW_S", "20"), ("REDBUTTON_STATE_DIR", "/x"), ("REDBUTTON_LISTEN", "not ours")],
            Flags { language: Some(Some(report::Language::Ru)), ..Flags::default() },
        )
        .unwrap();
        assert_eq!(policy.collector_url.value.as_deref(), Some("https://desk.example"));
        assert!(matches!(policy.screenshots.origin, Origin::Machine(_)) && !policy.screenshots.value);
        assert!(matches!(policy.follow_interval_s.origin, Origin::User(_)) && policy.follow_interval_s.value == 60);
        assert_eq!(policy.undo_window_s.origin, Origin::Environment("REDBUTTON_UNDO_WINDOW_S".into()));
        assert_eq!(policy.undo_window_s.value, 20);
        assert_eq!(policy.language.origin, Origin::Flag);
        assert_eq!(policy.autostart.origin, Origin::Default);
    }

    #[test]
    fn what_the_machine_policy_enforces_nobody_overrides() {
        let policy = given(
            "screenshots = false\nenforced = [\"screenshots\"]",
            "screenshots = true",
            &[("REDBUTTON_SCREENSHOTS", "true")],
            Flags { screenshots: Some(true), ..Flags::default() },
        )
        .unwrap();
        assert!(!policy.screenshots.value);
        assert!(matches!(policy.screenshots.origin, Origin::Machine(_)));
    }

    #[test]
    fn an_error_names_key_value_origin_and_reason() {
        let error = given("", "", &[("REDBUTTON_SCREENSHOTS", "maybe")], Flags::default()).unwrap_err();
        assert_eq!(error.to_string(), "screenshots = \"maybe\" (from REDBUTTON_SCREENSHOTS): must be true or false");
        let error = given("colector_url = \"x\"", "", &[], Flags::default()).unwrap_err();
        assert!(error.to_string().starts_with("colector_url (from "), "{error}");
        let error = given("collector_url = \"http://desk.example\"", "", &[], Flags::default()).unwrap_err();
        assert!(error.to_string().contains("must begin with https://"), "{error}");
        let error = given("not toml", "", &[], Flags::default()).unwrap_err();
        assert!(matches!(error, PolicyError::Unreadable { .. }));
    }

    #[test]
    fn a_token_is_never_shown() {
        let error = given("enrolment_token = 7", "", &[], Flags::default()).unwrap_err();
        assert!(error.to_string().starts_with("enrolment_token = …"), "{error}");
        let policy = given("enrolment_token = \"s3cret\"", "", &[], Flags::default()).unwrap();
        assert!(!serde_json::to_string(&policy.explain()).unwrap().contains("s3cret"));
        assert!(!format!("{policy:?}").contains("s3cret"));
    }

    #[test]
    fn lists_and_services_can_come_from_the_environment() {
        let policy = given(
            "",
            "",
            &[
                ("REDBUTTON_PRIVATE_WINDOWS", "Vault, Safe"),
                ("REDBUTTON_SERVICES", "mail=https://mail.example,erp=http://erp.example"),
            ],
            Flags::default(),
        )
        .unwrap();
        assert_eq!(policy.private_windows.value, ["Vault", "Safe"]);
        assert_eq!(policy.services.value[1].name, "erp");
        assert_eq!(policy.services.value[1].url, "http://erp.example");
    }
}
