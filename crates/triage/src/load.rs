//! Reads rule files: checks every name, compiles every condition, tells file, line, rule and reason of what is wrong.

use std::collections::{BTreeMap, HashMap, HashSet};

use report::{Category, LocalText};
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::RuleError;
use crate::codes::{Codes, Draft};
use crate::flaw::Flaw;
use crate::own::{self, OwnBudget};
use crate::place::Source;
use crate::policy::Policy;
use crate::product::{Product, list_of};
use crate::read_rule::{plain_cause, require_both};
use crate::rule::Rule;
use crate::spec::{CauseSpec, FileSpec};
use crate::words::WordLists;

/// Team of what no category names.
pub(crate) const FIRST_TEAM: &str = "service-desk";

/// Shares of belief from which a category is said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Thresholds {
    /// Where a fact, an error code or a rule of the organisation's own speaks for it.
    pub measured: f32,
    /// Where the text model decides.
    pub words: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { measured: 0.5, words: 0.85 }
    }
}

/// Everything the rule files say, ready to use.
#[derive(Debug)]
pub(crate) struct Knowledge {
    pub lists: WordLists,
    pub rules: Vec<Rule>,
    pub products: Vec<Product>,
    pub codes: Codes,
    pub policy: Policy,
    /// Team of each category.
    pub teams: BTreeMap<Category, String>,
    /// Keys of all teams.
    pub known_teams: HashSet<String>,
    pub thresholds: BTreeMap<Category, Thresholds>,
    /// Questions by the pair they tell apart, smaller category first.
    pub questions: HashMap<(Category, Category), LocalText>,
    pub general_question: LocalText,
    pub version: String,
}

impl Knowledge {
    /// Reads all files; word lists, products and teams of one may be used in another. Fails with what is wrong outside
    /// the rules if anything is, else with what is wrong in each of them.
    pub(crate) fn read(sources: &[(&str, &str)]) -> Result<Self, Vec<RuleError>> {
        let mut files = Vec::new();
        for (name, text) in sources {
            files.push(parse(&Source { name, text }).map_err(|error| vec![error])?);
        }
        let mut knowledge = Self::empty(version(sources));
        knowledge.read_common(sources, &files).map_err(|error| vec![error])?;
        let mut errors = Vec::new();
        let mut disabled = Vec::new();
        for ((name, text), file) in sources.iter().zip(files) {
            let source = Source { name, text };
            let mut budget = source.is_own().then(OwnBudget::default);
            for rule in file.rule {
                let read = knowledge.read_rule(&source, rule).and_then(|(rule, span)| {
                    budget.iter_mut().try_for_each(|budget| budget.spend(&source, &rule, &span)).map(|()| rule)
                });
                match read {
                    Ok(rule) => knowledge.rules.push(rule),
                    Err(error) => errors.push(error),
                }
            }
            disabled.extend(file.disable.into_iter().map(|id| (source, id)));
        }
        for (source, id) in disabled {
            errors.extend(knowledge.disable(&source, &id).err());
        }
        if errors.is_empty() { Ok(knowledge) } else { Err(errors) }
    }

    fn empty(version: String) -> Self {
        Self {
            lists: WordLists::default(),
            rules: Vec::new(),
            products: Vec::new(),
            codes: Codes::default(),
            policy: Policy::default(),
            teams: BTreeMap::new(),
            known_teams: HashSet::from([FIRST_TEAM.to_owned()]),
            thresholds: BTreeMap::new(),
            questions: HashMap::new(),
            general_question: LocalText::new(
                "What were you doing, and what happened instead of what you expected?",
                "Что вы делали и что произошло вместо ожидаемого?",
            ),
            version,
        }
    }

    /// Reads what rules may use.
    fn read_common(&mut self, sources: &[(&str, &str)], files: &[FileSpec]) -> Result<(), RuleError> {
        let each = || sources.iter().map(|(name, text)| Source { name, text }).zip(files);
        for (source, file) in each() {
            self.read_words(&source, file)?;
            for team in &file.team {
                require_both(&team.name, "name").map_err(|flaw| {
                    source.error(&team.key.span(), None, format!("team `{}`: {flaw}", team.key.get_ref()))
                })?;
                self.known_teams.insert(team.key.get_ref().clone());
            }
        }
        for (source, file) in each() {
            self.read_codes(&source, file)?;
        }
        // A cause may stand in another file than its codes: one's own step for a shipped code.
        for (source, file) in each() {
            self.read_code_causes(&source, file)?;
        }
        let refuse = |reason| RuleError { file: "codes".to_owned(), line: 1, column: 1, rule: None, reason };
        self.codes.finish().map_err(|flaw| refuse(flaw.to_string()))?;
        for (source, file) in each() {
            self.read_tables(&source, file)?;
            self.policy.read(&source, file, &self.products)?;
        }
        Ok(())
    }

    /// Takes a shipped rule out.
    fn disable(&mut self, source: &Source<'_>, id: &Spanned<String>) -> Result<(), RuleError> {
        let before = self.rules.len();
        self.rules.retain(|rule| rule.id != *id.get_ref() || rule.file == source.name);
        if self.rules.len() < before {
            return Ok(());
        }
        Err(source.error(&id.span(), None, format!("`disable`: there is no shipped rule `{}`", id.get_ref())))
    }

    fn read_words(&mut self, source: &Source<'_>, file: &FileSpec) -> Result<(), RuleError> {
        for (list, words) in &file.words {
            let refuse = |reason: String| source.error(&words.span(), None, format!("word list `{list}`: {reason}"));
            let both = words.get_ref();
            match self.lists.has(list) {
                // One's own words join a shipped list.
                true if source.is_own() => {}
                true => return Err(refuse("defined twice".to_owned())),
                false if both.ru.is_empty() || both.en.is_empty() => {
                    return Err(refuse("needs words in both languages".to_owned()));
                }
                false => {}
            }
            for entry in both.ru.iter().chain(&both.en) {
                self.lists.add(list, entry).map_err(|flaw| refuse(flaw.to_string()))?;
            }
        }
        for product in &file.product {
            let key = product.key.get_ref();
            let refuse = |reason: String| source.error(&product.key.span(), None, format!("product `{key}`: {reason}"));
            if self.lists.has(&list_of(key)) {
                return Err(refuse("defined twice".to_owned()));
            }
            for entry in &product.words {
                self.lists.add(&list_of(key), entry).map_err(|flaw| refuse(flaw.to_string()))?;
            }
            self.products.push(Product::new(
                key.clone(),
                product.name.clone(),
                product.category,
                product.executables.clone(),
            ));
        }
        Ok(())
    }

    fn read_tables(&mut self, source: &Source<'_>, file: &FileSpec) -> Result<(), RuleError> {
        let mut here = HashSet::new();
        for category in &file.category {
            let (key, span) = (*category.key.get_ref(), category.key.span());
            // One's own file may say otherwise than the shipped ones.
            let is_known = self.teams.contains_key(&key) && !source.is_own();
            if is_known || !here.insert(key) {
                return Err(source.error(&span, None, format!("category `{}` twice", key.as_str())));
            }
            if !source.is_own() && (category.team.is_none() || category.threshold.is_none()) {
                return Err(source.error(&span, None, "a category needs `team` and `threshold`"));
            }
            if let Some(team) = &category.team {
                if !self.known_teams.contains(team.get_ref()) {
                    return Err(source.error(&team.span(), None, format!("unknown team `{}`", team.get_ref())));
                }
                self.teams.insert(key, team.get_ref().clone());
            }
            for (name, threshold) in
                [("threshold", &category.threshold), ("words_threshold", &category.words_threshold)]
            {
                let Some(threshold) = threshold else { continue };
                if !(0.0..1.0).contains(threshold.get_ref()) {
                    let reason = format!("`{name}` must be from 0 to below 1");
                    return Err(source.error(&threshold.span(), None, reason));
                }
                let (share, known) = (*threshold.get_ref(), self.thresholds.entry(key).or_default());
                match name {
                    "threshold" => *known = Thresholds { measured: share, words: share },
                    _ => known.words = share,
                }
            }
        }
        for question in &file.question {
            let span = question.between.span();
            require_both(&question.asks, "asks").map_err(|flaw| source.error(&span, None, flaw.to_string()))?;
            match question.between.get_ref().as_slice() {
                [] => self.general_question = question.asks.clone(),
                [a, b] if a != b => {
                    let pair = (*a.min(b), *a.max(b));
                    if self.questions.insert(pair, question.asks.clone()).is_some() && !source.is_own() {
                        return Err(source.error(&span, None, "a question between these two exists"));
                    }
                }
                _ => return Err(source.error(&span, None, "`between` names two different categories, or none")),
            }
        }
        Ok(())
    }

    fn read_codes(&mut self, source: &Source<'_>, file: &FileSpec) -> Result<(), RuleError> {
        let defaults = &file.code_defaults;
        for code in &file.code {
            let name = code.code.get_ref();
            let refuse = |reason: String| source.error(&code.code.span(), None, format!("code `{name}`: {reason}"));
            require_both(&code.meaning, "meaning").map_err(|flaw| refuse(flaw.to_string()))?;
            let severity = code.severity.or(defaults.severity).ok_or_else(|| refuse("no `severity`".to_owned()))?;
            let weight = match code.category {
                None if code.weight.is_some() => return Err(refuse("a `weight` needs a `category`".to_owned())),
                Some(Category::Other) => return Err(refuse("`other` is for abstentions".to_owned())),
                None => 0.0,
                Some(_) => code.weight.or(defaults.weight).unwrap_or(0.0),
            };
            if code.category.is_some() && !(weight.is_finite() && weight > 0.0) {
                return Err(refuse("a `category` needs a `weight` above 0".to_owned()));
            }
            let cause = code.cause.as_ref().map(plain_cause).transpose().map_err(|flaw| refuse(flaw.to_string()))?;
            let draft = Draft {
                code: name.clone(),
                aliases: &code.aliases,
                near: code.near.as_ref().unwrap_or(&defaults.near),
                about: code.about.as_ref().unwrap_or(&defaults.about),
                meaning: code.meaning.clone(),
                category: code.category,
                weight,
                severity,
                cause,
            };
            self.codes.add(draft).map_err(|flaw| refuse(flaw.to_string()))?;
        }
        Ok(())
    }

    fn read_code_causes(&mut self, source: &Source<'_>, file: &FileSpec) -> Result<(), RuleError> {
        for spec in &file.code_cause {
            for code in &spec.codes {
                let flawed = |flaw: Flaw| {
                    source.error(&code.span(), None, format!("cause of code `{}`: {flaw}", code.get_ref()))
                };
                let cause = CauseSpec {
                    says: spec.says.clone(),
                    staff_step: spec.staff_step.clone(),
                    user_step: spec.user_step.clone(),
                };
                let cause = plain_cause(&cause).map_err(flawed)?;
                self.codes.set_cause(code.get_ref(), cause).map_err(flawed)?;
            }
        }
        Ok(())
    }
}

fn parse(source: &Source<'_>) -> Result<FileSpec, RuleError> {
    if source.is_own() {
        own::check_size(source)?;
    }
    let file: FileSpec = toml::from_str(source.text)
        .map_err(|error| source.error(&error.span().unwrap_or(0..0), None, error.message().to_owned()))?;
    match file.disable.first() {
        Some(id) if !source.is_own() => {
            Err(source.error(&id.span(), None, format!("`disable` belongs into `{}`", own::OWN_FILE)))
        }
        _ => Ok(file),
    }
}

/// Version of the crate and the first 48 bits of the SHA-256 of all files.
fn version(sources: &[(&str, &str)]) -> String {
    let mut hash = Sha256::new();
    for (name, text) in sources {
        for part in [name, text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    let digest = hash.finalize();
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{}+{hex}", env!("CARGO_PKG_VERSION"))
}
