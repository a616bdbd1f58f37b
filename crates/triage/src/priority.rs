//! Priority = impact × urgency, from evidence: people affected, what policy calls critical, blocked or degraded, and
//! the weights of site and person. Words of haste are never read.

use report::{Category, Judged, Level, LocalText, Owner, Priority, PriorityPart, PriorityPartKind};

use crate::conclude::Case;
use crate::fire::Fired;
use crate::policy::Policy;
use crate::rule::Rule;

/// From how many people on an incident hits several, and many.
const SEVERAL_PEOPLE: u32 = 2;
const MANY_PEOPLE: u32 = 10;

/// How sure a level is: counted from other reports, measured by a machine, told by the person, assumed for want of all.
const COUNTED: f32 = 0.95;
const MEASURED: f32 = 0.9;
const TOLD: f32 = 0.6;
const ASSUMED: f32 = 0.5;

/// Impact, urgency and what they come to, with every step on the way.
pub(crate) struct Ranking {
    pub impact: Judged<Level>,
    pub urgency: Judged<Level>,
    pub priority: Judged<Priority>,
    pub parts: Vec<PriorityPart>,
}

/// Weighs a case.
///
/// Impact starts at the highest level a finding tells, or that the people counted come to (2 several, 10 many); a
/// program or service that policy calls highly critical and that is blocked raises it by one step, a heavy site by one
/// step. Urgency starts at what the findings tell of the disruption; a VIP raises it by one step.
pub(crate) fn rank(policy: &Policy, case: &Case<'_>, fired: &[Fired<'_>], category: Category) -> Ranking {
    let mut impact = told(fired, category, |rule| rule.impact);
    let mut urgency = told(fired, category, |rule| rule.urgency);
    let is_blocked = impact.value.max(urgency.value) >= Level::Medium && category != Category::Request;
    let mut parts = vec![people(case, fired, &mut impact), disruption(fired, &urgency, category, is_blocked)];

    if let Some((level, thing, evidence)) = criticality(policy, case, fired, category) {
        let raises = level == Level::High && is_blocked;
        parts.push(PriorityPart {
            kind: PriorityPartKind::Criticality,
            level,
            says: LocalText::new(
                format!("Policy: {} criticality of {thing}{}", level_en(level), raised_en(raises, "impact")),
                format!("Политика: критичность {} для {thing}{}", level_ru(level), raised_ru(raises, "влияние")),
            ),
            evidence: evidence.clone(),
        });
        raise(&mut impact, raises, evidence);
    }
    if let Some((site, subnet)) = policy.site_of(case.scene.facts) {
        let raises = site.weight == Level::High && category != Category::Request;
        let subnet = subnet.text();
        parts.push(PriorityPart {
            kind: PriorityPartKind::Site,
            level: site.weight,
            says: LocalText::new(
                format!(
                    "Site: {} ({subnet}), {} weight{}",
                    site.name.en,
                    level_en(site.weight),
                    raised_en(raises, "impact")
                ),
                format!(
                    "Площадка: {} ({subnet}), значимость {}{}",
                    site.name.ru,
                    level_ru(site.weight),
                    raised_ru(raises, "влияние")
                ),
            ),
            evidence: vec![],
        });
        raise(&mut impact, raises, vec![]);
    }
    if let Some(who) = policy.vip(case.input.report) {
        parts.push(PriorityPart {
            kind: PriorityPartKind::Vip,
            level: Level::High,
            says: LocalText::new(
                format!("Policy puts {who} first{}", raised_en(true, "urgency")),
                format!("По политике {who} обслуживается вне очереди{}", raised_ru(true, "срочность")),
            ),
            evidence: vec![],
        });
        raise(&mut urgency, true, vec![]);
    }
    // Those that decided first; the order of kinds settles the rest.
    parts.sort_by_key(|part| (std::cmp::Reverse(part.level), part.kind));

    let mut behind = impact.evidence.clone();
    behind.extend(urgency.evidence.iter().filter(|id| !impact.evidence.contains(id)).cloned());
    let priority =
        Judged::new(Priority::from_matrix(impact.value, urgency.value), impact.confidence * urgency.confidence, behind);
    Ranking { impact, urgency, priority, parts }
}

/// The highest level any finding that concerns the category tells; low where none does.
fn told(fired: &[Fired<'_>], category: Category, of: impl Fn(&Rule) -> Option<Level>) -> Judged<Level> {
    let told: Vec<(&Rule, Level)> = fired
        .iter()
        .filter(|f| f.concerns(category))
        .filter_map(|f| f.rule.and_then(|rule| of(rule).map(|level| (rule, level))))
        .collect();
    let Some(highest) = told.iter().map(|(_, level)| *level).max() else {
        return Judged::new(Level::Low, ASSUMED, vec![]);
    };
    let behind: Vec<&Rule> = told.iter().filter(|(_, level)| *level == highest).map(|(rule, _)| *rule).collect();
    let confidence = if behind.iter().any(|rule| rule.reads_facts) { MEASURED } else { TOLD };
    Judged::new(highest, confidence, behind.into_iter().map(|rule| rule.id.clone()).collect())
}

/// How many it hits; those counted in the same incident raise the impact by themselves.
fn people(case: &Case<'_>, fired: &[Fired<'_>], impact: &mut Judged<Level>) -> PriorityPart {
    let counted = case.input.affected.unwrap_or(1).max(1);
    let level = match counted {
        MANY_PEOPLE.. => Level::High,
        SEVERAL_PEOPLE.. => Level::Medium,
        _ => Level::Low,
    };
    let kind = PriorityPartKind::People;
    // A finding that tells of many (a whole service down, "the whole office") speaks louder than a count that has just begun.
    if impact.value == Level::High && level < Level::High {
        let first = fired.iter().find(|f| impact.evidence.first() == Some(&f.finding.rule));
        let says = first.map(|f| f.finding.says.clone()).unwrap_or_else(|| LocalText::new("", ""));
        let says = LocalText::new(format!("Many people: {}", says.en), format!("Многие: {}", says.ru));
        return PriorityPart { kind, level: Level::High, says, evidence: impact.evidence.clone() };
    }
    if level >= impact.value && counted >= SEVERAL_PEOPLE {
        impact.value = level;
        impact.confidence = COUNTED;
    }
    let says = if counted >= SEVERAL_PEOPLE {
        LocalText::new(format!("{counted} people have reported the same"), format!("О том же сообщили {counted} чел."))
    } else {
        LocalText::new("One person, as far as is known", "Один человек, насколько известно")
    };
    PriorityPart { kind, level, says, evidence: vec![] }
}

/// Whether work is blocked or degraded, by the finding that tells it.
fn disruption(fired: &[Fired<'_>], urgency: &Judged<Level>, category: Category, is_blocked: bool) -> PriorityPart {
    let first = fired.iter().find(|f| urgency.evidence.first() == Some(&f.finding.rule));
    let says = match first {
        Some(f) if is_blocked => {
            let says = &f.finding.says;
            LocalText::new(format!("Work is held up: {}", says.en), format!("Мешает работать: {}", says.ru))
        }
        _ if is_blocked => LocalText::new("Work is held up", "Мешает работать"),
        _ if category == Category::Request => {
            LocalText::new("A request: nothing is broken", "Заявка: ничего не сломано")
        }
        _ => LocalText::new("Nothing tells that work is blocked", "Ничто не говорит о том, что работа остановлена"),
    };
    PriorityPart { kind: PriorityPartKind::Disruption, level: urgency.value, says, evidence: urgency.evidence.clone() }
}

/// What policy says of the program the report is about, or of a service its findings name: level, name, findings.
fn criticality(
    policy: &Policy,
    case: &Case<'_>,
    fired: &[Fired<'_>],
    category: Category,
) -> Option<(Level, String, Vec<String>)> {
    let naming = |name: &str| -> Vec<String> {
        let names = |f: &&Fired<'_>| matches!(&f.owner, Some(Owner::Service { name: own }) if own == name);
        fired.iter().filter(names).map(|f| f.finding.rule.clone()).collect()
    };
    let services = fired.iter().filter(|f| f.concerns(category)).filter_map(|f| match &f.owner {
        Some(Owner::Service { name }) => policy.service(name).map(|level| (level, name.clone(), naming(name))),
        _ => None,
    });
    // The program in front counts where the trouble is of its kind; one the user names counts wherever it is.
    let product = case.scene.named.or(case.scene.product.filter(|product| product.category == category));
    let product =
        product.and_then(|product| policy.product(&product.key).map(|level| (level, product.name.clone(), vec![])));
    services.chain(product).max_by_key(|(level, ..)| *level)
}

fn raise(level: &mut Judged<Level>, raises: bool, evidence: Vec<String>) {
    if !raises {
        return;
    }
    level.value = match level.value {
        Level::Low => Level::Medium,
        Level::Medium | Level::High => Level::High,
    };
    for id in evidence {
        if !level.evidence.contains(&id) {
            level.evidence.push(id);
        }
    }
}

fn level_en(level: Level) -> &'static str {
    match level {
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
    }
}

fn level_ru(level: Level) -> &'static str {
    match level {
        Level::Low => "низкая",
        Level::Medium => "средняя",
        Level::High => "высокая",
    }
}

fn raised_en(raises: bool, what: &str) -> String {
    if raises { format!("; {what} one step higher") } else { String::new() }
}

fn raised_ru(raises: bool, what: &str) -> String {
    if raises { format!("; {what} на ступень выше") } else { String::new() }
}
