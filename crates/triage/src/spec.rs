//! A rule file as TOML. Unknown fields are refused, so that a slip of the keyboard is told, not ignored.

use std::collections::BTreeMap;

use report::{Category, Level, LocalText, Severity};
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileSpec {
    /// Ids of shipped rules that are not to be used.
    #[serde(default)]
    pub disable: Vec<Spanned<String>>,
    #[serde(default)]
    pub words: BTreeMap<String, Spanned<WordsSpec>>,
    #[serde(default)]
    pub rule: Vec<RuleSpec>,
    #[serde(default)]
    pub product: Vec<ProductSpec>,
    #[serde(default)]
    pub code_defaults: CodeDefaultsSpec,
    #[serde(default)]
    pub code: Vec<CodeSpec>,
    #[serde(default)]
    pub code_cause: Vec<CodeCauseSpec>,
    #[serde(default)]
    pub team: Vec<TeamSpec>,
    #[serde(default)]
    pub category: Vec<CategorySpec>,
    #[serde(default)]
    pub question: Vec<QuestionSpec>,
    #[serde(default)]
    pub site: Vec<SiteSpec>,
    #[serde(default)]
    pub critical: Vec<CriticalSpec>,
    #[serde(default)]
    pub vip: Vec<Spanned<VipSpec>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WordsSpec {
    pub ru: Vec<String>,
    pub en: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleSpec {
    pub id: Spanned<String>,
    pub when: Spanned<String>,
    pub each: Option<Spanned<String>>,
    #[serde(default)]
    pub only: BTreeMap<String, Vec<Value>>,
    pub category: Option<Category>,
    #[serde(default)]
    pub weight: f32,
    #[serde(default)]
    pub against: Vec<Category>,
    #[serde(default = "default_against")]
    pub against_weight: f32,
    #[serde(default)]
    pub explains: Vec<Category>,
    pub severity: Severity,
    pub says: LocalText,
    #[serde(default)]
    pub evidence: Vec<Spanned<String>>,
    pub impact: Option<Level>,
    pub urgency: Option<Level>,
    pub team: Option<Spanned<String>>,
    pub owner: Option<Spanned<String>>,
    pub cause: Option<CauseSpec>,
    #[serde(default)]
    pub signature: Vec<String>,
    #[serde(default)]
    pub example: Vec<ExampleSpec>,
}

fn default_against() -> f32 {
    1.5
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CauseSpec {
    pub says: LocalText,
    pub staff_step: LocalText,
    pub user_step: Option<LocalText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExampleSpec {
    pub text: Option<String>,
    pub screen: Option<String>,
    #[serde(default)]
    pub facts: BTreeMap<String, Value>,
    pub expect: Option<Category>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProductSpec {
    pub key: Spanned<String>,
    pub name: String,
    pub category: Category,
    #[serde(default)]
    pub executables: Vec<String>,
    pub words: Vec<String>,
}

/// What the codes of one file have in common, so that a table of them stays a line each.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeDefaultsSpec {
    #[serde(default)]
    pub near: Vec<String>,
    #[serde(default)]
    pub about: Vec<String>,
    pub severity: Option<Severity>,
    pub weight: Option<f32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeSpec {
    pub code: Spanned<String>,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub near: Option<Vec<String>>,
    pub about: Option<Vec<String>>,
    pub category: Option<Category>,
    pub weight: Option<f32>,
    pub severity: Option<Severity>,
    pub meaning: LocalText,
    pub cause: Option<CauseSpec>,
}

/// One cause of several codes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeCauseSpec {
    pub codes: Vec<Spanned<String>>,
    pub says: LocalText,
    pub staff_step: LocalText,
    pub user_step: Option<LocalText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TeamSpec {
    pub key: Spanned<String>,
    pub name: LocalText,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CategorySpec {
    pub key: Spanned<Category>,
    pub team: Option<Spanned<String>>,
    /// Share from which it is said; without `words_threshold`, for words alone too.
    pub threshold: Option<Spanned<f32>>,
    /// The same where the text model decides.
    pub words_threshold: Option<Spanned<f32>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionSpec {
    /// Two categories it tells apart; none for the general question.
    pub between: Spanned<Vec<Category>>,
    pub asks: LocalText,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteSpec {
    pub key: Spanned<String>,
    pub name: LocalText,
    pub subnets: Vec<Spanned<String>>,
    #[serde(default = "default_weight")]
    pub weight: Level,
}

fn default_weight() -> Level {
    Level::Medium
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CriticalSpec {
    pub product: Option<Spanned<String>>,
    pub service: Option<Spanned<String>>,
    pub level: Spanned<Level>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VipSpec {
    #[serde(default)]
    pub users: Vec<String>,
    #[serde(default)]
    pub hosts: Vec<String>,
}
