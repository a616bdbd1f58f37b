use report::{Category, Report, Verdict};

use crate::facts::Facts;
use crate::judge::judge;
use crate::load::{FIRST_TEAM, Knowledge};
use crate::own::{self, OWN_FILE};
use crate::shipped::SOURCES;
use crate::{Input, Rule, RuleError};

/// The rules, compiled once, ready to judge any number of reports from any number of threads.
#[derive(Debug)]
pub struct Classifier {
    knowledge: Knowledge,
}

impl Classifier {
    /// The rules shipped with the product.
    pub fn shipped() -> Result<Self, RuleError> {
        Self::from_toml(SOURCES)
    }

    /// Rules from elsewhere: pairs of a file's name (for errors) and its TOML. Files may use each other's word lists,
    /// products and teams, so rules of one's own go with [`Classifier::shipped_sources`] or stand alone.
    ///
    /// Fails at the first thing that is wrong: TOML, unknown fields, a condition that does not compile, a name nobody
    /// knows, an id used twice, a language missing.
    pub fn from_toml(sources: &[(&str, &str)]) -> Result<Self, RuleError> {
        Self::read(sources).map_err(|errors| errors.into_iter().next().unwrap_or_default())
    }

    /// The shipped rules with an organisation's own on top: what [`crate::OWN_FILE`] holds, which may also add words to
    /// shipped lists, change teams, thresholds and questions, and switch shipped rules off.
    ///
    /// Fails with everything that is wrong in the rules, each with its place; or with the first thing that is wrong
    /// elsewhere in the file, since the rules may only miss what it would have brought.
    pub fn with_own(toml: &str) -> Result<Self, Vec<RuleError>> {
        let sources: Vec<_> = SOURCES.iter().copied().chain([(OWN_FILE, toml)]).collect();
        own::on_a_large_stack(|| Self::read(&sources))
    }

    fn read(sources: &[(&str, &str)]) -> Result<Self, Vec<RuleError>> {
        Ok(Self { knowledge: Knowledge::read(sources)? })
    }

    /// The shipped rule files: name and TOML of each.
    pub fn shipped_sources() -> &'static [(&'static str, &'static str)] {
        SOURCES
    }

    /// Version of the crate and a hash of the rules' content; two classifiers with the same one judge alike.
    pub fn version(&self) -> &str {
        &self.knowledge.version
    }

    /// Every rule, in the order of its files.
    pub fn rules(&self) -> &[Rule] {
        &self.knowledge.rules
    }

    /// Key of the team that usually has what is of this category.
    pub fn team_of(&self, category: Category) -> &str {
        self.knowledge.teams.get(&category).map_or(FIRST_TEAM, String::as_str)
    }

    /// Whether there is a team of this key.
    pub fn has_team(&self, key: &str) -> bool {
        self.knowledge.known_teams.contains(key)
    }

    /// What a report is about, with its evidence, or an abstention. Never fails; a text is read up to
    /// [`crate::MAX_READ_CHARS`], a screen up to [`crate::MAX_SCREEN_CHARS`].
    pub fn verdict(&self, input: &Input<'_>) -> Verdict {
        judge(&self.knowledge, input)
    }

    /// Key of the site a report comes from, by the address of its gateway or its own; `None` where policy names no site
    /// there.
    pub fn site_of(&self, report: &Report) -> Option<&str> {
        self.knowledge.policy.site_of(&Facts::of(report)).map(|(site, _)| site.key.as_str())
    }
}
