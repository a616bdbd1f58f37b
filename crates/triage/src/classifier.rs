use std::sync::Arc;

use report::{Category, LocalText, Report, Verdict};
use sha2::{Digest, Sha256};

use crate::belief::Blend;
use crate::facts::Facts;
use crate::judge::{Bench, judge, shares};
use crate::load::{FIRST_TEAM, Knowledge};
use crate::own::{self, OWN_FILE};
use crate::shipped::SOURCES;
use crate::text_model::opinion::SentenceReader;
use crate::text_model::{self, ModelError, TextModel};
use crate::{Input, Rule, RuleError};

/// What errors name as the file of what corrections taught.
pub const LEARNED: &str = "learned";

/// The rules, compiled once, ready to judge any number of reports from any number of threads.
#[derive(Debug)]
pub struct Classifier {
    knowledge: Knowledge,
    reader: SentenceReader,
    blend: Blend,
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
        Self::build(sources, None).map_err(|errors| errors.into_iter().next().unwrap_or_default())
    }

    /// The shipped rules with an organisation's own on top: what [`crate::OWN_FILE`] holds, which may also add words to
    /// shipped lists, change teams, thresholds and questions, and switch shipped rules off.
    ///
    /// Fails with everything that is wrong in the rules, each with its place; or with the first thing that is wrong
    /// elsewhere in the file, since the rules may only miss what it would have brought.
    pub fn with_own(toml: &str) -> Result<Self, Vec<RuleError>> {
        Self::with_own_and_learned(Some(toml), None)
    }

    /// The shipped rules with an organisation's own, and what its corrections taught the text model
    /// ([`text_model::learn`](crate::text_model::learn)); each where there is one.
    ///
    /// Fails as [`Classifier::with_own`] does; an overlay that is damaged, or learnt on another model than the shipped one,
    /// is one error of the file [`LEARNED`].
    pub fn with_own_and_learned(toml: Option<&str>, overlay: Option<&[u8]>) -> Result<Self, Vec<RuleError>> {
        let sources: Vec<_> = SOURCES.iter().copied().chain(toml.map(|toml| (OWN_FILE, toml))).collect();
        own::on_a_large_stack(|| Self::build(&sources, overlay))
    }

    /// Rules as for [`Classifier::from_toml`], and what corrections taught the text model.
    pub fn build(sources: &[(&str, &str)], overlay: Option<&[u8]>) -> Result<Self, Vec<RuleError>> {
        let mut knowledge = Knowledge::read(sources)?;
        let refuse = |file: &str, error: ModelError| {
            vec![RuleError { file: file.to_owned(), line: 1, column: 1, rule: None, reason: error.to_string() }]
        };
        let mut model = text_model::shipped().map_err(|error| refuse("text.bin", error))?;
        if let Some(overlay) = overlay {
            model = Arc::new(model.with_overlay(overlay).map_err(|error| refuse(LEARNED, error))?);
        }
        let reader = SentenceReader::new(model).map_err(|error| refuse("text.bin", error))?;
        for bytes in std::iter::once(text_model::shipped_bytes()).chain(overlay) {
            let hex: String = Sha256::digest(bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            knowledge.version.push('.');
            knowledge.version.push_str(&hex);
        }
        Ok(Self { knowledge, reader, blend: Blend::SHIPPED })
    }

    /// The same rules with another way of adding up the sources: for finding the one to ship.
    pub fn with_blend(mut self, blend: Blend) -> Self {
        self.blend = blend;
        self
    }

    /// The same rules with another text model: for measuring one before it ships.
    pub fn with_model(mut self, model: TextModel) -> Result<Self, ModelError> {
        self.reader = SentenceReader::new(Arc::new(model))?;
        Ok(self)
    }

    /// The shipped rule files: name and TOML of each.
    pub fn shipped_sources() -> &'static [(&'static str, &'static str)] {
        SOURCES
    }

    /// Version of the crate, and hashes of the rules' content, of the text model and of what corrections taught it; two
    /// classifiers with the same one judge alike.
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
        judge(self.bench(), input)
    }

    /// The share of belief, 0 to 1, of each category anything speaks for, highest first; what is missing to 1 is
    /// "something else".
    pub fn shares(&self, input: &Input<'_>) -> Vec<(Category, f32)> {
        shares(self.bench(), input)
    }

    fn bench(&self) -> Bench<'_> {
        Bench { knowledge: &self.knowledge, reader: &self.reader, blend: self.blend }
    }

    /// Sites that policy names, in its order: key and name.
    pub fn sites(&self) -> impl Iterator<Item = (&str, &LocalText)> {
        self.knowledge.policy.sites()
    }

    /// Name of a site by its key.
    pub(crate) fn site_name(&self, key: &str) -> Option<&LocalText> {
        self.knowledge.policy.site_name(key)
    }

    /// Name of the product an executable belongs to; none for a browser, of which there are several.
    pub(crate) fn program_name(&self, executable: &str) -> Option<&str> {
        let product = self.knowledge.products.iter().find(|product| product.runs_as(executable))?;
        (product.key != "browser").then_some(product.name.as_str())
    }

    /// Key of the site a report comes from, by the address of its gateway or its own; `None` where policy names no site
    /// there.
    pub fn site_of(&self, report: &Report) -> Option<&str> {
        self.knowledge.policy.site_of(&Facts::of(report)).map(|(site, _)| site.key.as_str())
    }
}
