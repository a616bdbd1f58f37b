use report::{Category, Verdict};

use crate::Input;
use crate::belief::Blend;
use crate::conclude::{Case, believe, conclude};
use crate::facts::Facts;
use crate::fire::{Fired, fire_rules};
use crate::load::Knowledge;
use crate::scene::Scene;
use crate::text::{MAX_READ_CHARS, MAX_SCREEN_CHARS, Tokens};
use crate::text_model::opinion::{Opinion, SentenceReader};
use crate::words::Source;

/// Who is asked about a report.
#[derive(Clone, Copy)]
pub(crate) struct Bench<'k> {
    pub knowledge: &'k Knowledge,
    pub reader: &'k SentenceReader,
    /// How the sources add up.
    pub blend: Blend,
}

/// Reads the texts, asks the rules, the codes and the text model, and concludes.
pub(crate) fn judge(bench: Bench<'_>, input: &Input<'_>) -> Verdict {
    ask(bench, input, |fired, opinion, case| conclude(bench.knowledge, fired, opinion, case))
}

/// The share of belief of each category anything speaks for, highest first.
pub(crate) fn shares(bench: Bench<'_>, input: &Input<'_>) -> Vec<(Category, f32)> {
    ask(bench, input, |fired, opinion, case| believe(&fired, opinion.as_ref(), case.blend).shares())
}

fn ask<'k, T>(
    bench: Bench<'k>,
    input: &Input<'_>,
    then: impl FnOnce(Vec<Fired<'k>>, Option<Opinion>, &Case<'_>) -> T,
) -> T {
    let Bench { knowledge, reader, blend } = bench;
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
    fired.extend(knowledge.codes.find(in_sentences().chain(on_screens())).into_iter().map(Fired::from));
    let opinion = reader.opinion(input.sentences(), input.screen_texts, &blend);
    then(fired, opinion, &Case { input, scene: &scene, sentences: &sentences, blend })
}
