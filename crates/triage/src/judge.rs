use report::{
    Abstention, Candidate, Category, Finding, Judged, Language, Level, LocalText, Priority, ProbableCause, Severity,
    Verdict,
};

use crate::Input;
use crate::belief::Belief;
use crate::condition::scope;
use crate::facts::Facts;
use crate::load::{FIRST_TEAM, Knowledge};
use crate::product::Product;
use crate::rule::{CauseTemplates, Rule};
use crate::scene::{Item, Scene};
use crate::signature::signature;
use crate::template::Template;
use crate::text::{MAX_READ_CHARS, MAX_SCREEN_CHARS, Tokens};
use crate::words::{Said, Source};

/// Threshold of a category whose own is not set.
const DEFAULT_THRESHOLD: f32 = 0.5;
/// Weight from which a finding for another category is worth naming as speaking against the verdict's.
const WORTH_NAMING: f32 = 1.5;
/// Most items of a list a rule goes over.
const MAX_ITEMS: usize = 200;

/// A rule that fired, or a code that was found.
struct Fired<'k> {
    finding: Finding,
    weight: f32,
    category: Option<Category>,
    rule: Option<&'k Rule>,
    cause: Option<ProbableCause>,
    keys: Vec<String>,
}

impl Fired<'_> {
    fn concerns(&self, category: Category) -> bool {
        self.category.is_none_or(|own| own == category) || self.explains(category)
    }

    fn explains(&self, category: Category) -> bool {
        self.rule.is_some_and(|rule| rule.explains.contains(&category))
    }
}

pub(crate) fn judge(knowledge: &Knowledge, input: &Input<'_>) -> Verdict {
    let mut left = MAX_READ_CHARS;
    let mut sentences = Vec::new();
    for sentence in input.sentences() {
        sentences.push(Tokens::of_limited(sentence, left));
        left = left.saturating_sub(sentence.chars().take(left).count());
    }
    let screens: Vec<(Source, Tokens)> = input
        .screen_texts
        .iter()
        .take(report::MAX_ATTACHMENTS)
        .map(|screen| (Source::Screen(screen.attachment), Tokens::of_limited(screen.text, MAX_SCREEN_CHARS)))
        .collect();
    let in_sentences = || sentences.iter().map(|tokens| (Source::Sentence, tokens));
    let on_screens = || screens.iter().map(|(source, tokens)| (*source, tokens));

    let facts = Facts::of(input.report);
    let said = knowledge.lists.find(in_sentences());
    let shown = knowledge.lists.find(on_screens());
    let executable = facts.pointer("foreground", "/executable").and_then(|value| value.as_str());
    let product = executable.and_then(|name| knowledge.products.iter().find(|product| product.runs_as(name)));
    let named = knowledge.products.iter().find(|product| said.list(&product.list) == Some(true));
    let scene = Scene { facts: &facts, said: &said, shown: &shown, product, named };

    let mut fired = fire_rules(&knowledge.rules, &scene);
    for found in knowledge.codes.find(in_sentences().chain(on_screens())) {
        let (code, meaning) = (&found.code.code, &found.code.meaning);
        fired.push(Fired {
            finding: Finding {
                rule: format!("code.{code}"),
                says: LocalText::new(format!("{code}: {}", meaning.en), format!("{code}: {}", meaning.ru)),
                severity: found.code.severity,
                evidence: vec![found.evidence],
            },
            weight: found.code.weight,
            category: found.code.category,
            rule: None,
            cause: None,
            keys: vec![format!("code={code}")],
        });
    }
    conclude(knowledge, fired, named.or(product), &said, &sentences)
}

fn fire_rules<'k>(rules: &'k [Rule], scene: &Scene<'_>) -> Vec<Fired<'k>> {
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

fn conclude(
    knowledge: &Knowledge,
    mut fired: Vec<Fired<'_>>,
    app: Option<&Product>,
    said: &Said<'_>,
    sentences: &[Tokens],
) -> Verdict {
    fired.sort_by(|a, b| {
        let rank = |f: &Fired<'_>| (f.finding.severity, f.weight);
        let ((sa, wa), (sb, wb)) = (rank(a), rank(b));
        sb.cmp(&sa).then(wb.total_cmp(&wa)).then_with(|| a.finding.rule.cmp(&b.finding.rule))
    });
    let mut belief = Belief::default();
    for f in &fired {
        if let Some(category) = f.category.filter(|_| f.weight > 0.0) {
            belief.support(category, f.weight);
        }
        if let Some(rule) = f.rule {
            rule.against.iter().for_each(|category| belief.oppose(*category, rule.against_weight));
        }
    }
    let shares = belief.shares();
    let best = shares
        .first()
        .filter(|(category, share)| *share >= knowledge.thresholds.get(category).copied().unwrap_or(DEFAULT_THRESHOLD));
    let (category, confidence) = best.copied().unwrap_or((Category::Other, 1.0 - shares.first().map_or(0.0, |s| s.1)));

    let ids = |wanted: &dyn Fn(&Fired<'_>) -> bool| -> Vec<String> {
        fired.iter().filter(|f| wanted(f)).map(|f| f.finding.rule.clone()).collect()
    };
    let evidence = ids(&|f| f.category == Some(category));
    let against = ids(&|f| {
        category != Category::Other
            && (f.rule.is_some_and(|rule| rule.against.contains(&category))
                || (f.category.is_some_and(|own| own != category) && f.weight >= WORTH_NAMING))
    });
    let impact = level(&fired, category, |rule| rule.impact);
    let urgency = level(&fired, category, |rule| rule.urgency);
    let mut behind = impact.evidence.clone();
    behind.extend(urgency.evidence.iter().filter(|id| !impact.evidence.contains(id)).cloned());
    let priority =
        Judged::new(Priority::from_matrix(impact.value, urgency.value), impact.confidence * urgency.confidence, behind);

    let abstention = (category == Category::Other).then(|| Abstention {
        candidates: shares
            .iter()
            .take(3)
            .map(|(category, share)| Candidate { category: *category, confidence: *share })
            .collect(),
        question: question(knowledge, &shares),
    });
    // One rule's keys, the strongest's, and those of codes: a second, weaker finding may be gone at the next press.
    let keyed = |f: &&Fired<'_>| !f.keys.is_empty() && (f.category == Some(category) || f.explains(category));
    let strongest = fired
        .iter()
        .filter(|f| f.rule.is_some())
        .filter(keyed)
        .max_by(|a, b| a.weight.total_cmp(&b.weight).then_with(|| b.finding.rule.cmp(&a.finding.rule)));
    let codes = fired.iter().filter(|f| f.rule.is_none()).filter(keyed);
    let keys: Vec<&str> = strongest.into_iter().chain(codes).flat_map(|f| f.keys.iter().map(String::as_str)).collect();
    Verdict {
        priority_parts: vec![],
        owner: None,
        sources: vec![],
        team: team(knowledge, &fired, category, confidence),
        cause: cause(&fired, category, confidence),
        signature: signature(category, &keys, app, said, sentences),
        category: Judged::new(category, confidence, evidence),
        impact,
        urgency,
        priority,
        against,
        abstention,
        triage_version: knowledge.version.clone(),
        findings: fired.into_iter().map(|f| f.finding).collect(),
    }
}

/// The highest level any finding that concerns the category tells; low where none does.
fn level(fired: &[Fired<'_>], category: Category, of: impl Fn(&Rule) -> Option<Level>) -> Judged<Level> {
    let told: Vec<(&Rule, Level)> = fired
        .iter()
        .filter(|f| f.concerns(category))
        .filter_map(|f| f.rule.and_then(|rule| of(rule).map(|level| (rule, level))))
        .collect();
    let Some(highest) = told.iter().map(|(_, level)| *level).max() else {
        return Judged::new(Level::Low, 0.5, vec![]);
    };
    let behind: Vec<&Rule> = told.iter().filter(|(_, level)| *level == highest).map(|(rule, _)| *rule).collect();
    // What a machine measured weighs more than what a person says of others.
    let confidence = if behind.iter().any(|rule| rule.reads_facts) { 0.9 } else { 0.7 };
    Judged::new(highest, confidence, behind.into_iter().map(|rule| rule.id.clone()).collect())
}

fn team(knowledge: &Knowledge, fired: &[Fired<'_>], category: Category, confidence: f32) -> Judged<String> {
    let own = fired
        .iter()
        .filter(|f| f.category == Some(category))
        .filter_map(|f| f.rule.and_then(|rule| rule.team.as_ref().map(|team| (rule, team))))
        .max_by(|(a, _), (b, _)| a.weight.total_cmp(&b.weight).then_with(|| b.id.cmp(&a.id)));
    match own {
        Some((rule, team)) => Judged::new(team.clone(), confidence, vec![rule.id.clone()]),
        None => {
            let team = knowledge.teams.get(&category).map_or(FIRST_TEAM, String::as_str);
            let evidence = fired.iter().filter(|f| f.category == Some(category)).map(|f| f.finding.rule.clone());
            Judged::new(team.to_owned(), confidence, evidence.collect())
        }
    }
}

/// The cause of the strongest finding that has one and belongs to the category, or may explain it.
fn cause(fired: &[Fired<'_>], category: Category, confidence: f32) -> Option<Judged<ProbableCause>> {
    if category == Category::Other {
        return None;
    }
    let strength = |f: &Fired<'_>| {
        let measured = if f.rule.is_some_and(|rule| rule.reads_facts) { 1.0 } else { 0.0 };
        let severe = if f.finding.severity == Severity::Critical { 1.0 } else { 0.0 };
        f.weight + measured + severe
    };
    let best = fired
        .iter()
        .filter(|f| f.cause.is_some() && (f.category == Some(category) || f.explains(category)))
        .max_by(|a, b| strength(a).total_cmp(&strength(b)).then_with(|| b.finding.rule.cmp(&a.finding.rule)))?;
    let share = strength(best) / (strength(best) + 1.0);
    Some(Judged::new(best.cause.clone()?, confidence * share, vec![best.finding.rule.clone()]))
}

/// The question that splits the two best guesses; the general one where there are not two, or nobody wrote one.
fn question(knowledge: &Knowledge, shares: &[(Category, f32)]) -> LocalText {
    let pair = match shares {
        [(a, _), (b, _), ..] => Some((*a.min(b), *a.max(b))),
        _ => None,
    };
    pair.and_then(|pair| knowledge.questions.get(&pair)).unwrap_or(&knowledge.general_question).clone()
}
