//! Which crate may depend on which. The table is the one of docs/architecture.md.

use super::Breach;
use crate::repository::Package;

/// From, and everything of ours it may depend on directly. `tests` may use anything.
const ALLOWED: &[(&str, &[&str])] = &[
    ("report", &[]),
    ("diagnostics", &["report"]),
    ("agent", &["diagnostics", "report"]),
    ("triage", &["report"]),
    ("store", &["report"]),
    ("collector", &["triage", "store", "report"]),
    ("redbutton", &["agent", "report"]),
    ("xtask", &[]),
];

/// What the classifier must not know: it is pure.
const FORBIDDEN_OUTSIDE: &[(&str, &[&str])] = &[
    ("triage", &["tokio", "sea-orm", "sqlx", "reqwest", "axum", "hyper"]),
    ("report", &["tokio", "sea-orm", "sqlx", "reqwest", "axum", "hyper"]),
];

pub fn wrong(packages: &[Package]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for package in packages.iter().filter(|package| package.name != "tests") {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
            breaches.push(format!(
                "crate `{}` is not in the table: add it to xtask/src/architecture/arrows.rs",
                package.name
            ));
            continue;
        };
        for dependency in &package.dependencies {
            let (from, to) = (&package.name, &dependency.name);
            // A crate's tests may name the crate itself, to turn one of its features on.
            if dependency.path.is_some() && to != from && !allowed.contains(&to.as_str()) {
                breaches.push(format!("{from} ─► {to} is not allowed; {from} may use: {}", allowed.join(", ")));
            }
            let dev = dependency.kind.as_deref() == Some("dev");
            if !dev && FORBIDDEN_OUTSIDE.iter().any(|(name, banned)| name == from && banned.contains(&to.as_str())) {
                breaches.push(format!("{from} ─► {to} is not allowed: {from} knows no database and no network"));
            }
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::Dependency;

    fn package(name: &str, ours: &[&str], others: &[&str]) -> Package {
        let dependency = |name: &&str, path: Option<&str>| Dependency {
            name: (*name).to_owned(),
            path: path.map(Into::into),
            kind: None,
        };
        Package {
            name: name.to_owned(),
            version: "0.1.0".to_owned(),
            dependencies: ours
                .iter()
                .map(|name| dependency(name, Some("/somewhere")))
                .chain(others.iter().map(|name| dependency(name, None)))
                .collect(),
            targets: Vec::new(),
        }
    }

    #[test]
    fn the_allowed_arrows_pass() {
        assert!(wrong(&[package("collector", &["triage", "store", "report"], &["axum"])]).is_empty());
        assert!(wrong(&[package("tests", &["agent", "collector", "store"], &[])]).is_empty());
    }

    #[test]
    fn a_collector_that_uses_the_agent_is_named() {
        let breaches = wrong(&[package("collector", &["agent"], &[])]);
        assert_eq!(breaches.len(), 1);
        assert!(breaches[0].starts_with("collector ─► agent"), "{breaches:?}");
    }

    #[test]
    fn triage_with_a_database_or_a_runtime_is_named() {
        assert_eq!(wrong(&[package("triage", &["report"], &["sea-orm", "tokio", "toml"])]).len(), 2);
    }

    #[test]
    fn a_crate_missing_from_the_table_is_named() {
        assert_eq!(wrong(&[package("newcomer", &[], &[])]).len(), 1);
    }
}
