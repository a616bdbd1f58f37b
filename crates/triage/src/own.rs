//! Rules of an organisation's own: what they may cost. Whoever writes them is trusted, but a slip of theirs must not stall
//! what takes everybody's reports in, whatever a report holds. So the limits are on what a rule could cost at worst,
//! which is read off its condition, not only on what it costs on the reports there are.

use std::ops::Range;

use crate::RuleError;
use crate::fire::MAX_ITEMS;
use crate::flaw::Flaw;
use crate::place::Source;
use crate::rule::Rule;

/// Name of the file that holds them.
pub const OWN_FILE: &str = "own.toml";
/// Largest such file, in bytes.
pub const OWN_BYTES: usize = 256 * 1024;

/// Most rules of one's own.
const MAX_RULES: usize = 500;
/// Longest condition, in characters.
pub(crate) const MAX_CONDITION_CHARS: usize = 2_000;
/// How deep a condition may be nested. Evaluating it recurses: about 60 levels fill the 2 MiB stack of a worker thread in a
/// build without optimisation.
const MAX_DEPTH: usize = 24;
/// Stack own rules are compiled on: the parser allows 96 levels of brackets, each of which takes a good part of a MiB in
/// a build without optimisation.
const COMPILING_STACK: usize = 128 * 1024 * 1024;
/// Most steps one rule may take at worst; a rule that goes over a list multiplies by its items. A step is some 100 ns.
const MAX_STEPS: u64 = 20_000;
/// Most steps all of them may take at worst: some 50 ms for a report made to hurt.
const MAX_STEPS_TOGETHER: u64 = 500_000;

/// Runs `compile` where however deep a condition is nested does no harm.
pub(crate) fn on_a_large_stack<T: Send>(
    compile: impl FnOnce() -> Result<T, Vec<RuleError>> + Send,
) -> Result<T, Vec<RuleError>> {
    let failed = |reason: String| vec![RuleError { file: OWN_FILE.to_owned(), line: 1, column: 1, rule: None, reason }];
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("rules".to_owned()).stack_size(COMPILING_STACK);
        let compiling = thread.spawn_scoped(scope, compile);
        let compiling = compiling.map_err(|error| failed(format!("no thread to compile on: {error}")))?;
        compiling.join().unwrap_or_else(|_| Err(failed("compiling panicked".to_owned())))
    })
}

/// Refuses a file that is too large to be read.
pub(crate) fn check_size(source: &Source<'_>) -> Result<(), RuleError> {
    if source.text.len() <= OWN_BYTES {
        return Ok(());
    }
    Err(source.error(&(0..0), None, format!("the file has more than {OWN_BYTES} bytes")))
}

/// Refuses a condition that is too long to be compiled.
pub(crate) fn check_length(condition: &str) -> Result<(), Flaw> {
    if condition.chars().nth(MAX_CONDITION_CHARS).is_none() {
        return Ok(());
    }
    Err(Flaw::LongCondition)
}

/// What the rules read so far take of what is allowed.
#[derive(Debug, Default)]
pub(crate) struct OwnBudget {
    rules: usize,
    steps: u64,
}

impl OwnBudget {
    /// Counts a rule in, whose condition stands in `span`; refuses it when it is too much.
    pub(crate) fn spend(&mut self, source: &Source<'_>, rule: &Rule, span: &Range<usize>) -> Result<(), RuleError> {
        let refuse = |reason: String| Err(source.error(span, Some(&rule.id), reason));
        self.rules += 1;
        if self.rules > MAX_RULES {
            return refuse(format!("more than {MAX_RULES} rules"));
        }
        let cost = rule.compiled.condition.cost();
        if cost.matches_patterns {
            return refuse(
                "`matches` is not available in rules of one's own; use a word list, or `contains`".to_owned(),
            );
        }
        if cost.depth > MAX_DEPTH {
            return refuse(format!("`when` is nested deeper than {MAX_DEPTH}; split the rule"));
        }
        let items = if rule.compiled.each.is_some() { MAX_ITEMS as u64 } else { 1 };
        let steps = cost.steps.saturating_mul(items);
        if steps > MAX_STEPS {
            return refuse(format!(
                "`when` could take {steps} steps, {MAX_STEPS} are allowed; a list inside a list is what costs most"
            ));
        }
        self.steps = self.steps.saturating_add(steps);
        if self.steps > MAX_STEPS_TOGETHER {
            return refuse(format!("with this one the rules could take more than {MAX_STEPS_TOGETHER} steps together"));
        }
        Ok(())
    }
}
