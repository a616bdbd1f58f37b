use report::Verdict;

use crate::Input;
use crate::conclude::{Case, conclude};
use crate::facts::Facts;
use crate::fire::{Fired, fire_rules};
use crate::load::Knowledge;
use crate::scene::Scene;
use crate::text::{MAX_READ_CHARS, MAX_SCREEN_CHARS, Tokens};
use crate::words::Source;

/// Reads the texts, asks the rules and the codes, and concludes.
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
    fired.extend(knowledge.codes.find(in_sentences().chain(on_screens())).into_iter().map(Fired::from));
    conclude(knowledge, fired, &Case { input, scene: &scene, sentences: &sentences })
}
