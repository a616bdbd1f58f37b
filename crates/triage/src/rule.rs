use report::{Category, LocalText, Severity};

/// A rule as it stands in its file, checked.
#[derive(Debug)]
pub struct Rule {
    /// `category.what` or `text.what`; unique.
    pub id: String,
    /// What it speaks for; `None` for a finding that is worth knowing but decides nothing.
    pub category: Option<Category>,
    /// Support for `category`, in log-odds.
    pub weight: f32,
    /// How bad the finding is in itself.
    pub severity: Severity,
    /// What is concluded; `{…}` are filled from the report.
    pub says: LocalText,
}
