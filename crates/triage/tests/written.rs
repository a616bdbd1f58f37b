//! Codes as people and screens write them, and numbers that are no codes: a table of lines written before, and apart
//! from, what reads them.

mod reports;

use std::collections::BTreeSet;

use report::Report;
use reports::{SHIPPED, report, verdict_on};
use serde_json::Value;
use triage::{Input, ScreenText};

/// `where<TAB>codes<TAB>line`: `user` for a sentence, `screen` for recognised text; codes joined by ` + `, `-` for none;
/// `\n` in a line is a line break, any other backslash is itself.
const LINES: &str = include_str!("written/codes.tsv");

/// Codes found on one screen of a report nobody wrote a sentence for.
fn on_screen(silent: &Report, text: &str) -> BTreeSet<String> {
    let screens = [ScreenText { attachment: 1, text }];
    let verdict = SHIPPED.verdict(&Input { report: silent, texts: &[], screen_texts: &screens, affected: None });
    verdict.findings.iter().filter_map(|f| f.rule.strip_prefix("code.")).map(str::to_owned).collect()
}

fn in_sentence(text: &str) -> BTreeSet<String> {
    verdict_on(text).findings.iter().filter_map(|f| f.rule.strip_prefix("code.")).map(str::to_owned).collect()
}

#[test]
fn every_line_of_the_table_gives_exactly_its_codes() {
    let silent = report(None, &Value::Null);
    let (mut wrong, mut with, mut without) = (Vec::new(), 0, 0);
    for row in LINES.lines().skip(1) {
        let [place, codes, line] = row.splitn(3, '\t').collect::<Vec<_>>()[..] else { panic!("three columns: {row}") };
        let expected: BTreeSet<String> = codes.split(" + ").filter(|c| *c != "-").map(str::to_owned).collect();
        let found = match place {
            "screen" => on_screen(&silent, &line.replace("\\n", "\n")),
            _ => in_sentence(line),
        };
        if expected.is_empty() {
            without += 1;
        } else {
            with += 1;
        }
        if found != expected {
            wrong.push(format!("{place}: {line}\n    expected {expected:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), with + without, wrong.join("\n"));
    assert!(with >= 200 && without >= 150, "{with} with codes, {without} without");
}
