//! From findings to a verdict: category or abstention, team, cause, signature; owner and priority have files of their own.

use std::collections::BTreeSet;

use report::{
    Abstention, Candidate, Category, EvidenceRef, Judged, LocalText, ProbableCause, Severity, Verdict, VerdictSource,
};

use crate::Input;
use crate::belief::{Belief, Blend};
use crate::fire::Fired;
use crate::load::{FIRST_TEAM, Knowledge};
use crate::own::OWN_FILE;
use crate::owner::owner;
use crate::priority::rank;
use crate::product::Product;
use crate::scene::Scene;
use crate::signature::signature;
use crate::text::Tokens;
use crate::text_model;
use crate::text_model::opinion::Opinion;

/// Weight from which a finding for another category is worth naming as speaking against the verdict's.
const WORTH_NAMING: f32 = 1.5;
/// Most log-odds the text model is worth for a category a fact or a code speaks against.
const EXPLAINED_SUPPORT: f32 = 2.0;
/// Weight from which an error code tells what a text is about.
const DECIDING_CODE: f32 = 2.0;
/// What a fact or a code weighs more than words when it comes to the cause.
const NEARER_THE_CAUSE: f32 = 3.0;

/// The report the findings are about.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub input: &'a Input<'a>,
    pub scene: &'a Scene<'a>,
    pub sentences: &'a [Tokens],
    /// How the sources add up.
    pub blend: Blend,
}

impl<'a> Case<'a> {
    /// The program it is about: the one the user names, else the one in front.
    pub(crate) fn product(&self) -> Option<&'a Product> {
        self.scene.named.or(self.scene.product)
    }
}

pub(crate) fn conclude(
    knowledge: &Knowledge,
    mut fired: Vec<Fired<'_>>,
    opinion: Option<Opinion>,
    case: &Case<'_>,
) -> Verdict {
    let shares = believe(&fired, opinion.as_ref(), case.blend).shares();
    fired.extend(opinion.map(Fired::from));
    fired.sort_by(|a, b| {
        let rank = |f: &Fired<'_>| (f.finding.severity, f.weight);
        let ((sa, wa), (sb, wb)) = (rank(a), rank(b));
        sb.cmp(&sa).then(wb.total_cmp(&wa)).then_with(|| a.finding.rule.cmp(&b.finding.rule))
    });
    let best = shares.first().filter(|(category, share)| *share >= threshold(knowledge, &fired, *category));
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
    let abstention = (category == Category::Other).then(|| Abstention {
        candidates: shares
            .iter()
            .take(3)
            .map(|(category, share)| Candidate { category: *category, confidence: *share })
            .collect(),
        question: question(knowledge, &shares),
    });
    let owner = owner(&fired, category);
    // An abstention is as pressing as what it most probably is, so that words that blur the category do not change how
    // soon it is looked at.
    let leading = shares.first().map_or(Category::Other, |(category, _)| *category);
    let ranking = rank(&knowledge.policy, case, &fired, leading);
    Verdict {
        sources: sources(&fired, category, case.input.affected),
        team: team(knowledge, &fired, category, confidence),
        cause: cause(&fired, category, confidence),
        signature: signature(
            category,
            &keys(&fired, category),
            case.product(),
            heard(&fired, category),
            case.scene.said,
            case.sentences,
        ),
        category: Judged::new(category, confidence, evidence),
        impact: ranking.impact,
        urgency: ranking.urgency,
        priority: ranking.priority,
        priority_parts: ranking.parts,
        owner,
        against,
        abstention,
        triage_version: knowledge.version.clone(),
        findings: fired.into_iter().map(|f| f.finding).collect(),
    }
}

/// Share from which a category is said: more is asked for where only the text model and rules on the same words speak
/// for it.
fn threshold(knowledge: &Knowledge, fired: &[Fired<'_>], category: Category) -> f32 {
    let thresholds = knowledge.thresholds.get(&category).copied().unwrap_or_default();
    let has_model = fired.iter().any(|f| f.finding.rule == text_model::RULE);
    let says_more = |f: &Fired<'_>| f.finding.rule != text_model::RULE && !repeats_model(f);
    if has_model && !fired.iter().any(|f| f.category == Some(category) && says_more(f)) {
        thresholds.words
    } else {
        thresholds.measured
    }
}

/// Whether a finding rests on words alone, those the text model has read too. Rules of an organisation's own know words
/// no model was taught.
fn repeats_model(fired: &Fired<'_>) -> bool {
    fired.rule.is_some_and(|rule| !rule.reads_facts && rule.file != OWN_FILE)
}

/// What speaks for and against every category.
pub(crate) fn believe(fired: &[Fired<'_>], opinion: Option<&Opinion>, blend: Blend) -> Belief {
    let mut belief = Belief::new(blend);
    for f in fired {
        if let Some(category) = f.category.filter(|_| f.weight > 0.0) {
            let repeats = opinion.is_some() && repeats_model(f);
            belief.support(category, if repeats { f.weight * blend.words } else { f.weight });
        }
        if let Some(rule) = f.rule {
            rule.against.iter().for_each(|category| belief.oppose(*category, rule.against_weight));
        }
    }
    // Text says what hurts; facts and codes say why. Words for a category a fact speaks against, or for another than a
    // code's, are explained by it.
    let is_explained = |category| {
        fired.iter().any(|f| match f.rule {
            Some(rule) => rule.reads_facts && rule.against.contains(&category),
            None => f.category.is_some_and(|own| own != category) && f.weight >= DECIDING_CODE,
        })
    };
    for (category, weight) in opinion.iter().flat_map(|opinion| &opinion.supports) {
        belief.support(*category, if is_explained(*category) { weight.min(EXPLAINED_SUPPORT) } else { *weight });
    }
    belief
}

/// What the verdict was made from: the sources of the findings that count in it.
fn sources(fired: &[Fired<'_>], category: Category, affected: Option<u32>) -> Vec<VerdictSource> {
    let counted = fired.iter().filter(|f| category == Category::Other || f.concerns(category));
    let sources: BTreeSet<VerdictSource> = counted
        .flat_map(|f| &f.finding.evidence)
        .map(|evidence| match evidence {
            EvidenceRef::Fact { .. } => VerdictSource::Facts,
            EvidenceRef::Text { .. } => VerdictSource::Text,
            EvidenceRef::Screen { .. } => VerdictSource::Screen,
        })
        .chain(affected.filter(|people| *people > 1).map(|_| VerdictSource::Reports))
        .collect();
    sources.into_iter().collect()
}

/// One rule's keys, the strongest's, and those of codes: a second, weaker finding may be gone at the next press.
fn keys<'f>(fired: &'f [Fired<'_>], category: Category) -> Vec<&'f str> {
    let keyed = |f: &&Fired<'_>| !f.keys.is_empty() && f.supports(category);
    let strongest = strongest(fired.iter().filter(|f| f.rule.is_some()).filter(keyed));
    // A code that tells no category is still what two presses have in common.
    let codes = fired.iter().filter(|f| f.rule.is_none() && f.concerns(category));
    strongest.into_iter().chain(codes).flat_map(|f| f.keys.iter().map(String::as_str)).collect()
}

/// The strongest rule for the category that rests on words alone.
fn heard<'f>(fired: &'f [Fired<'_>], category: Category) -> Option<&'f str> {
    let on_words = |f: &&Fired<'_>| f.category == Some(category) && f.rule.is_some_and(|rule| !rule.reads_facts);
    strongest(fired.iter().filter(on_words)).map(|f| f.finding.rule.as_str())
}

fn strongest<'f, 'k: 'f>(some: impl Iterator<Item = &'f Fired<'k>>) -> Option<&'f Fired<'k>> {
    some.max_by(|a, b| a.weight.total_cmp(&b.weight).then_with(|| b.finding.rule.cmp(&a.finding.rule)))
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
        // What a machine measured, or a program said in its own words, is nearer the cause than what hurts.
        let measured = if f.rule.is_none_or(|rule| rule.reads_facts) { NEARER_THE_CAUSE } else { 0.0 };
        let severe = if f.finding.severity == Severity::Critical { 1.0 } else { 0.0 };
        f.weight + measured + severe
    };
    let best = fired
        .iter()
        .filter(|f| f.cause.is_some() && (f.supports(category) || (f.rule.is_none() && f.category.is_none())))
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
