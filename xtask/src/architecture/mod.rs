//! The rules of the layout that a compiler does not check. Each rule is a function from files to breaches, so that the
//! tests can show it a breach.

mod arrows;
mod layout;

use crate::repository;

/// What breaks a rule: where, and what to do.
pub type Breach = String;

/// A rule and what breaks it.
pub struct Checked {
    /// The rule, as a sentence.
    pub rule: &'static str,
    /// Empty when it is kept.
    pub breaches: Vec<Breach>,
}

/// Looks at the whole repository.
pub fn check() -> anyhow::Result<Vec<Checked>> {
    let sources = layout::read(&repository::files()?)?;
    Ok(vec![
        Checked {
            rule: "arrows between crates point one way",
            breaches: arrows::wrong(&repository::metadata()?.packages),
        },
        Checked {
            rule: "only diagnostics, capture and the shell know the operating system",
            breaches: layout::stray_os_code(&sources),
        },
        Checked {
            rule: "the contract and the classifier have no clock of their own",
            breaches: layout::clocks(&sources),
        },
        Checked { rule: "no file is longer than 600 lines", breaches: layout::long_files(&sources) },
        Checked { rule: "a file is named after the one thing it holds", breaches: layout::vague_names(&sources) },
        Checked { rule: "no path of somebody's machine in the repository", breaches: layout::machine_paths(&sources) },
        Checked { rule: "a silenced lint says why", breaches: layout::silent_lints(&sources) },
    ])
}
