//! Reads rule files: checks every name, compiles every condition, tells file, line, rule and reason of what is wrong.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use report::{Category, LocalText};
use sha2::{Digest, Sha256};

use crate::RuleError;
use crate::code::{Codes, KnownCode};
use crate::condition::Condition;
use crate::product::{Product, list_of};
use crate::rule::{CauseTemplates, Compiled, Each, Example, Rule};
use crate::spec::{FileSpec, RuleSpec};
use crate::template::{Pointer, Template};
use crate::words::WordLists;

/// Team of what no category names.
pub(crate) const FIRST_TEAM: &str = "service-desk";

/// Everything the rule files say, ready to use.
#[derive(Debug)]
pub(crate) struct Knowledge {
    pub lists: WordLists,
    pub rules: Vec<Rule>,
    pub products: Vec<Product>,
    pub codes: Codes,
    pub teams: BTreeMap<Category, String>,
    pub thresholds: BTreeMap<Category, f32>,
    /// Questions by the pair they tell apart, smaller category first.
    pub questions: HashMap<(Category, Category), LocalText>,
    pub general_question: LocalText,
    pub version: String,
}

/// One file while it is read.
struct Source<'s> {
    name: &'s str,
    text: &'s str,
}

impl Source<'_> {
    fn line(&self, span: &Range<usize>) -> usize {
        1 + self.text[..span.start.min(self.text.len())].matches('\n').count()
    }

    fn error(&self, span: &Range<usize>, rule: Option<&str>, reason: impl Into<String>) -> RuleError {
        RuleError {
            file: self.name.to_owned(),
            line: self.line(span),
            rule: rule.map(str::to_owned),
            reason: reason.into(),
        }
    }
}

impl Knowledge {
    /// Reads all files; word lists, products and teams of one may be used in another.
    pub(crate) fn read(sources: &[(&str, &str)]) -> Result<Self, RuleError> {
        let mut files = Vec::new();
        for (name, text) in sources {
            let source = Source { name, text };
            let file: FileSpec = toml::from_str(text)
                .map_err(|e| source.error(&e.span().unwrap_or(0..0), None, e.message().to_owned()))?;
            files.push((source, file));
        }
        let mut knowledge = Self {
            lists: WordLists::default(),
            rules: Vec::new(),
            products: Vec::new(),
            codes: Codes::default(),
            teams: BTreeMap::new(),
            thresholds: BTreeMap::new(),
            questions: HashMap::new(),
            general_question: LocalText::new(
                "What were you doing, and what happened instead of what you expected?",
                "Что вы делали и что произошло вместо ожидаемого?",
            ),
            version: version(sources),
        };
        let mut teams: HashSet<String> = HashSet::from([FIRST_TEAM.to_owned()]);
        for (source, file) in &files {
            knowledge.read_words(source, file)?;
            for team in &file.team {
                require_both(&team.name, "name").map_err(|reason| {
                    source.error(&team.key.span(), None, format!("team `{}`: {reason}", team.key.get_ref()))
                })?;
                teams.insert(team.key.get_ref().clone());
            }
        }
        for (source, file) in files {
            knowledge.read_tables(&source, &file, &teams)?;
            for rule in file.rule {
                let rule = knowledge.read_rule(&source, rule, &teams)?;
                knowledge.rules.push(rule);
            }
        }
        Ok(knowledge)
    }

    fn read_words(&mut self, source: &Source<'_>, file: &FileSpec) -> Result<(), RuleError> {
        for (list, words) in &file.words {
            let refuse = |reason: String| source.error(&words.span(), None, format!("word list `{list}`: {reason}"));
            if self.lists.has(list) {
                return Err(refuse("defined twice".to_owned()));
            }
            let both = words.get_ref();
            if both.ru.is_empty() || both.en.is_empty() {
                return Err(refuse("needs words in both languages".to_owned()));
            }
            for entry in both.ru.iter().chain(&both.en) {
                self.lists.add(list, entry).map_err(refuse)?;
            }
        }
        for product in &file.product {
            let key = product.key.get_ref();
            let refuse = |reason: String| source.error(&product.key.span(), None, format!("product `{key}`: {reason}"));
            if self.lists.has(&list_of(key)) {
                return Err(refuse("defined twice".to_owned()));
            }
            for entry in &product.words {
                self.lists.add(&list_of(key), entry).map_err(refuse)?;
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

    fn read_tables(&mut self, source: &Source<'_>, file: &FileSpec, teams: &HashSet<String>) -> Result<(), RuleError> {
        for category in &file.category {
            let (team, span) = (category.team.get_ref(), category.team.span());
            if !teams.contains(team) {
                return Err(source.error(&span, None, format!("unknown team `{team}`")));
            }
            if !(0.0..1.0).contains(&category.threshold) {
                return Err(source.error(&span, None, "`threshold` must be from 0 to below 1"));
            }
            if self.teams.insert(category.key, team.clone()).is_some() {
                return Err(source.error(&span, None, format!("category `{}` twice", category.key.as_str())));
            }
            self.thresholds.insert(category.key, category.threshold);
        }
        for question in &file.question {
            let span = question.between.span();
            require_both(&question.asks, "asks").map_err(|reason| source.error(&span, None, reason))?;
            match question.between.get_ref().as_slice() {
                [] => self.general_question = question.asks.clone(),
                [a, b] if a != b => {
                    let pair = (*a.min(b), *a.max(b));
                    if self.questions.insert(pair, question.asks.clone()).is_some() {
                        return Err(source.error(&span, None, "a question between these two exists"));
                    }
                }
                _ => return Err(source.error(&span, None, "`between` names two different categories, or none")),
            }
        }
        for code in &file.code {
            let span = code.code.span();
            require_both(&code.meaning, "meaning").map_err(|reason| source.error(&span, None, reason))?;
            let known = KnownCode {
                code: code.code.get_ref().clone(),
                meaning: code.meaning.clone(),
                category: code.category,
                weight: code.weight,
                severity: code.severity,
                near: code.near.clone(),
            };
            self.codes.add(known, &code.aliases).map_err(|reason| source.error(&span, None, reason))?;
        }
        Ok(())
    }

    fn read_rule(&self, source: &Source<'_>, spec: RuleSpec, teams: &HashSet<String>) -> Result<Rule, RuleError> {
        let (id, span) = (spec.id.get_ref().clone(), spec.id.span());
        let refuse_at = |span: &Range<usize>, reason: String| source.error(span, Some(&id), reason);
        let refuse = |reason: String| refuse_at(&span, reason);

        if self.rules.iter().any(|rule| rule.id == id) {
            return Err(refuse("there is another rule with this id".to_owned()));
        }
        check_id(&id, spec.category).map_err(refuse)?;
        require_both(&spec.says, "says").map_err(refuse)?;
        if spec.category == Some(Category::Other) {
            return Err(refuse("`other` is for abstentions; leave `category` out".to_owned()));
        }
        if !spec.weight.is_finite()
            || spec.weight < 0.0
            || !spec.against_weight.is_finite()
            || spec.against_weight < 0.0
        {
            return Err(refuse("weights must be 0 or more; to speak against a category use `against`".to_owned()));
        }
        if (spec.category.is_some()) != (spec.weight > 0.0) {
            return Err(refuse("`category` and a `weight` above 0 go together".to_owned()));
        }
        if let Some(team) = &spec.team
            && !teams.contains(team.get_ref())
        {
            return Err(refuse_at(&team.span(), format!("unknown team `{}`", team.get_ref())));
        }

        let has_it = spec.each.is_some();
        let each = match &spec.each {
            None if !spec.only.is_empty() => return Err(refuse("`only` needs `each`".to_owned())),
            None => None,
            Some(each) => {
                Pointer::parse(each.get_ref(), false).map_err(|reason| refuse_at(&each.span(), reason))?;
                let (probe, path) = each.get_ref().split_once(':').unwrap_or_default();
                let only = spec.only.iter().map(|(key, values)| (key.clone(), values.clone())).collect();
                Some(Each { probe: probe.to_owned(), path: path.to_owned(), only })
            }
        };
        let condition = Condition::compile(spec.when.get_ref(), &self.lists, has_it).map_err(|refusal| RuleError {
            file: source.name.to_owned(),
            line: source.line(&spec.when.span()) + refusal.line - 1,
            rule: Some(id.clone()),
            reason: format!("in `when`, column {}: {}", refusal.column, refusal.reason),
        })?;
        let mut evidence = Vec::new();
        for pointer in &spec.evidence {
            let parsed = Pointer::parse(pointer.get_ref(), has_it);
            evidence.push(parsed.map_err(|reason| refuse_at(&pointer.span(), reason))?);
        }
        let template = |text: &str| Template::parse(text, &self.lists, has_it).map_err(refuse);
        let both = |text: &LocalText, field: &str| -> Result<[Template; 2], RuleError> {
            require_both(text, field).map_err(refuse)?;
            Ok([template(&text.en)?, template(&text.ru)?])
        };
        let cause = match &spec.cause {
            None => None,
            Some(cause) => Some(CauseTemplates {
                says: both(&cause.says, "cause.says")?,
                staff_step: both(&cause.staff_step, "cause.staff_step")?,
                user_step: cause.user_step.as_ref().map(|step| both(step, "cause.user_step")).transpose()?,
            }),
        };
        let signature = spec.signature.iter().map(|key| template(key)).collect::<Result<Vec<_>, _>>()?;
        let reads_facts = each.is_some() || !condition.probes.is_empty() || condition.asks_for_product();
        let says = both(&spec.says, "says")?;
        let examples = spec
            .example
            .into_iter()
            .map(|e| Example { text: e.text, screen: e.screen, facts: e.facts, expect: e.expect })
            .collect();
        Ok(Rule {
            file: source.name.to_owned(),
            line: source.line(&span),
            when: spec.when.into_inner(),
            category: spec.category,
            weight: spec.weight,
            against: spec.against,
            against_weight: spec.against_weight,
            explains: spec.explains,
            severity: spec.severity,
            says: spec.says,
            impact: spec.impact,
            urgency: spec.urgency,
            team: spec.team.map(toml::Spanned::into_inner),
            reads_facts,
            examples,
            compiled: Compiled { condition, each, says, evidence, cause, signature },
            id,
        })
    }
}

/// An id starts with what the rule decides, so that a finding tells where it belongs.
fn check_id(id: &str, category: Option<Category>) -> Result<(), String> {
    let (prefix, name) = id.split_once('.').unwrap_or((id, ""));
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !name.chars().all(allowed) {
        return Err("an id is `category.what_it_finds` in lower case".to_owned());
    }
    match category {
        Some(category) if category.as_str() != prefix => {
            Err(format!("an id of this category starts with `{}.`", category.as_str()))
        }
        None if !matches!(prefix, "text" | "fact") => {
            Err("an id without a category starts with `text.` or `fact.`".to_owned())
        }
        _ => Ok(()),
    }
}

fn require_both(text: &LocalText, field: &str) -> Result<(), String> {
    match (text.en.trim().is_empty(), text.ru.trim().is_empty()) {
        (false, false) => Ok(()),
        (true, _) => Err(format!("`{field}` has no English text")),
        (_, true) => Err(format!("`{field}` has no Russian text")),
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
