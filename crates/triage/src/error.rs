/// Why rules cannot be used. Names the file, the line and the rule, so that whoever edits them finds the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {}{reason}", rule.as_ref().map(|r| format!("rule `{r}`: ")).unwrap_or_default())]
pub struct RuleError {
    /// The file, as named by the caller.
    pub file: String,
    /// Line from 1; 0 when it concerns the whole file.
    pub line: usize,
    /// Id of the rule, where it is known.
    pub rule: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}
