//! What people write in a hurry: a corpus of short phrases per language, with a floor on the accuracy.

mod reports;

use std::collections::BTreeMap;

use report::Category;
use reports::{category, verdict_on};

/// Share that must be right among what the classifier does not abstain from.
const LEAST_ACCURACY: f64 = 0.95;
/// Share it may abstain from.
const MOST_ABSTAINED: f64 = 0.2;

fn judge_corpus(name: &str, corpus: &str) {
    let rows: Vec<(&str, &str)> = corpus.lines().skip(1).filter_map(|line| line.split_once('\t')).collect();
    assert!(rows.len() >= 120, "{name} has {} phrases", rows.len());
    let (mut right, mut answered, mut known) = (0_u32, 0_u32, 0_u32);
    let mut wrong = Vec::new();
    let mut bins: BTreeMap<u32, (f64, u32, u32)> = BTreeMap::new();
    for (expected, text) in rows {
        let verdict = verdict_on(text);
        let (expected, got) = (category(expected), verdict.category.value);
        if expected == Category::Other {
            assert_eq!(got, Category::Other, "{text}: must abstain");
            continue;
        }
        known += 1;
        let fired: Vec<&str> = verdict.findings.iter().map(|f| f.rule.as_str()).collect();
        if got == Category::Other {
            wrong.push(format!("  abstains: {text} [{}] {fired:?}", expected.as_str()));
            continue;
        }
        answered += 1;
        let confidence = f64::from(verdict.category.confidence);
        let bin = bins.entry((verdict.category.confidence * 10.0) as u32).or_default();
        bin.0 += confidence;
        bin.1 += 1;
        if got == expected {
            right += 1;
            bin.2 += 1;
        } else {
            wrong.push(format!("  wrong: {text} [{}] as {} {fired:?}", expected.as_str(), got.as_str()));
        }
    }
    let accuracy = f64::from(right) / f64::from(answered);
    let abstained = 1.0 - f64::from(answered) / f64::from(known);
    println!("{name}: {known} phrases, accuracy {accuracy:.3} on the answered, abstained from {abstained:.3}");
    for (sum, count, hit) in bins.values() {
        let n = f64::from(*count);
        println!("  said {:.2}, was right {:.2} of {count}", sum / n, f64::from(*hit) / n);
    }
    println!("{}", wrong.join("\n"));
    assert!(accuracy >= LEAST_ACCURACY, "{name}: accuracy {accuracy:.3}");
    assert!(abstained <= MOST_ABSTAINED, "{name}: abstained {abstained:.3}");
}

#[test]
fn russian_phrases_are_understood() {
    judge_corpus("ru", include_str!("phrases/ru.tsv"));
}

#[test]
fn english_phrases_are_understood() {
    judge_corpus("en", include_str!("phrases/en.tsv"));
}
