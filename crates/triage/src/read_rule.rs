//! One rule: every name in it is checked, its condition and texts are compiled.

use std::ops::Range;

use report::{Category, LocalText, ProbableCause};

use crate::RuleError;
use crate::condition::Condition;
use crate::flaw::Flaw;
use crate::load::Knowledge;
use crate::own;
use crate::place::Source;
use crate::rule::{CauseTemplates, Compiled, Each, Example, OwnerClaim, Rule};
use crate::spec::{CauseSpec, RuleSpec};
use crate::template::{Pointer, Template};

impl Knowledge {
    /// Checks one rule and compiles it. Returns it and where its condition stands.
    pub(crate) fn read_rule(&self, source: &Source<'_>, spec: RuleSpec) -> Result<(Rule, Range<usize>), RuleError> {
        let (id, span) = (spec.id.get_ref().clone(), spec.id.span());
        let refuse_at = |span: &Range<usize>, reason: String| source.error(span, Some(&id), reason);
        let refuse = |reason: String| refuse_at(&span, reason);
        let flawed_at = |span: &Range<usize>, flaw: Flaw| refuse_at(span, flaw.to_string());
        let flawed = |flaw: Flaw| flawed_at(&span, flaw);

        if self.rules.iter().any(|rule| rule.id == id) {
            return Err(refuse("there is another rule with this id".to_owned()));
        }
        check_id(&id, spec.category).map_err(flawed)?;
        require_both(&spec.says, "says").map_err(flawed)?;
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
            && !self.known_teams.contains(team.get_ref())
        {
            return Err(refuse_at(&team.span(), format!("unknown team `{}`", team.get_ref())));
        }

        let has_it = spec.each.is_some();
        let each = match &spec.each {
            None if !spec.only.is_empty() => return Err(refuse("`only` needs `each`".to_owned())),
            None => None,
            Some(each) => {
                Pointer::parse(each.get_ref(), false).map_err(|flaw| flawed_at(&each.span(), flaw))?;
                let (probe, path) = each.get_ref().split_once(':').unwrap_or_default();
                let only = spec.only.iter().map(|(key, values)| (key.clone(), values.clone())).collect();
                Some(Each { probe: probe.to_owned(), path: path.to_owned(), only })
            }
        };
        let when = spec.when.span();
        if source.is_own() {
            own::check_length(spec.when.get_ref()).map_err(|flaw| flawed_at(&when, flaw))?;
        }
        let condition = Condition::compile(spec.when.get_ref(), &self.lists, has_it).map_err(|refusal| {
            let place = (refusal.line, refusal.column);
            source.error_inside(&when, place, &id, &refusal.reason)
        })?;
        let mut evidence = Vec::new();
        for pointer in &spec.evidence {
            let parsed = Pointer::parse(pointer.get_ref(), has_it);
            evidence.push(parsed.map_err(|flaw| flawed_at(&pointer.span(), flaw))?);
        }
        let template = |text: &str| Template::parse(text, &self.lists, has_it).map_err(flawed);
        let both = |text: &LocalText, field: &str| -> Result<[Template; 2], RuleError> {
            require_both(text, field).map_err(flawed)?;
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
        let owner = match &spec.owner {
            None => None,
            Some(owner) => Some(
                OwnerClaim::parse(owner.get_ref(), &self.lists, has_it)
                    .map_err(|flaw| flawed_at(&owner.span(), flaw))?,
            ),
        };
        let reads_facts = each.is_some() || !condition.probes.is_empty() || condition.asks_for_product();
        let says = both(&spec.says, "says")?;
        let examples = spec
            .example
            .into_iter()
            .map(|e| Example { text: e.text, screen: e.screen, facts: e.facts, expect: e.expect })
            .collect();
        let rule = Rule {
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
            compiled: Compiled { condition, each, says, evidence, cause, signature, owner },
            id,
        };
        Ok((rule, when))
    }
}

/// An id starts with what the rule decides, so that a finding tells where it belongs.
fn check_id(id: &str, category: Option<Category>) -> Result<(), Flaw> {
    let (prefix, name) = id.split_once('.').unwrap_or((id, ""));
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(Flaw::Id);
    }
    match category {
        Some(category) if category.as_str() != prefix => Err(Flaw::IdOfCategory(category.as_str())),
        None if !matches!(prefix, "text" | "fact") => Err(Flaw::IdWithoutCategory),
        _ => Ok(()),
    }
}

/// Fails where a text has not both languages.
pub(crate) fn require_both(text: &LocalText, field: &str) -> Result<(), Flaw> {
    match (text.en.trim().is_empty(), text.ru.trim().is_empty()) {
        (false, false) => Ok(()),
        (true, _) => Err(Flaw::NoEnglish(field.to_owned())),
        (_, true) => Err(Flaw::NoRussian(field.to_owned())),
    }
}

/// A cause whose texts have nothing to fill in.
pub(crate) fn plain_cause(spec: &CauseSpec) -> Result<ProbableCause, Flaw> {
    require_both(&spec.says, "cause.says")?;
    require_both(&spec.staff_step, "cause.staff_step")?;
    spec.user_step.as_ref().map(|step| require_both(step, "cause.user_step")).transpose()?;
    Ok(ProbableCause {
        says: spec.says.clone(),
        staff_step: spec.staff_step.clone(),
        user_step: spec.user_step.clone(),
    })
}
