/// Why rules cannot be used. Names the place and the rule, so that whoever edits them finds it.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {}{reason}", rule.as_ref().map(|r| format!("rule `{r}`: ")).unwrap_or_default())]
pub struct RuleError {
    /// The file, as named by the caller.
    pub file: String,
    /// Line from 1.
    pub line: usize,
    /// Column from 1, in characters; inside a condition that is written with `\` escapes it may be off by those.
    pub column: usize,
    /// Id of the rule, where it is known.
    pub rule: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}
