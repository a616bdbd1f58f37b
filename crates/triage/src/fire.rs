//! Which rules hold on a report, and what each then says.

use report::{Category, Finding, Language, LocalText, Owner, ProbableCause};

use crate::codes::FoundCode;
use crate::condition::scope;
use crate::rule::{CauseTemplates, OwnerClaim, Rule};
use crate::scene::{Item, Scene};
use crate::template::Template;
use crate::text_model::opinion::Opinion;
use crate::words::Said;

/// Most items of a list a rule goes over; bounds what a report can make a rule cost.
pub(crate) const MAX_ITEMS: usize = 200;

/// A rule that fired, or a code that was found.
pub(crate) struct Fired<'k> {
    pub finding: Finding,
    pub weight: f32,
    pub category: Option<Category>,
    /// `None` for a code and for the text model.
    pub rule: Option<&'k Rule>,
    pub cause: Option<ProbableCause>,
    /// Keys of the signature.
    pub keys: Vec<String>,
    /// Where it says the fault lies.
    pub owner: Option<Owner>,
}

impl Fired<'_> {
    /// Whether it counts in a verdict of this category: it speaks for it, may explain it, or decides no category.
    pub(crate) fn concerns(&self, category: Category) -> bool {
        self.category.is_none() || self.supports(category)
    }

    /// Whether it speaks for the category or may explain it.
    pub(crate) fn supports(&self, category: Category) -> bool {
        self.category == Some(category) || self.explains(category)
    }

    /// Whether it may be the cause of another category's trouble.
    pub(crate) fn explains(&self, category: Category) -> bool {
        self.rule.is_some_and(|rule| rule.explains.contains(&category))
    }
}

impl<'k> From<FoundCode<'k>> for Fired<'k> {
    fn from(found: FoundCode<'k>) -> Self {
        let (code, meaning) = (&found.code, &found.meaning);
        Self {
            finding: Finding {
                rule: format!("code.{code}"),
                says: LocalText::new(format!("{code}: {}", meaning.en), format!("{code}: {}", meaning.ru)),
                severity: found.severity,
                evidence: vec![found.evidence],
            },
            weight: found.weight,
            category: found.category,
            rule: None,
            cause: found.cause.cloned(),
            keys: vec![format!("code={code}")],
            owner: None,
        }
    }
}

impl From<Opinion> for Fired<'_> {
    fn from(opinion: Opinion) -> Self {
        let (category, weight) = opinion.supports.first().copied().unzip();
        Self {
            finding: opinion.finding,
            weight: weight.unwrap_or_default(),
            category,
            rule: None,
            cause: None,
            keys: Vec::new(),
            owner: None,
        }
    }
}

/// Every rule that holds, each once.
pub(crate) fn fire_rules<'k>(rules: &'k [Rule], scene: &Scene<'_>) -> Vec<Fired<'k>> {
    let names = scope(scene.facts, scene.said, scene.shown, scene.product, scene.named);
    let mut fired = Vec::new();
    for rule in rules {
        let condition = &rule.compiled.condition;
        match &rule.compiled.each {
            None => {
                if condition.holds(&names) {
                    fired.push(fire(rule, scene, None));
                }
            }
            Some(each) => {
                let list = scene.facts.pointer(&each.probe, &each.path).and_then(|value| value.as_array());
                let items = list.into_iter().flatten().take(MAX_ITEMS).enumerate();
                for (index, value) in items.filter(|(_, value)| each.admits(value)) {
                    let mut inner = names.new_inner_scope();
                    inner.add_variable_as_val("it", crate::json_view::to_val(value));
                    if condition.holds(&inner) {
                        let item = Item { probe: &each.probe, path: &each.path, index, value };
                        fired.push(fire(rule, scene, Some(&item)));
                        break;
                    }
                }
            }
        }
    }
    fired
}

fn fire<'k, 'a>(rule: &'k Rule, scene: &Scene<'a>, item: Option<&Item<'a>>) -> Fired<'k> {
    let compiled = &rule.compiled;
    let mut evidence: Vec<_> = compiled.evidence.iter().filter_map(|pointer| pointer.evidence(scene, item)).collect();
    let quotes =
        |lists: &[String], said: &Said<'_>| -> Vec<_> { lists.iter().filter_map(|l| said.evidence(l)).collect() };
    for quote in
        quotes(&compiled.condition.said, scene.said).into_iter().chain(quotes(&compiled.condition.shown, scene.shown))
    {
        if !evidence.contains(&quote) {
            evidence.push(quote);
        }
    }
    if compiled.condition.asks_for_named()
        && let Some(quote) = scene.named.and_then(|product| scene.said.evidence(&product.list))
        && !evidence.contains(&quote)
    {
        evidence.push(quote);
    }
    let owner = compiled.owner.as_ref().and_then(|claim| match claim {
        OwnerClaim::Fixed(owner) => Some(owner.clone()),
        OwnerClaim::Service(name) => name.fill_whole(scene, item).map(|name| Owner::Service { name }),
    });
    Fired {
        finding: Finding {
            rule: rule.id.clone(),
            says: fill(&compiled.says, scene, item),
            severity: rule.severity,
            evidence,
        },
        weight: rule.weight,
        category: rule.category,
        rule: Some(rule),
        cause: compiled.cause.as_ref().map(|cause| fill_cause(cause, scene, item)),
        keys: compiled.signature.iter().filter_map(|key| key.fill_whole(scene, item)).collect(),
        owner,
    }
}

fn fill<'a>(text: &[Template; 2], scene: &Scene<'a>, item: Option<&Item<'a>>) -> LocalText {
    LocalText::new(text[0].fill(scene, item, Language::En), text[1].fill(scene, item, Language::Ru))
}

fn fill_cause<'a>(cause: &CauseTemplates, scene: &Scene<'a>, item: Option<&Item<'a>>) -> ProbableCause {
    ProbableCause {
        says: fill(&cause.says, scene, item),
        staff_step: fill(&cause.staff_step, scene, item),
        user_step: cause.user_step.as_ref().map(|step| fill(step, scene, item)),
    }
}
