use std::ops::Range;

use crate::RuleError;
use crate::own::OWN_FILE;

/// One rule file while it is read: tells where in it a span of bytes lies.
#[derive(Clone, Copy)]
pub(crate) struct Source<'s> {
    pub name: &'s str,
    pub text: &'s str,
}

impl Source<'_> {
    /// Whether it holds an organisation's own rules.
    pub(crate) fn is_own(&self) -> bool {
        self.name == OWN_FILE
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    fn place(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (1 + before.matches('\n').count(), 1 + before[line_start..].chars().count())
    }

    /// What is wrong with the value that stands in `span`.
    pub(crate) fn error(&self, span: &Range<usize>, rule: Option<&str>, reason: impl Into<String>) -> RuleError {
        let (line, column) = self.place(span.start);
        RuleError { file: self.name.to_owned(), line, column, rule: rule.map(str::to_owned), reason: reason.into() }
    }

    /// What is wrong inside the string that stands in `span`, at its own `line` and `column` from 1.
    pub(crate) fn error_inside(
        &self,
        span: &Range<usize>,
        (line, column): (usize, usize),
        rule: &str,
        reason: &str,
    ) -> RuleError {
        let literal = self.text.get(span.clone()).unwrap_or_default();
        let (quotes, skipped) = match literal {
            long if long.starts_with("\"\"\"\n") || long.starts_with("'''\n") => (4, 1),
            long if long.starts_with("\"\"\"") || long.starts_with("'''") => (3, 0),
            _ => (1, 0),
        };
        let (first_line, first_column) = self.place(span.start);
        let on_first = line == 1 && skipped == 0;
        RuleError {
            file: self.name.to_owned(),
            line: first_line + skipped + line - 1,
            column: if on_first { first_column + quotes + column - 1 } else { column },
            rule: Some(rule.to_owned()),
            reason: format!("in `when`, column {column}: {reason}"),
        }
    }

    /// Line of a span's beginning.
    pub(crate) fn line(&self, span: &Range<usize>) -> usize {
        self.place(span.start).0
    }
}
