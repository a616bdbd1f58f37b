//! From findings to a verdict: category or abstention, team, cause, signature; owner and priority have files of their own.

use std::collections::BTreeSet;

use report::{
    Abstention, Candidate, Category, EvidenceRef, Judged, LocalText, ProbableCause, Severity, Verdict, VerdictSource,
};

use crate::Input;
use crate::belief::Belief;
use crate::fire::Fired;
use crate::load::{FIRST_TEAM, Knowledge};
use crate::owner::owner;
use crate::priority::rank;
use crate::product::Product;
use crate::scene::Scene;
use crate::signature::signature;
use crate::text::Tokens;

/// Threshold of a category whose own is not set.
const DEFAULT_THRESHOLD: f32 = 0.5;
/// Weight from which a finding for another category is worth naming as speaking against the verdict's.
const WORTH_NAMING: f32 = 1.5;
/// What a fact or a code weighs more than words when it comes to the cause.
const NEARER_THE_CAUSE: f32 = 3.0;

/// The report the findings are about.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub input: &'a Input<'a>,
    pub scene: &'a Scene<'a>,
    pub sentences: &'a [Tokens],
}

impl<'a> Case<'a> {
    /// The program it is about: the one the user names, else the one in front.
    pub(crate) fn product(&self) -> Option<&'a Product> {
        self.scene.named.or(self.scene.product)
    }
}

pub(crate) fn conclude(knowledge: &Knowledge, mut fired: Vec<Fired<'_>>, case: &Case<'_>) -> Verdict {
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
    let abstention = (category == Category::Other).then(|| Abstention {
        candidates: shares
            .iter()
            .take(3)
            .map(|(category, share)| Candidate { category: *category, confidence: *share })
            .collect(),
        question: question(knowledge, &shares),
    });
    let owner = owner(&fired, category);
    let ranking = rank(&knowledge.policy, case, &fired, category);
    Verdict {
        sources: sources(&fired, category),
        team: team(knowledge, &fired, category, confidence),
        cause: cause(&fired, category, confidence),
        signature: signature(category, &keys(&fired, category), case.product(), case.scene.said, case.sentences),
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

/// What the verdict was made from: the sources of the findings that count in it.
fn sources(fired: &[Fired<'_>], category: Category) -> Vec<VerdictSource> {
    let counted = fired.iter().filter(|f| category == Category::Other || f.concerns(category));
    let sources: BTreeSet<VerdictSource> = counted
        .flat_map(|f| &f.finding.evidence)
        .map(|evidence| match evidence {
            EvidenceRef::Fact { .. } => VerdictSource::Facts,
            EvidenceRef::Text { .. } => VerdictSource::Text,
            EvidenceRef::Screen { .. } => VerdictSource::Screen,
        })
        .collect();
    sources.into_iter().collect()
}

/// One rule's keys, the strongest's, and those of codes: a second, weaker finding may be gone at the next press.
fn keys<'f>(fired: &'f [Fired<'_>], category: Category) -> Vec<&'f str> {
    let keyed = |f: &&Fired<'_>| !f.keys.is_empty() && f.supports(category);
    let strongest = fired
        .iter()
        .filter(|f| f.rule.is_some())
        .filter(keyed)
        .max_by(|a, b| a.weight.total_cmp(&b.weight).then_with(|| b.finding.rule.cmp(&a.finding.rule)));
    // A code that tells no category is still what two presses have in common.
    let codes = fired.iter().filter(|f| f.rule.is_none() && f.concerns(category));
    strongest.into_iter().chain(codes).flat_map(|f| f.keys.iter().map(String::as_str)).collect()
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
